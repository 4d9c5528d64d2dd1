import {
  type Experiment,
  experiment,
  planRun,
  raftKv,
  registers,
  simulateTwice,
  type Subject,
  unclaimed,
} from 'holdfast';
import { describe, expect, it } from 'vitest';
import { runSeed } from '../../src/node/seedOutcome.ts';

/** A store that keeps something between runs when it is told to: what a hidden global or a clock would do. */
function store(forgetful: boolean): Experiment {
  const base = raftKv({ nodes: 3 });
  let runs = 0;
  const subject: Subject = {
    ...base,
    start(context) {
      if (forgetful) runs++;
      context.world.at(700_000 + runs, 'housekeeping', () => context.world.note(-1, 'note', `run ${runs}`));
      return base.start(context);
    },
  };
  const nothing = unclaimed({ duringPartition: 'reject' });
  return experiment({
    name: 'twice',
    subject,
    workload: registers({ keys: 1, clients: 2, ratePerSecond: 20, mix: { read: 1, write: 1, cas: 0 } }),
    faults: [],
    contract: { read: nothing, write: nothing },
    bounds: { simulatedSeconds: 4, recoverWithinMs: 1_000 },
  });
}

describe('running a seed twice', () => {
  it('names the first event that differs when a subject depends on more than the plan', () => {
    const outcome = runSeed(store(true), 3, true);
    expect(outcome.status).toBe('error');
    expect(outcome.error?.message).toMatch(/Cannot trust seed 3 as two runs of it must be one/);
    expect(outcome.error?.message).toMatch(/differ first at event \d+ in (at|label)/);
    expect(outcome.error?.message).toContain('look in the subject for a clock');
  });

  it('says nothing of it when it was not asked to, and nothing is wrong when runs are one', () => {
    expect(runSeed(store(true), 3).status).toBe('holds');
    const sound = store(false);
    expect(runSeed(sound, 3, true).status).toBe('holds');
    const { digest, second } = simulateTwice(sound, planRun(sound, 3));
    expect(second).toBe(digest);
  });
});
