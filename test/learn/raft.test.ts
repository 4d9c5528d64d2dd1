import { logText, markRaft, RaftLogs, raftTask, simulate } from 'holdfast';
import { describe, expect, it } from 'vitest';
import exercises from '../../casebook/learn/consensus/exercises.ts';
import { troubled } from '../../casebook/learn/consensus/raftRuns.ts';
import others from '../../casebook/raft-majority/experiment.ts';
import { beliefsOf, named, wrongItems } from './support.ts';

describe('predicting a Raft run', () => {
  it('S4.7 asks who leads and what becomes of entries, and takes the answers from the run itself', () => {
    const exercise = named(exercises, 'predict-a-raft-run');
    for (const seed of [1, 2]) {
      const result = simulate(troubled, seed, { trace: true });
      const { questions } = raftTask(result, seed);
      const task = exercise.task(seed);
      expect(Object.keys(task.blank)).toEqual(questions.map(({ id }) => id));
      const fates = new Set(questions.map(({ expected }) => expected));
      expect([fates.has('committed'), fates.has('overwritten')]).toEqual([true, true]);
      const right = Object.fromEntries(questions.map(({ id, expected }) => [id, expected]));
      expect(wrongItems(task.grade(right))).toEqual([]);
      // An entry is kept if, and only if, servers applied it.
      const applied = new Set(
        (result.trace?.events ?? [])
          .filter(({ kind, label }) => kind === 'note' && label === 'apply')
          .map(({ data }) => {
            const { index, term } = data as { readonly index: number; readonly term: number };
            return `entry ${index} of term ${term}`;
          }),
      );
      for (const { id, expected } of questions.filter((each) => each.id.startsWith('entry')))
        expect([id, expected]).toEqual([id, applied.has(id) ? 'committed' : 'overwritten']);
      const naive = Object.fromEntries(
        questions.map(({ id }) => [id, id.startsWith('leader') ? 'N1' : 'committed']),
      );
      expect(beliefsOf(task.grade(naive))).toEqual([
        expect.stringContaining('the old leader goes on leading'),
        expect.stringContaining('what a leader has written is committed'),
      ]);
    }
  });

  it('S4.7 follows the logs of any Raft run: those of another experiment are as its servers show them', () => {
    const result = simulate(others.trace, 1, { trace: true });
    const { trace } = result;
    if (trace === undefined) throw new Error('no trace was kept');
    const logs = new RaftLogs(trace);
    const last = new Map<number, { readonly lastIndex: number; readonly lastTerm: number }>();
    let checked = 0;
    for (const { id, kind, node, data } of trace.events) {
      if (kind !== 'state' || node >= logs.servers.length) continue;
      last.set(node, data as never);
      if (++checked % 50 !== 0) continue;
      for (const [i, view] of last) {
        const terms = logs.upTo(id).all()[i]?.terms ?? [];
        expect([terms.length, terms.at(-1) ?? 0]).toEqual([
          view.lastIndex,
          view.lastIndex === 0 ? 0 : view.lastTerm,
        ]);
      }
    }
    expect(checked).toBeGreaterThan(500);
    const task = raftTask(result, 1);
    expect(task.questions.length).toBeGreaterThan(1);
    expect(markRaft(task, {}).every(({ given }) => given === '')).toBe(true);
    expect(logText({ terms: [1, 1, 3] })).toBe('term 1: 1-2, term 3: 3');
  });
});
