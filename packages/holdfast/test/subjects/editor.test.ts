import {
  type ConflictRule,
  editor,
  type EditorOptions,
  edits,
  exactly,
  type Experiment,
  experiment,
  ExperimentError,
  partition,
  simulate,
  swarm,
  unclaimed,
} from 'holdfast';
import { describe, expect, it } from 'vitest';

function edited(options: EditorOptions): Experiment {
  const promise = unclaimed({ duringPartition: 'accept-and-merge', availability: 'none' });
  return experiment({
    name: 'edited',
    subject: editor(options),
    workload: edits({ clients: 3, fields: 2, ratePerSecond: 8 }),
    faults: [
      exactly([{ kind: 'clock-step', host: 'N1', amount: 2_000_000, atUs: 2_000_000, forUs: 0 }]),
      partition({ sides: [['N1'], ['N2', 'N3']], atMs: 4_000, forMs: 2_000 }),
      swarm({ loss: true, duplication: true, reordering: true, crashes: true, pauses: true }),
    ],
    contract: { save: promise, open: promise },
    bounds: { simulatedSeconds: 14, recoverWithinMs: 2_000 },
  });
}

/** The promises broken in any of some seeds. */
function brokenBy(options: EditorOptions): string[] {
  const broken = new Set<string>();
  for (let seed = 1; seed <= 2; seed++) {
    for (const { status, promise } of simulate(edited(options), seed).verdicts) {
      if (status === 'violated') broken.add(promise);
    }
  }
  return [...broken].sort((a, b) => (a < b ? -1 : 1));
}

const NEWER = 'no causally newer edit lost';
const CONCURRENT = 'no concurrent edit lost';

describe('an editor whose replicas are parted, restart, and have one clock ahead', () => {
  const expected: readonly (readonly [ConflictRule, readonly string[]])[] = [
    ['wall-clock', [NEWER, CONCURRENT]],
    ['lamport', [CONCURRENT]],
    ['hybrid', [CONCURRENT]],
    ['version-vectors', []],
    ['crdt', []],
  ];
  for (const [rule, promises] of expected) {
    it(`S0.23 by ${rule} breaks ${promises.join(' and ') || 'nothing'}`, () => {
      expect(brokenBy({ regions: 3, rule })).toEqual(promises);
    });
  }

  it('S0.23 by hybrid clocks that take no notice of what they hear loses newer edits again', () => {
    expect(brokenBy({ regions: 3, rule: 'hybrid', defect: 'deaf-clocks' })).toContain(NEWER);
  });

  it('refuses a rule or a number of regions there is none of', () => {
    expect(() => editor({ regions: 1, rule: 'crdt' })).toThrow(ExperimentError);
    expect(() => editor({ regions: 3, rule: 'newest' as ConflictRule })).toThrow(
      /choose one of wall-clock, /,
    );
  });
});
