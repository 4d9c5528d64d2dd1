import type { RaftDefect } from '@holdfast/protocols';
import {
  evidenceOf,
  parseEvidence,
  printEvidence,
  RAFT_TWINS,
  raftTwin,
  simulate,
  simulatePlan,
  TWINS,
} from 'holdfast';
import { describe, expect, it } from 'vitest';
import { accusedControl, kill } from './hunt.ts';
import { reasonOf, SAYS } from './says.ts';

/** What is known of a twin. Seeds and sizes are measured, with room to spare; `scripts/mutants.ts` prints the full table. */
interface Known {
  /** The rows whose broken variant it is. */
  readonly rows: string;
  /** The promises it may be convicted by. */
  readonly promises: readonly string[];
  /** It is found within so many seeds; measured: half of it at most. */
  readonly seeds: number;
  /** Where to begin, for the sake of the suite's time; `npm run mutants` begins at 0. */
  readonly from?: number;
  /** Its run shrinks to so few events, from ten thousand or more; measured: two thirds of it at most. */
  readonly events: number;
  /** World events spent on shrinking, for the sake of the suite's time: the shrinker's own limit leaves far smaller runs. */
  readonly maxEvents?: number;
}

const LOST = 'no acknowledged write lost';
const ENOUGH = 600_000;

const KNOWN: Readonly<Record<RaftDefect, Known>> = {
  'vote-not-persisted': {
    rows: 'S1.57',
    promises: ['election safety'],
    seeds: 50,
    events: 3_000,
    maxEvents: 2_000_000,
  },
  'no-up-to-date-check': {
    rows: 'S1.52',
    promises: ['leader completeness', LOST],
    seeds: 50,
    events: 6_000,
    maxEvents: 2_000_000,
  },
  'commit-older-term-by-counting': {
    rows: 'S1.51',
    promises: ['leader completeness', LOST],
    seeds: 200,
    from: 92,
    events: 1_000,
    maxEvents: 3_000_000,
  },
  'no-previous-entry-check': {
    rows: 'S1.50',
    promises: ['log matching', 'linearizability', LOST],
    seeds: 220,
    from: 104,
    events: 200,
    maxEvents: 3_000_000,
  },
  'deletes-own-entries': {
    rows: 'S4.24',
    promises: ['leader append-only'],
    seeds: 10,
    events: 300,
    maxEvents: 1_000_000,
  },
  'ack-on-append': { rows: 'S0.8', promises: [LOST, 'linearizability'], seeds: 10, events: 200 },
  'local-read': { rows: 'S1.56', promises: ['linearizability'], seeds: 10, events: 150 },
  'lease-beyond-drift': {
    rows: 'S1.56',
    promises: ['linearizability'],
    seeds: 10,
    events: 200,
    maxEvents: 1_500_000,
  },
  'no-dedup': { rows: 'S1.55 S1.11', promises: ['linearizability'], seeds: 10, events: 200 },
  'snapshot-without-term': {
    rows: 'S1.54',
    promises: ['log matching'],
    seeds: 20,
    events: 1_000,
    maxEvents: 500_000,
  },
  'direct-membership-switch': {
    rows: 'S1.53 S3.2',
    promises: ['quorum intersection', 'leader completeness', LOST],
    seeds: 20,
    events: 1_200,
  },
  'reply-before-fsync': { rows: 'S1.57 S1.29', promises: [LOST], seeds: 10, events: 150 },
  'forgets-on-restart': {
    rows: 'S1.3 S1.29',
    promises: [LOST],
    seeds: 10,
    events: 5_000,
    maxEvents: 2_000_000,
  },
};

describe('the broken twins of Raft', () => {
  it('are thirteen, each with its own defect', () => {
    expect(RAFT_TWINS).toHaveLength(13);
    expect(Object.keys(KNOWN).sort()).toEqual([...RAFT_TWINS].sort());
  });

  for (const defect of RAFT_TWINS) {
    const { rows, promises, seeds, events, maxEvents = ENOUGH, from = 0 } = KNOWN[defect];
    it(`${rows} ${defect} is found, shrunk, explained and replayed, and the control holds`, () => {
      const twin = TWINS.find((other) => other.protocol === 'raft' && other.defect === defect);
      if (twin === undefined) expect.fail(`${defect} is not listed`);
      const found = kill(twin, seeds, { maxEvents, from });
      if (found === undefined) expect.fail(`${defect} survived ${seeds} seeds`);
      const { experiment, seed, original, shrunk, verdict } = found;
      expect(promises).toContain(shrunk.promise);
      expect(verdict.status).toBe('violated');
      expect(verdict.evidence.examined).toBeGreaterThan(0);
      expect(shrunk.fromEvents).toBe(original.events);
      expect(shrunk.toEvents).toBeLessThanOrEqual(events);
      expect(shrunk.toEvents).toBe(shrunk.result.events);
      expect(verdict.reason).toMatch(/\bnodes? \{?\d|\bprocess \d/);
      expect(reasonOf(shrunk.result, shrunk.promise)).toMatch(SAYS[defect]);
      expect(accusedControl(twin, seed, from)).toBeUndefined();

      const evidence = evidenceOf(experiment.name, shrunk.result, { edited: true });
      const { plan, digest } = parseEvidence(printEvidence(evidence));
      if (plan === undefined) expect.fail('evidence of an edited run carries its plan');
      const again = simulatePlan(raftTwin(defect), plan);
      expect(again.digest).toBe(digest);
      expect(again.verdicts).toEqual(shrunk.result.verdicts);
      expect(simulate(raftTwin(defect), seed).digest).toBe(original.digest);
    });
  }
});
