import { expect, it } from 'vitest';
import { byzantineGroup } from '../../src/byzantine/index.ts';
import { kv } from '../../src/kv/kv.ts';
import { pbft, PBFT_LIES, PBFT_DEFECTS } from '../../src/pbft/index.ts';
import { Trial } from '../byzantine/trial.ts';
const nodes = [1, 2, 3, 4];
it('twins', () => {
for (const defect of ['new-view-without-proofs','drops-prepared','accepts-second-pre-prepare','no-dedup','only-primary-retransmits', undefined] as const) for (const [name, lie] of Object.entries(PBFT_LIES)) for (const liar of [1, 2]) {
  let found: number[] = []; let why = new Set<string>(); let stuck = 0;
  const t0 = performance.now();
  for (let seed = 1; seed <= 60; seed++) {
    const trial = new Trial({ core: pbft({ nodes, checkpointEvery: 4, defect }, kv), group: byzantineGroup(nodes), replies: defect === 'only-primary-retransmits' ? 3 : 2, lies: { [liar]: lie } });
    trial.run(seed, 600, {patience: 2, powerPerMille: 0});
    if (!trial.stabilise(20)) stuck++;
    if (trial.monitor.violations.length > 0) { found.push(seed); for (const v of trial.monitor.violations) why.add(v.promise); }
  }
  if (found.length > 0 || stuck > 0) console.log(defect, name, liar, { found: found.slice(0, 5).join(), n: found.length, stuck, why: [...why].join() });
}
}, 200_000);
