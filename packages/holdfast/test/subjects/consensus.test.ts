import type { VerdictStatus } from '@holdfast/check';
import type { RaftMessage, RaftState } from '@holdfast/protocols';
import { raftKv, raftTwin, type RunResult, simulate } from 'holdfast';
import { describe, expect, it } from 'vitest';
import { CoreProgram } from '../../src/simulate/coreProgram.ts';
import { during, play, type Step, writes } from '../simulate/scenario.ts';
import { tampered, type Tampering } from '../simulate/tamper.ts';

const STEPS: readonly Step[] = [
  ...writes(0, 'a', { fromMs: 1_000, untilMs: 3_000, everyMs: 40 }),
  ...writes(1, 'b', { fromMs: 1_010, untilMs: 3_000, everyMs: 50, first: 1_000 }),
  ...writes(1, 'c', { fromMs: 5_200, untilMs: 5_600, everyMs: 50, first: 2_000 }),
];

function run(tampering: Tampering, more: Partial<Parameters<typeof play>[0]> = {}): RunResult {
  return play({
    subject: tampered(raftKv({ nodes: 3 }), tampering),
    steps: STEPS,
    healMs: 4_000,
    endMs: 6_000,
    recoverMs: 1_000,
    trace: false,
    ...more,
  });
}

function verdict(
  result: RunResult,
  promise: string,
): { status: VerdictStatus; reason: string; examined: number } {
  const found = result.verdicts.find((candidate) => candidate.promise === promise);
  if (found === undefined) throw new RangeError(`Cannot find '${promise}' among the verdicts`);
  return { status: found.status, reason: found.reason, examined: found.evidence.examined };
}

/** The five properties, by the promises that judge them. */
const FIVE = {
  agreement: 'state machine safety',
  validity: 'validity',
  termination: 'liveness after healing',
  integrity: 'integrity',
  'quorum intersection': 'quorum intersection',
} as const;

describe('the five properties of consensus', () => {
  it('S1.44 hold in correct runs, each after having looked at something', () => {
    for (const seed of [0, 1, 2]) {
      const result = run({}, { seed });
      for (const promise of Object.values(FIVE)) {
        expect(verdict(result, promise)).toMatchObject({ status: 'holds' });
        expect(verdict(result, promise).examined).toBeGreaterThan(0);
      }
    }
  });

  it('S1.44 agreement and quorum intersection break when members are switched at once', () => {
    const twin = raftTwin('direct-membership-switch');
    const runs = Array.from({ length: 30 }, (_, seed) => simulate(twin, seed));
    const torn = runs.filter((result) => verdict(result, FIVE['quorum intersection']).status === 'violated');
    expect(torn.length).toBeGreaterThan(3);
    for (const result of torn) {
      expect(verdict(result, FIVE['quorum intersection']).reason).toMatch(
        /^nodes \{[\d,]+\} committed as a quorum of .*, nodes \{[\d,]+\} as one of .*: they have none in common$/,
      );
    }
    const split = runs.filter((result) => verdict(result, FIVE.agreement).status === 'violated');
    expect(split.length).toBeGreaterThan(0);
  });

  it('S1.44 validity breaks when a command is altered on its way into a log', () => {
    const result = run({
      onSend: (hands, { from, to, payload }) => {
        const message = payload as RaftMessage;
        if (message.type !== 'append' || message.entries.length === 0) return true;
        const entries = message.entries.map((entry) => {
          const command = entry.data as { operation?: { f?: string; value?: number } } | null;
          if (entry.kind !== 'normal' || command?.operation?.value !== 1_003) return entry;
          return { ...entry, data: { ...command, operation: { ...command.operation, value: 6_666 } } };
        });
        hands.send(from, to, { ...message, entries });
        return false;
      },
    });
    const { status, reason } = verdict(result, FIVE.validity);
    expect(status).toBe('violated');
    expect(reason).toMatch(
      /^node \d applied .*6666.* at index \d+ for operation \d+ of client \d+, which asked for .*1003/,
    );
  });

  it('S1.44 integrity breaks when a node applies an entry again, or leaves one out', () => {
    for (const [by, words] of [
      [-1, /^node 2 applied entry \d+ again: it had applied up to \d+ when it came to \d+$/],
      [1, /^node 2 left out entry \d+: it had applied up to \d+ when it came to \d+$/],
    ] as const) {
      let planted = false;
      const result = run({
        onEvent: ({ world, servers }) => {
          const program = world.host(servers[1] ?? 0).program;
          if (planted || world.nowUs < 1_500_000 || !(program instanceof CoreProgram)) return;
          const { log } = program.state as RaftState;
          // Between two commands, so that only the place in the log is wrong.
          if (log.applied !== log.applying || log.applied !== log.committed) return;
          planted = true;
          log.applied += by;
          log.applying += by;
        },
      });
      expect(verdict(result, FIVE.integrity).status).toBe('violated');
      expect(verdict(result, FIVE.integrity).reason).toMatch(words);
    }
  });

  it('S1.44 termination breaks when equal timeouts split every vote, also with a stable network', () => {
    const stuck = raftKv({
      nodes: 3,
      latency: { kind: 'constant', us: 500 },
      raft: { preVote: false, checkQuorum: false, electionJitterMs: 1 },
    });
    const result = run({}, { subject: stuck });
    expect(verdict(result, FIVE.termination).status).toBe('violated');
    expect(verdict(result, FIVE.agreement).status).toBe('holds');
  });

  it('S1.44 S3.6 termination is judged only once everything has healed and had its time', () => {
    const groups = [['N1'], ['N2'], ['N3']];
    const result = run(
      {},
      { faults: [{ kind: 'partition', groups, unlisted: 'with-all', ...during(900, 4_000) }] },
    );
    const failed = result.history.operations.filter(({ outcome }) => outcome !== 'ok');
    expect(failed.length).toBeGreaterThan(50);
    expect(failed.every(({ invokedAt }) => invokedAt < 5_000_000)).toBe(true);
    expect(verdict(result, FIVE.termination)).toMatchObject({ status: 'holds' });
    expect(verdict(result, FIVE.termination).examined).toBeLessThan(10);
  });
});
