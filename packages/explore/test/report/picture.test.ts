import { describe, expect, it } from 'vitest';
import { explore, type ExploreTrace, NAMED_MODELS, pictureOf } from '../../src/index.ts';

function violated(name: string): ExploreTrace & { readonly property: string } {
  const model = NAMED_MODELS.find((candidate) => candidate.name === name);
  const found = model === undefined ? undefined : explore(model.load()).counterexample;
  if (found === undefined) throw new Error(`${name} is not violated`);
  return found;
}

describe('the picture of a run that was explored', () => {
  it('gives every message that arrives the event that sent it, and every step its time', () => {
    const run = violated('raft-vote-not-persisted');
    const { trace, history } = pictureOf(run, run.property) ?? {};
    expect(history?.operations).toEqual([]);
    expect(trace?.nodes.map(({ name }) => name)).toEqual(['N1', 'N2', 'N3']);
    const events = trace?.events ?? [];
    const arrivals = events.filter(({ kind }) => kind === 'deliver');
    expect(arrivals).toHaveLength(4);
    for (const { cause, message, label, data } of arrivals)
      expect(events[cause]).toMatchObject({ kind: 'send', message, label, data, at: expect.any(Number) });
    expect(arrivals.every(({ cause, at }) => (events[cause]?.at ?? at) < at)).toBe(true);
    expect([...new Set(events.map(({ at }) => at))]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(trace?.faults).toEqual([{ kind: 'crash', from: 4, until: 5, nodes: [2], text: 'N3 is down' }]);
    expect(events.at(-1)).toMatchObject({ kind: 'violation', node: -1, label: 'election safety', at: 8 });
  });

  it('draws the operations of clients from the step they are asked in to the one they are answered in', () => {
    const run = violated('raft-local-read');
    const { trace, history } = pictureOf(run) ?? {};
    expect(trace?.nodes.filter(({ role }) => role === 'client').map(({ name }) => name)).toEqual([
      'C1',
      'C2',
    ]);
    const asks = run.steps.flatMap(({ kind }, i) => (kind === 'request' ? [i + 1] : []));
    expect(history?.operations.map(({ invokedAt }) => invokedAt)).toEqual(asks);
    expect(history?.operations.map(({ f, outcome }) => `${f} ${outcome}`)).toEqual(['write ok', 'read ok']);
    const [write, read] = history?.operations ?? [];
    expect(write?.completedAt).toBeLessThan(read?.invokedAt ?? 0);
    expect(read).toMatchObject({ output: null });
  });

  it('ends a crash that nobody recovers from with the run, and draws messages from before the first step', () => {
    const crash = violated('abd-acks-before-fsync');
    const { trace } = pictureOf(crash) ?? {};
    expect(trace?.faults.every(({ until }) => until <= (trace?.endedAt ?? 0))).toBe(true);
    const zab = pictureOf(violated('zab-commits-at-half'));
    expect(zab?.trace.events.filter(({ kind, at }) => kind === 'send' && at === 0)).not.toEqual([]);
    expect(zab?.trace.events.filter(({ kind }) => kind === 'deliver').every(({ cause }) => cause >= 0)).toBe(
      true,
    );
  });

  it('is none for a specification', () => {
    expect(pictureOf(violated('outbox-marks-before-publishing'))).toBeUndefined();
  });
});
