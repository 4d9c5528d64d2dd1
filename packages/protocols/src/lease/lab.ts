import type { LabAnswer, LabDefect, LabTrouble, LabVariant, ProtocolLab } from '../lab/lab.ts';
import { REGISTER_OPERATIONS, registerOperation } from '../lab/operations.ts';
import { fencedLeaseConfig, type FencedLeaseOptions } from './config.ts';
import { fencedLease } from './core.ts';
import type { LeaseDefect } from './defects.ts';
import type { LeaseMessage } from './messages.ts';
import { LEASE_PROMISES, LeaseMonitor } from './monitor.ts';
import { isServing, type LeaseCommand, type LeaseResult, type LeaseState } from './state.ts';

/** Holders that stop for longer than a lease, and go on as if nothing had been. */
const PAUSES: readonly LabTrouble[] = [
  { kind: 'storm', fault: 'pause', on: 'leader', everyMs: [600, 1_500], forMs: [400, 1_200] },
];
/** Half of the clients stay with the holder that is cut off. */
const ISOLATIONS: readonly LabTrouble[] = [
  { kind: 'storm', fault: 'isolate', on: 'leader', everyMs: [700, 1_600], forMs: [1_000, 2_000] },
];

/** Reads come often enough to be made in the short time in which two believe to have the lease. */
const BUSY = { ratePerSecond: 100, simulatedSeconds: 16 } as const satisfies Partial<LabDefect>;
/** Some clients have not yet noticed what others have. */
const LAZY = { ratePerSecond: 25, simulatedSeconds: 24 } as const satisfies Partial<LabDefect>;

/** Three granters, a resource and three nodes that take turns as its writer. */
export const leaseLab: ProtocolLab<LeaseState, LeaseMessage, LeaseCommand, LeaseResult> = {
  name: 'lease',
  about: 'a key-value store with one writer at a time, by lease and fencing token',
  nodes: [1, 2, 3, 4, 5, 6, 7],
  core: (variant) => fencedLease(optionsOf(variant)),
  monitor: (variant) => new LeaseMonitor(fencedLeaseConfig(optionsOf(variant))),
  promises: LEASE_PROMISES,
  operations: REGISTER_OPERATIONS,
  model: 'cas-register',
  clients: { kind: 'one-at-a-time', retries: true },
  command: (call) => ({
    client: call.process + 1,
    sequence: call.sequence,
    operation: registerOperation(call) as never,
  }),
  answer: readResult,
  leads: isServing,
  // The lease is measured by a clock that goes on while the host sleeps.
  onSuspend: ({ defect }) => (defect === 'clock-stops-in-suspend' ? 'stops' : 'continues'),
  dependsOnDurations: true,
  survives: ['crash-recovery', 'omission', 'timing'],
  troubles: [
    {
      kind: 'swarm',
      classes: [
        'crashes',
        'lostWrites',
        'pauses',
        'loss',
        'duplication',
        'reordering',
        'partitions',
        'slowLinks',
        'clockSkew',
      ],
    },
    { kind: 'storm', fault: 'suspend', on: 'leader', everyMs: [3_000, 9_000], forMs: [200, 1_500] },
  ],
  load: { clients: 5, keys: 3, ratePerSecond: 20 },
  bounds: { simulatedSeconds: 16, recoverWithinMs: 3_000 },
  defects: [
    {
      name: 'no-drift-margin',
      about: 'gives the lease away when it is over by its own clock, which may be fast',
      breaks: 'linearizability',
      catalogue: 52,
      options: { maxDriftPpm: 250_000, leaseMs: 1_000, renewMs: 200 },
      troubles: [{ kind: 'drift', ppm: 250_000 }, ...ISOLATIONS],
      ...BUSY,
    },
    {
      name: 'ignores-expiry',
      about: 'acts until somebody tells it that its lease is over',
      breaks: 'linearizability',
      catalogue: 51,
      troubles: ISOLATIONS,
      ...BUSY,
    },
    {
      name: 'grants-alone',
      about: 'takes the word of one granter for the word of all',
      breaks: 'one holder a token',
      catalogue: 9,
    },
    {
      name: 'grants-after-restart',
      about: 'a granter that restarts takes its lease for over',
      breaks: 'linearizability',
      options: { leaseMs: 900, renewMs: 500 },
      troubles: [{ kind: 'storm', fault: 'crash', on: 'any', everyMs: [50, 150], forMs: [1, 20] }],
      ...BUSY,
    },
    {
      name: 'no-fencing',
      about: 'the resource carries out whatever comes',
      breaks: 'tokens only rise at the resource',
      options: { reads: 'resource' },
      troubles: PAUSES,
    },
    {
      name: 'fences-first-write-only',
      about: 'the resource compares the token of a node once, and never again',
      breaks: 'tokens only rise at the resource',
      options: { reads: 'resource' },
      troubles: PAUSES,
    },
    {
      name: 'fence-in-memory',
      about: 'the resource forgets at a restart which tokens it must refuse',
      breaks: 'tokens only rise at the resource',
      catalogue: 87,
      troubles: [
        ...PAUSES,
        { kind: 'storm', fault: 'crash', on: 'any', everyMs: [100, 300], forMs: [1, 30] },
      ],
      ...LAZY,
    },
    {
      name: 'clock-stops-in-suspend',
      about: 'measures its lease by a clock that stops while the host sleeps',
      breaks: 'linearizability',
      options: { leaseMs: 150, renewMs: 40 },
      troubles: [{ kind: 'storm', fault: 'suspend', on: 'leader', everyMs: [600, 1_200], forMs: [400, 700] }],
      ...LAZY,
    },
  ],
};

function optionsOf({ nodes, defect, options }: LabVariant): FencedLeaseOptions {
  return {
    ...options,
    granters: nodes.slice(0, 3),
    resource: nodes[3] as number,
    holders: nodes.slice(4),
    defect: defect as LeaseDefect | undefined,
  };
}

function readResult(result: LeaseResult): LabAnswer {
  if (result.ok) return { kind: 'done', output: result.value };
  switch (result.error) {
    case 'not-holder':
      return { kind: 'redirect', node: result.holder };
    case 'too-many-open':
      return { kind: 'redirect', node: 0 };
    default:
      return { kind: 'unclear' };
  }
}
