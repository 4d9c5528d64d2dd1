import {
  type Experiment,
  exactly,
  experiment,
  failoverLab,
  type FaultDraft,
  labLoad,
  leaseLab,
  linearizable,
  protocol,
  raftKv,
  type RaftKvOptions,
  registers,
  unclaimed,
} from 'holdfast';

const strict = linearizable({ duringPartition: 'reject' });
const any = unclaimed({ duringPartition: 'reject', availability: 'none' });

function store(name: string, faults: readonly FaultDraft[]): Experiment {
  return experiment({
    name,
    subject: raftKv({ nodes: 3 }),
    workload: registers({ keys: 2, clients: 3, ratePerSecond: 25, mix: { read: 3, write: 3, cas: 0 } }),
    faults: [exactly(faults)],
    contract: { read: strict, write: strict, cas: strict },
    bounds: { simulatedSeconds: 7, recoverWithinMs: 1_000 },
  });
}

/** Whoever leads is gone for a second. */
export const failover: Experiment = store('failover', [
  { kind: 'crash', host: 'leader', atUs: 2_000_000, forUs: 1_000_000 },
]);

/** A cut between the pair, and a leader that stands still: `preventions` are what keeps two from acting. */
export function splitBrain(preventions: string): Experiment {
  return experiment({
    name: 'split-brain',
    subject: protocol(failoverLab, { options: { system: 'job-scheduler', preventions } }),
    workload: labLoad({ ...failoverLab, operations: failoverLab.operations.filter(({ f }) => f === 'act') }),
    faults: [
      exactly([
        {
          kind: 'partition',
          groups: [
            ['N1', 'C1', 'C2'],
            ['N2', 'N3', 'C3', 'C4'],
          ],
          unlisted: 'with-all',
          atUs: 1_000_000,
          forUs: 1_500_000,
        },
        { kind: 'pause', host: 'leader', atUs: 3_200_000, forUs: 900_000 },
      ]),
    ],
    contract: { act: any },
    bounds: { simulatedSeconds: 8, recoverWithinMs: 1_000 },
  });
}

/** What the lease assumes of clocks. */
export const DRIFT_PPM = 250_000;
export const LEASE_MS = 1_000;

/** The holder is cut off with one client while its clock is slow and all others are fast, by so much. */
function clocks(name: string, ppm: number, pauseMs: number): Experiment {
  const slow = (host: string): FaultDraft => ({
    kind: 'clock-drift',
    host,
    amount: -ppm,
    atUs: 500_000,
    forUs: 0,
  });
  const fast = (host: string): FaultDraft => ({
    kind: 'clock-drift',
    host,
    amount: ppm,
    atUs: 500_000,
    forUs: 0,
  });
  return experiment({
    name,
    subject: protocol(leaseLab, {
      options: { maxDriftPpm: DRIFT_PPM, leaseMs: LEASE_MS, renewMs: 200, retryMs: 5 },
    }),
    workload: labLoad(leaseLab, 120),
    faults: [
      exactly([
        slow('N5'),
        fast('N1'),
        fast('N2'),
        fast('N3'),
        fast('N6'),
        fast('N7'),
        {
          kind: 'partition',
          groups: [
            ['N5', 'C1', 'C2'],
            ['N1', 'N2', 'N3', 'N4', 'N6', 'N7', 'C3', 'C4', 'C5'],
          ],
          unlisted: 'with-all',
          atUs: 2_000_000,
          forUs: 2_000_000,
        },
        ...(pauseMs > 0
          ? [{ kind: 'pause' as const, host: 'N6', atUs: 1_500_000, forUs: pauseMs * 1_000 }]
          : []),
      ]),
    ],
    contract: {
      read: linearizable({ duringPartition: 'reject', availability: 'none' }),
      write: linearizable({ duringPartition: 'reject', availability: 'none' }),
      cas: linearizable({ duringPartition: 'reject', availability: 'none' }),
    },
    bounds: { simulatedSeconds: 7, recoverWithinMs: 700 },
  });
}

export const clocksWithin: Experiment = clocks('clocks-within', DRIFT_PPM, 200);
export const clocksBeyond: Experiment = clocks('clocks-beyond', 1.1 * DRIFT_PPM, 0);

function members(
  name: string,
  faults: readonly FaultDraft[],
  options: Partial<RaftKvOptions> = {},
): Experiment {
  return experiment({
    name,
    subject: raftKv({ nodes: 3, transfers: [{ atMs: 900, to: 1 }], ...options }),
    workload: registers({ keys: 2, clients: 3, ratePerSecond: 25, mix: { read: 3, write: 3, cas: 0 } }),
    faults: [exactly(faults)],
    contract: { read: strict, write: strict, cas: strict },
    bounds: { simulatedSeconds: 6, recoverWithinMs: 1_000 },
  });
}

const third: FaultDraft = { kind: 'pause', host: 'N2', atUs: 1_500_000, forUs: 700_000 };

/** A member stands still, and then the leader is not heard by one of the others. */
export const chaos: Experiment = members('chaos', [
  third,
  { kind: 'one-way', from: ['N1'], to: ['N3'], atUs: 2_000_000, forUs: 900_000 },
]);

/** One of those who follow is gone. */
export const replicaDown: Experiment = members('replica-down', [
  { kind: 'crash', host: 'N3', atUs: 1_500_000, forUs: 1_300_000 },
]);

/** The region of the leader is cut off, with one of the clients. */
export const regionFailover: Experiment = members('region-failover', [
  {
    kind: 'partition',
    groups: [
      ['N1', 'C1'],
      ['N2', 'N3', 'C2', 'C3'],
    ],
    unlisted: 'with-all',
    atUs: 1_500_000,
    forUs: 1_400_000,
  },
]);

/** Two members go and two come while clients go on. */
export const reconfiguration: Experiment = members('reconfiguration', [], {
  nodes: 5,
  voters: [1, 2, 3],
  changes: [{ atMs: 2_000, voters: [1, 4, 5] }],
});

/** An operator orders the other of a pair to take over while it cannot know whether the first is gone. */
export function forcedPromotion(preventions: string): Experiment {
  const forced = failoverLab.operations.map((each) => ({ ...each, weight: each.f === 'force' ? 1 : 12 }));
  return experiment({
    name: 'forced-promotion',
    subject: protocol(failoverLab, { options: { system: 'job-scheduler', preventions } }),
    workload: labLoad({ ...failoverLab, operations: forced }),
    faults: [
      exactly([
        {
          kind: 'partition',
          groups: [
            ['N1', 'N5', 'C1', 'C2'],
            ['N2', 'N3', 'N4', 'C3', 'C4'],
          ],
          unlisted: 'with-all',
          atUs: 1_000_000,
          forUs: 2_000_000,
        },
      ]),
    ],
    contract: { act: any, force: any },
    bounds: { simulatedSeconds: 6, recoverWithinMs: 1_000 },
  });
}
