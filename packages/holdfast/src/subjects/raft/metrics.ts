import { raftLastIndex, type RaftState } from '@holdfast/protocols';

/** Most latencies kept for the quantile; later ones are counted, not kept. */
const SAMPLES = 200_000;

/** Telemetry of one Raft group (S3.15 to S3.20), collected from outside, without changing the run. */
export class RaftMetrics {
  leaderChanges = 0;
  /** 0 once a node's commit index went back while it was running. */
  commitMonotonic = 1;
  snapshotInstallFailures = 0;
  rejectedByAdmission = 0;
  private readonly commits = new Map<number, number>();
  private readonly appendedAt = new Map<number, number>();
  private readonly latenciesUs: number[] = [];
  private readonly lastIndexes = new Map<number, number>();

  restarted(node: number): void {
    this.commits.delete(node);
    this.lastIndexes.delete(node);
  }

  observe(node: number, state: RaftState, nowUs: number): void {
    const { log } = state;
    const before = this.commits.get(node) ?? 0;
    if (log.committed < before) this.commitMonotonic = 0;
    if (state.role === 'leader') this.observeLeader(node, state, before, nowUs);
    if (log.committed !== before) this.commits.set(node, log.committed);
  }

  private observeLeader(node: number, state: RaftState, before: number, nowUs: number): void {
    const last = raftLastIndex(state.log);
    const seen = this.lastIndexes.get(node) ?? last;
    for (let index = seen + 1; index <= last; index++) this.appendedAt.set(index, nowUs);
    if (seen !== last || !this.lastIndexes.has(node)) this.lastIndexes.set(node, last);
    for (let index = before + 1; index <= state.log.committed; index++) {
      const at = this.appendedAt.get(index);
      if (at === undefined) continue;
      this.appendedAt.delete(index);
      if (this.latenciesUs.length < SAMPLES) this.latenciesUs.push(nowUs - at);
    }
  }

  report(simulatedUs: number): Record<string, number> {
    const sorted = this.latenciesUs.sort((a, b) => a - b);
    const p99 = sorted[Math.max(0, Math.ceil(sorted.length * 0.99) - 1)] ?? 0;
    return {
      leader_changes_per_minute: simulatedUs === 0 ? 0 : (this.leaderChanges * 60_000_000) / simulatedUs,
      commit_index_monotonic: this.commitMonotonic,
      snapshot_install_failures: this.snapshotInstallFailures,
      quorum_acks_latency_p99: p99,
      rejected_requests_due_to_admission_control: this.rejectedByAdmission,
    };
  }
}
