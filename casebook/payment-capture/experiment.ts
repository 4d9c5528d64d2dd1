import {
  type Experiment,
  experiment,
  type FaultSpec,
  type PlannedOperation,
  steady,
  storm,
  swarm,
  unclaimed,
  type Workload,
} from 'holdfast';
import { CAREFUL, type Posture } from './posture.ts';
import { payments } from './system.ts';

const ORDERS = 16;

/** Two users pay orders, some of them twice at once, and look how they stand. */
const shopping: Workload = {
  name: 'shopping',
  clients: 2,
  operations: ['pay', 'status'],
  model: null,
  plan: ({ choices, fromUs, untilUs, finalUntilUs }) => {
    const planned: Omit<PlannedOperation, 'id'>[] = [];
    const orders = Array.from({ length: ORDERS }, (_, i) => `order-${i + 1}`);
    const add = (f: string, key: string, client: number, atUs: number): void => {
      planned.push({ atUs, client, f, key, input: null });
    };
    for (const [i, order] of orders.entries()) {
      const atUs = fromUs + choices.between(0, Math.floor((untilUs - fromUs) * 0.6), 'pay');
      add('pay', order, i % 2, atUs);
      if (choices.chance(0.3, 'twice'))
        add('pay', order, 1 - (i % 2), atUs + choices.between(0, 20_000, 'gap'));
      for (let look = 0; look < 3; look++)
        add('status', order, i % 2, choices.between(atUs, untilUs, 'look'));
    }
    const gapUs = Math.floor((finalUntilUs - untilUs) / (ORDERS + 1));
    for (const [i, order] of orders.entries()) add('status', order, i % 2, untilUs + (i + 1) * gapUs);
    return planned.toSorted((a, b) => a.atUs - b.atUs).map((operation, id) => ({ ...operation, id }));
  },
};

const FAULTS: readonly FaultSpec[] = [
  storm({ fault: 'crash', on: 'any', everyMs: [150, 700], forMs: [30, 400] }),
  steady({ fault: 'duplicate', probability: 0.05 }),
  swarm({ loss: true, duplication: true, reordering: true, slowLinks: true, pauses: true, partitions: true }),
];

const any = unclaimed({ duringPartition: 'reject', availability: 'none' });

function built(name: string, change: Partial<Posture> = {}, isCalm = false): Experiment {
  return experiment({
    name,
    subject: payments({ ...CAREFUL, ...change, name }, isCalm ? 'all is well' : 'providers fail'),
    workload: shopping,
    faults: isCalm ? [] : FAULTS,
    contract: { pay: any, status: any },
    bounds: { simulatedSeconds: 8, recoverWithinMs: 1_000 },
  });
}

/** Each is one decision away from the careful design. */
const TWINS = {
  'no-key': { key: 'none' },
  'new-key': { unknown: 'new key' },
  'two-transactions': { transactions: 'two' },
  'timeout-is-failure': { timeout: 'failure' },
  'no-reconciliation': { unknown: 'nothing' },
  'no-constraint': { unique: false },
  'shown-as-failed': { shown: 'failed' },
  'no-inbox': { inbox: false },
} as const satisfies Readonly<Record<string, Partial<Posture>>>;

/** The name of a broken twin. */
export type TwinName = keyof typeof TWINS;

const twins = Object.fromEntries(
  Object.entries(TWINS).flatMap(([name, change]) => [
    [name, built(name, change)],
    [`${name}-calm`, built(`${name}-calm`, change, true)],
  ]),
) as Record<TwinName | `${TwinName}-calm`, Experiment>;

const experiments = { wrong: built('wrong', TWINS['new-key']), better: built('better'), ...twins };

export default experiments;
