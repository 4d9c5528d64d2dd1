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
