import { raftLastIndex, type RaftState } from '@holdfast/protocols';

/** Most latencies kept for the quantile; later ones are not. */
const SAMPLES = 200_000;

/** What is known of a node while it leads in one term. */
interface Leading {
  readonly term: number;
  lastIndex: number;
  committed: number;
  /** When it appended each entry that is not committed yet. */
  readonly appendedAt: Map<number, number>;
}

/** Telemetry of one Raft group (S3.15 to S3.20), collected from outside, without changing the run. */
export class RaftMetrics {
  leaderChanges = 0;
  rejectedByAdmission = 0;
  /** 0 once a node's commit index went back while it was running. */
  private commitMonotonic = 1;
  /** Snapshots that a node had received and that a crash kept from being installed. */
  private snapshotInstallFailures = 0;
  /** The index of the snapshot each node is about to install. */
  private readonly receiving = new Map<number, number>();
  /** The same of nodes that have crashed over it. */
  private readonly interrupted = new Map<number, number>();
  private readonly commits = new Map<number, number>();
  private readonly leading = new Map<number, Leading>();
  private readonly latenciesUs: number[] = [];

  /** A node has started (again): its commit index may lie further back than before. */
  restarted(node: number): void {
    this.commits.delete(node);
    const index = this.receiving.get(node);
    if (index === undefined) return;
    this.receiving.delete(node);
    this.interrupted.set(node, index);
  }

  /** A node is about to install a snapshot it was sent, or has done so. */
  snapshot(node: number, action: string, index: number): void {
    if (action === 'receive') this.receiving.set(node, index);
    else if (action === 'install') this.receiving.delete(node);
  }

  /** To be called after every event of a node. */
  observe(node: number, state: RaftState, nowUs: number): void {
    const { log } = state;
    const before = this.commits.get(node) ?? 0;
    if (log.committed < before) this.commitMonotonic = 0;
    if (log.committed !== before) this.commits.set(node, log.committed);
    if (state.role === 'leader') this.observeLeader(node, state, nowUs);
    if (this.interrupted.size > 0) this.observeRecovery(node, state);
  }

  /** What a node finds after a crash may hold the snapshot all the same. */
  private observeRecovery(node: number, { snapshot }: RaftState): void {
    const index = this.interrupted.get(node);
    if (index === undefined) return;
    this.interrupted.delete(node);
    if ((snapshot?.index ?? 0) < index) this.snapshotInstallFailures++;
  }

  /** From the append at the leader, its first empty entry included, to the moment a quorum's answers have committed it. */
  private observeLeader(node: number, { log, term }: RaftState, nowUs: number): void {
    const last = raftLastIndex(log);
    let leading = this.leading.get(node);
    if (leading === undefined || leading.term !== term) {
      leading = { term, lastIndex: last - 1, committed: log.committed, appendedAt: new Map() };
      this.leading.set(node, leading);
    }
    const { appendedAt } = leading;
    while (leading.lastIndex < last) appendedAt.set(++leading.lastIndex, nowUs);
    while (leading.committed < log.committed) {
      const at = appendedAt.get(++leading.committed);
      if (at === undefined) continue;
      appendedAt.delete(leading.committed);
      if (this.latenciesUs.length < SAMPLES) this.latenciesUs.push(nowUs - at);
    }
  }

  /** The figures by their names; of the group's state, what `newest` knows: whoever leads, or has the highest term. */
  report(simulatedUs: number, newest: RaftState | undefined): Record<string, number> {
    const sorted = this.latenciesUs.sort((a, b) => a - b);
    const p99 = sorted[Math.max(0, Math.ceil(sorted.length * 0.99) - 1)] ?? 0;
    return {
      leader_changes_per_minute: simulatedUs === 0 ? 0 : (this.leaderChanges * 60_000_000) / simulatedUs,
      commit_index_monotonic: this.commitMonotonic,
      snapshot_install_failures: this.snapshotInstallFailures,
      quorum_acks_latency_p99: p99,
      rejected_requests_due_to_admission_control: this.rejectedByAdmission,
      term: newest?.term ?? 0,
      leader: newest?.leader ?? 0,
      commit_index: newest?.log.committed ?? 0,
      config_version: newest?.membershipIndex ?? 0,
    };
  }
}
