import { describe, expect, it } from 'vitest';
import { byzantineGroup } from '../../src/byzantine/index.ts';
import { kv } from '../../src/kv/kv.ts';
import { pbft, PBFT_LIES, type PbftDefect, type PbftMessage, type PbftState } from '../../src/pbft/index.ts';
import { Trial } from '../byzantine/trial.ts';

const nodes = [1, 2, 3, 4];
type LieName = keyof typeof PBFT_LIES;

function trialOf(defect: PbftDefect | undefined, liar: number, lie: LieName): Trial<PbftState, PbftMessage> {
  const core = pbft({ nodes, checkpointEvery: 4, defect }, kv);
  return new Trial({ core, group: byzantineGroup(nodes), lies: { [liar]: PBFT_LIES[lie] } });
}

/** Each with a liar and a lie that bring it out; the promise, and the seeds it takes at most. */
const TWINS: readonly (readonly [PbftDefect, number, LieName, string, number])[] = [
  ['quorum-2f', 1, 'equivocate', 'agreement', 10],
  ['counts-messages', 1, 'equivocate', 'agreement', 10],
  ['believes-signatures', 1, 'forge', 'validity', 10],
  ['no-dedup', 1, 'repeat', 'executed once', 10],
];

describe('PBFT under random schedules', () => {
  for (const [name, lie] of Object.entries(PBFT_LIES)) {
    it(`S2.27 S2.28 keeps its promises while one of four lies (${name}), and answers all clients once the network is well`, () => {
      expect(lie).toBeTypeOf('function');
      for (let seed = 1; seed <= 6; seed++) {
        const trial = trialOf(undefined, (seed % 2) + 1, name as LieName);
        trial.run(seed, 500);
        expect(trial.stabilise(), `seed ${seed}: live`).toBe(true);
        expect(trial.monitor.violations, `seed ${seed}`).toEqual([]);
        expect(trial.monitor.executed).toBeGreaterThan(0);
      }
    });
  }

  for (const [defect, liar, lie, promise, seeds] of TWINS) {
    it(`${defect} is found within ${seeds} seeds while node ${liar} lies (${lie}); correct PBFT is accused on none of them`, () => {
      const found: string[] = [];
      for (let seed = 1; seed <= seeds && !found.includes(promise); seed++) {
        const broken = trialOf(defect, liar, lie);
        broken.run(seed, 500, { until: promise });
        found.push(...broken.monitor.violations.map((violation) => violation.promise));
        const correct = trialOf(undefined, liar, lie);
        correct.run(seed, 500);
        expect(correct.monitor.violations, `seed ${seed}`).toEqual([]);
      }
      expect(found).toContain(promise);
    });
  }
});
