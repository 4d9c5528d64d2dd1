import type { Operation, Verdict } from '@holdfast/check';
import type { ReportPage, RunReport } from '../../src/run.ts';
import { LossyRaft } from './lossyRaft.ts';

/** A run of a made-up cluster as a report: `violated` blames its last finished read. */
export function sampleRun(seed: number, endMs: number, violated: boolean): RunReport {
  const { trace, history } = new LossyRaft({ seed, endMs }).run();
  const verdicts = violated
    ? [badVerdict(history.operations), safety(trace.events.length)]
    : [goodVerdict(history.operations), safety(trace.events.length)];
  return {
    title: violated
      ? 'Raft that commits without the term check, shrunk'
      : 'Raft, five nodes, majority partition',
    experiment: violated ? 'raft-figure-8' : 'raft-majority',
    seed,
    command: `npx holdfast replay raft-majority --seed ${seed}`,
    digest: '5f0c1d2e9ab34477',
    trace,
    history,
    verdicts,
    metrics: {
      leader_changes_per_minute: 4.2,
      commit_index_monotonic: violated ? 0 : 1,
      snapshot_install_failures: 0,
      quorum_acks_latency_p99: 8.431,
      rejected_requests_due_to_admission_control: 12,
    },
    ...(violated ? { shrink: { fromEvents: 12482, toEvents: trace.events.length, steps: 240 } } : {}),
  };
}

function badVerdict(operations: readonly Operation[]): Verdict {
  const blocking = operations.findLast((operation) => operation.outcome === 'ok') as Operation;
  const minimal = operations.filter((operation) => operation.outcome === 'ok').slice(-3);
  return {
    promise: 'linearizability',
    status: 'violated',
    reason: `C1 reads 4 from x although C2's write of 6 had finished before the read began.`,
    evidence: { examined: operations.length, steps: 412, blocking, minimal },
  };
}

function goodVerdict(operations: readonly Operation[]): Verdict {
  const order = operations.filter((operation) => operation.outcome === 'ok').map((operation) => operation.id);
  const reason = `An order of all ${order.length} finished operations explains every answer.`;
  return {
    promise: 'linearizability',
    status: 'holds',
    reason,
    evidence: { examined: operations.length, steps: 96, order },
  };
}

function safety(events: number): Verdict {
  return {
    promise: 'election safety',
    status: 'holds',
    reason: 'No two nodes led in the same term.',
    evidence: { examined: events, steps: events },
  };
}

export function samplePage(): ReportPage {
  return {
    title: 'Raft under a majority partition',
    generatedFor: 'experiment raft-majority, 5 servers, 2 clients',
    runs: [sampleRun(7, 2_000, false), sampleRun(3, 700, true)],
    tables: [
      {
        title: '52 etcd histories',
        head: ['History', 'Operations', 'Expected', 'Found', 'Steps'],
        rows: Array.from({ length: 6 }, (_, i) => [
          `etcd_00${i}`,
          `${167 + i * 13}`,
          i % 2 ? 'violated' : 'holds',
          i % 2 ? 'violated' : 'holds',
          `${1200 + i * 431}`,
        ]),
      },
    ],
  };
}
