import { type RetryContract, readRetryFile } from '@holdfast/protocols';
import { unclaimed } from '../experiment/contract.ts';
import { type Experiment, experiment } from '../experiment/experiment.ts';
import { exactly } from '../faults/exactly.ts';
import { partition } from '../faults/partition.ts';
import type { FaultDraft } from '../faults/spec.ts';
import { swarm } from '../faults/swarm.ts';
import { editor, type EditorOptions, edits } from '../subjects/editor/editor.ts';
import { calls } from '../subjects/service/load.ts';
import { payments, type PaymentsOptions } from '../subjects/service/payments.ts';
import { service } from '../subjects/service/service.ts';

/** A subject that is no protocol, broken on purpose, and the careful one in the same setting. */
export interface SubjectTwin {
  readonly protocol: 'editor' | 'service';
  readonly defect: string;
  readonly about: string;
  readonly breaks: string;
  readonly catalogue?: number;
  readonly build: (name: string, broken: boolean) => Experiment;
}

const BUDGET: RetryContract = readRetryFile(
  `Operation: POST /payments
Side effect?: yes
Timeout: 450 ms each, 1.5 s in all
Max attempts: 3
Backoff: from 100 ms, times 2, at most 2 s
Jitter: full
Idempotency key: Idempotency-Key, kept 24 h
Circuit/degrade rule: retries 10 % of calls and 1 a second over 10 s; then answer "pending"
Metrics: load multiplier <= 1.3
`,
  'twins.txt',
);

const SLOW_DISK: FaultDraft = { kind: 'disk-slow', host: 'risk', amount: 6, atUs: 6_000_000, forUs: 0 };
const LOSS: FaultDraft = { kind: 'loss', hosts: [], probability: 0.02, atUs: 3_000_000, forUs: 0 };
const HEAVY_LOSS: FaultDraft = { ...LOSS, probability: 0.05, atUs: 2_000_000 };

/** The payment API through a slow disk or losses: the careful design, but for one mechanism. */
function paid(faults: readonly FaultDraft[], without: Partial<PaymentsOptions>): SubjectTwin['build'] {
  return (name, broken) => {
    const bounds = {
      amplification: 1.3,
      recoverWithinMs: 4_000,
      lateWorkSlackMs: 10,
      oneEffect: true,
      queue: 50,
    };
    return experiment({
      name,
      subject: service(payments({ client: BUDGET, bounds, ...(broken ? without : {}) })),
      workload: calls({ clients: 6, ratePerSecond: 28, mix: { charge: 1 } }),
      faults: [exactly(faults)],
      contract: { charge: unclaimed({ duringPartition: 'reject', availability: 'none' }) },
      bounds: { simulatedSeconds: 24, recoverWithinMs: 4_000 },
    });
  };
}

/** An editor whose replicas are parted, restart, and have one clock ahead. */
function edited(broken: EditorOptions): SubjectTwin['build'] {
  return (name, isBroken) => {
    const promise = unclaimed({ duringPartition: 'accept-and-merge', availability: 'none' });
    return experiment({
      name,
      // Only version vectors keep both edits: the control has nothing to lose.
      subject: editor(isBroken ? broken : { regions: 3, rule: 'version-vectors' }),
      workload: edits({ clients: 3, fields: 2, ratePerSecond: 8 }),
      faults: [
        exactly([{ kind: 'clock-step', host: 'N1', amount: 2_000_000, atUs: 2_000_000, forUs: 0 }]),
        partition({ sides: [['N1'], ['N2', 'N3']], atMs: 4_000, forMs: 2_000 }),
        swarm({ loss: true, duplication: true, reordering: true, crashes: true, pauses: true }),
      ],
      contract: { save: promise, open: promise },
      bounds: { simulatedSeconds: 14, recoverWithinMs: 2_000 },
    });
  };
}

/** All of them, in the order of lists. */
export const SUBJECT_TWINS: readonly SubjectTwin[] = [
  {
    protocol: 'service',
    defect: 'retries-at-once',
    about: 'retries at once on every timeout, without a budget, and with queues that have no bound',
    breaks: 'recovery after the fault',
    build: paid([LOSS, SLOW_DISK], { client: 'retry-at-once', admission: false }),
  },
  {
    protocol: 'service',
    defect: 'no-keys',
    about: 'charges again when a charge is asked for again',
    breaks: 'one effect for each call',
    catalogue: 58,
    build: paid([HEAVY_LOSS], { keyed: false }),
  },
  {
    protocol: 'service',
    defect: 'no-budget',
    about: 'lets every call have all its retries, however many calls there are',
    breaks: 'bounded amplification',
    build: paid([SLOW_DISK], { client: { ...BUDGET, budget: { kind: 'unlimited' }, maxAttempts: 6 } }),
  },
  {
    protocol: 'service',
    defect: 'no-admission',
    about: 'takes whatever comes into its queues',
    breaks: 'bounded queues',
    build: paid([LOSS, SLOW_DISK], { client: 'retry-at-once', admission: false }),
  },
  {
    protocol: 'editor',
    defect: 'wall-clock-decides',
    about: 'takes the edit with the later time of the wall clock for the newer',
    breaks: 'no causally newer edit lost',
    catalogue: 110,
    build: edited({ regions: 3, rule: 'wall-clock' }),
  },
  {
    protocol: 'editor',
    defect: 'deaf-clocks',
    about: 'takes no notice of the stamps that come with edits',
    breaks: 'no causally newer edit lost',
    catalogue: 107,
    build: edited({ regions: 3, rule: 'hybrid', defect: 'deaf-clocks' }),
  },
];
