import { printMermaid } from '@holdfast/report';
import { describe, expect, it } from 'vitest';
import { experiment, linearizable, raftKv, simulate } from '../../src/index.ts';

/** One write to a leader that three servers have elected, with nothing wrong. */
const oneWrite = experiment({
  name: 'one-write',
  subject: raftKv({ nodes: 3 }),
  workload: {
    name: 'one write',
    clients: 1,
    operations: ['write'],
    model: 'cas-register',
    plan: () => [{ id: 0, atUs: 3_000_000, client: 0, f: 'write', key: 'k', input: 1 }],
  },
  faults: [],
  contract: { write: linearizable({ duringPartition: 'reject' }) },
  bounds: { simulatedSeconds: 8, recoverWithinMs: 1_000 },
});

interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly label: string;
}

/** A sequence diagram by its grammar, as far as it is used here: participants, arrows and notes; a line that is none throws. */
function parsed(text: string): {
  readonly participants: readonly string[];
  readonly arrows: readonly Arrow[];
} {
  const [head, ...lines] = text.trimEnd().split('\n');
  expect(head).toBe('sequenceDiagram');
  const names = new Map<string, string>();
  const arrows: Arrow[] = [];
  for (const line of lines) {
    const [, id, name] = /^ {2}participant (\w+) as (.+)$/.exec(line) ?? [];
    const [, from, to, label] = /^ {2}(\w+)\s*-?->>?\)?x?\s*(\w+): (.+)$/.exec(line) ?? [];
    if (id !== undefined && name !== undefined) names.set(id, name);
    else if (from !== undefined && to !== undefined)
      arrows.push({ from: names.get(from) ?? '?', to: names.get(to) ?? '?', label: label ?? '' });
    else expect(line).toMatch(/^ {2}Note over \w+(,\w+)?: .+$/i);
  }
  return { participants: [...names.values()], arrows };
}

describe('the sequence diagram of a commit', () => {
  it('S3.14 exported from a real run has client, leader and two followers, and proposes, appends, acknowledges and answers in that order', () => {
    const { trace, history } = simulate(oneWrite, 1, { trace: true });
    const [write] = history.operations;
    if (trace === undefined || write === undefined) throw new Error('the run has no trace');
    expect(write.outcome).toBe('ok');
    const text = printMermaid(trace, { from: write.invokedAt, until: write.completedAt });
    const { participants, arrows } = parsed(text);
    expect([...participants].sort()).toEqual(['C1', 'N1', 'N2', 'N3']);
    const calls = arrows.filter(({ label }) => label.startsWith('Call'));
    const answer = arrows.at(-1);
    const leader = answer?.from ?? '';
    expect(answer).toMatchObject({ to: 'C1' });
    expect(calls.at(-1)).toMatchObject({ from: 'C1', to: leader });
    const proposed = arrows.indexOf(calls.at(-1) as Arrow);
    const after = arrows.slice(proposed + 1, -1);
    const rounds = ['N1', 'N2', 'N3']
      .filter((node) => node !== leader)
      .map((follower) => ({
        appended: after.findIndex(({ from, to }) => from === leader && to === follower),
        acknowledged: after.findIndex(({ from, to }) => from === follower && to === leader),
      }));
    for (const { appended } of rounds) expect(after[appended]?.label).toMatch(/^AppendEntries \[/);
    // The answer waits for a majority: the leader and one follower.
    const heard = rounds.filter(({ acknowledged }) => acknowledged >= 0);
    expect(heard.length).toBeGreaterThanOrEqual(1);
    for (const { appended, acknowledged } of heard) {
      expect(appended).toBeLessThan(acknowledged);
      expect(after[acknowledged]?.label).toMatch(/^AppendEntriesReply \[/);
    }
  });

  it('a line that is no part of a sequence diagram is noticed', () => {
    expect(() => parsed('sequenceDiagram\n  n0 says hello')).toThrow(/to match/);
  });
});
