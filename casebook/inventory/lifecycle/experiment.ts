import {
  exactly,
  type Experiment,
  experiment,
  type FaultSpec,
  type PlannedOperation,
  storm,
  swarm,
  unclaimed,
  type Workload,
} from 'holdfast';
import type { LifecycleDefect } from './reservations.ts';
import { HOLD_MS } from './shop.ts';
import { lifecycle } from './system.ts';

/** Users who hold a piece and pay for it about when it expires, cancel it about when they pay, or forget it. */
const indecision: Workload = {
  name: 'indecision',
  clients: 2,
  operations: ['reserve', 'pay', 'cancel', 'ship'],
  model: null,
  plan: ({ choices, fromUs, untilUs }) => {
    const planned: Omit<PlannedOperation, 'id'>[] = [];
    const add = (f: string, key: string, atUs: number): void => {
      const client = choices.below(2, 'client');
      planned.push({ atUs, client, f, key, input: null });
    };
    const lastUs = untilUs - 2_000_000;
    for (let [i, atUs] = [1, fromUs]; ; i++) {
      atUs += choices.between(20_000, 120_000, 'gap');
      if (atUs >= lastUs) break;
      const key = `r${i}`;
      add('reserve', key, atUs);
      const isQuick = choices.chance(0.5, 'quick');
      const payAt = atUs + choices.between(2_000, isQuick ? 90_000 : Math.round(HOLD_MS * 1_300), 'think');
      if (choices.chance(0.7, 'pays')) add('pay', key, payAt);
      if (choices.chance(0.4, 'cancels')) add('cancel', key, payAt + choices.between(-8_000, 8_000, 'race'));
      add('ship', key, payAt + choices.between(300_000, 1_500_000, 'ships'));
    }
    return planned.toSorted((a, b) => a.atUs - b.atUs).map((operation, id) => ({ ...operation, id }));
  },
};

const FAULTS: readonly FaultSpec[] = [
  // Its clock is two seconds ahead: by it everything that is held was held too long.
  exactly([{ kind: 'clock-step', host: 'sweeper', amount: 2_000_000, atUs: 700_000, forUs: 0 }]),
  storm({ fault: 'crash', on: 'any', everyMs: [400, 1_500], forMs: [20, 200] }),
  swarm({ clockSkew: true, loss: true, duplication: true, reordering: true, pauses: true }),
];

const any = unclaimed({ duringPartition: 'reject', availability: 'none' });

/** Reservations under skewed clocks, crashes and lost messages. */
export function races(name: string, defect?: LifecycleDefect): Experiment {
  return experiment({
    name,
    subject: lifecycle(defect),
    workload: indecision,
    faults: FAULTS,
    contract: { reserve: any, pay: any, cancel: any, ship: any },
    bounds: { simulatedSeconds: 10, recoverWithinMs: 1_000 },
  });
}
