import {
  type Experiment,
  experiment,
  type FaultSpec,
  type PlannedOperation,
  storm,
  swarm,
  unclaimed,
  type Workload,
} from 'holdfast';
import { type Build, WHOLE } from './jobs.ts';
import { scheduler } from './system.ts';

const JOBS = 20;

/** Jobs are submitted, now and then cancelled, and looked at. */
const batch: Workload = {
  name: 'batch',
  clients: 2,
  operations: ['submit', 'cancel', 'status'],
  model: null,
  plan: ({ choices, fromUs, untilUs, finalUntilUs }) => {
    const planned: Omit<PlannedOperation, 'id'>[] = [];
    const add = (f: string, key: string, client: number, atUs: number): void => {
      planned.push({ atUs, client, f, key, input: null });
    };
    const names = Array.from({ length: JOBS }, (_, i) => `job-${i + 1}`);
    for (const [i, name] of names.entries()) {
      const atUs = fromUs + choices.between(0, Math.floor((untilUs - fromUs) * 0.5), 'submit');
      add('submit', name, i % 2, atUs);
      if (choices.chance(0.15, 'cancel'))
        add('cancel', name, 1 - (i % 2), atUs + choices.between(0, 300_000, 'after'));
      add('status', name, i % 2, untilUs + Math.floor(((i + 1) * (finalUntilUs - untilUs)) / (JOBS + 1)));
    }
    return planned.toSorted((a, b) => a.atUs - b.atUs).map((operation, id) => ({ ...operation, id }));
  },
};

/** Workers stand still for far longer than a lease lasts, again and again; one at least is up. */
const PAUSES: FaultSpec = {
  name: 'workers stand still',
  kinds: ['pause'],
  hosts: ['worker-1', 'worker-2', 'worker-3'],
  plan: ({ choices, fromUs, untilUs }) =>
    ['worker-1', 'worker-2', 'worker-3'].flatMap((host) => {
      const drafts = [];
      for (let atUs = fromUs; ; ) {
        atUs += choices.between(100_000, 700_000, 'gap');
        const forUs = choices.between(300_000, 900_000, 'pause');
        if (atUs + forUs >= untilUs) return drafts;
        drafts.push({ kind: 'pause' as const, host, atUs, forUs });
        atUs += forUs;
      }
    }),
};

const FAULTS: readonly FaultSpec[] = [
  PAUSES,
  storm({ fault: 'crash', on: 'any', everyMs: [300, 1_200], forMs: [20, 250] }),
  swarm({ loss: true, duplication: true, reordering: true, slowLinks: true }),
];

const any = unclaimed({ duringPartition: 'reject', availability: 'none' });

function built(name: string, change: Partial<Build> = {}, faults: readonly FaultSpec[] = FAULTS): Experiment {
  return experiment({
    name,
    subject: scheduler(name, { ...WHOLE, ...change }),
    workload: batch,
    faults,
    contract: { submit: any, cancel: any, status: any },
    bounds: { simulatedSeconds: 12, recoverWithinMs: 2_000 },
  });
}

/** Each is one part away from the whole. */
const TWINS = {
  'no-fence': { fences: false },
  'no-compare': { compares: false },
  'steps-again': { idempotent: false },
  'lease-in-memory': { durable: false },
  'from-the-start': { resumes: false },
} as const satisfies Readonly<Record<string, Partial<Build>>>;

export type TwinName = keyof typeof TWINS;

const twins = Object.fromEntries(
  Object.entries(TWINS).flatMap(([name, change]) => [
    [name, built(name, change)],
    [`${name}-calm`, built(`${name}-calm`, change, [])],
  ]),
) as Record<TwinName | `${TwinName}-calm`, Experiment>;

/** Workers stand still past their leases, and nothing else happens. */
const paused = built('paused', {}, [PAUSES]);

const experiments = { wrong: built('wrong', TWINS['no-fence']), better: built('better'), paused, ...twins };

export default experiments;
