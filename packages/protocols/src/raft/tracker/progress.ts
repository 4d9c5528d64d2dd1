import type { NodeId } from '../../core/core.ts';

/**
 * How a leader feeds one follower. `probe`: at most one append until the follower says where its log ends. `replicate`: a pipeline of
 * appends, at most `maxInflight` unanswered. `snapshot`: nothing until the snapshot sent has been taken.
 */
export type ProgressMode = 'probe' | 'replicate' | 'snapshot';

/** What a leader knows of one node of the group. */
export interface Progress {
  readonly id: NodeId;
  learner: boolean;
  mode: ProgressMode;
  /** The last entry known to be durable there; never goes back within a term. */
  match: number;
  /** The next entry to send; always above `match`. */
  next: number;
  /** The highest commit index sent, as far as the log sent allows it to be used. */
  sentCommit: number;
  /** The index of the snapshot under way; 0 outside `snapshot`. */
  pendingSnapshot: number;
  /** Heartbeat answers since the snapshot was sent: how a lost snapshot is noticed. */
  snapshotBeats: number;
  /** No append until an answer arrives: a probe is out, or the pipeline is full. */
  paused: boolean;
  /** Heard from since the last quorum check. */
  active: boolean;
  /** The last index of each unanswered append of the pipeline, oldest first. */
  inflight: number[];
  /** The latest heartbeat round answered; shows that this leader was still followed after that round began. */
  ackedRound: number;
}

/** Progress of a node nothing is known of, to be probed at `next`. */
export function newProgress(id: NodeId, learner: boolean, match: number, next: number): Progress {
  return {
    id,
    learner,
    mode: 'probe',
    match,
    next,
    sentCommit: 0,
    pendingSnapshot: 0,
    snapshotBeats: 0,
    paused: false,
    active: false,
    inflight: [],
    ackedRound: 0,
  };
}

function enter(p: Progress, mode: ProgressMode): void {
  p.mode = mode;
  p.paused = false;
  p.pendingSnapshot = 0;
  p.snapshotBeats = 0;
  if (p.inflight.length > 0) p.inflight = [];
}

function forgetSentCommit(p: Progress): void {
  if (p.sentCommit >= p.next) p.sentCommit = p.next - 1;
}

/** Back to probing, after `match` or after the snapshot the follower is known to have taken. */
export function becomeProbe(p: Progress): void {
  const snapshot = p.mode === 'snapshot' ? p.pendingSnapshot : 0;
  enter(p, 'probe');
  p.next = Math.max(p.match, snapshot) + 1;
  forgetSentCommit(p);
}

/** Pipelining from just after `match`. */
export function becomeReplicate(p: Progress): void {
  enter(p, 'replicate');
  p.next = p.match + 1;
}

/** Waiting for a snapshot up to `index`. */
export function becomeSnapshot(p: Progress, index: number): void {
  enter(p, 'snapshot');
  p.pendingSnapshot = index;
  p.next = index + 1;
  p.sentCommit = index;
}

/** Whether the pipeline holds as many unanswered appends as it may. */
export function inflightFull(p: Progress, maxInflight: number): boolean {
  return p.inflight.length >= maxInflight;
}

/** Notes an append of `count` entries sent from `next`, with the commit index `commit`. */
export function appendSent(p: Progress, count: number, commit: number, maxInflight: number): void {
  if (p.mode === 'replicate') {
    if (count > 0) {
      p.next += count;
      p.inflight.push(p.next - 1);
    }
    p.paused = inflightFull(p, maxInflight);
  } else if (p.mode === 'probe' && count > 0) p.paused = true;
  p.sentCommit = commit;
}

/** Whether an append could teach the follower a higher commit index than any sent so far. */
export function commitIsNews(p: Progress, commit: number): boolean {
  return commit > p.sentCommit && p.sentCommit < p.next - 1;
}

/** Takes an acknowledgement up to `index`; false when it says nothing new. */
export function advanceTo(p: Progress, index: number): boolean {
  if (index <= p.match) return false;
  p.match = index;
  if (p.next <= index) p.next = index + 1;
  p.paused = false;
  return true;
}

/** Frees the pipeline up to `index`. */
export function freeInflight(p: Progress, index: number): void {
  const { inflight } = p;
  let count = 0;
  while (count < inflight.length && (inflight[count] as number) <= index) count++;
  if (count === 1) inflight.shift();
  else if (count > 0) inflight.splice(0, count);
}

/**
 * Takes a refusal of the append after `rejected`; `hint` is where the logs may agree. False when the refusal is stale: an older
 * append's, overtaken by an acknowledgement.
 */
export function retreatTo(p: Progress, rejected: number, hint: number): boolean {
  // What was acknowledged before is refused only by a stale answer, or in a broken group, which must not retry at once for ever.
  if (rejected <= p.match) return false;
  if (p.mode === 'replicate') {
    p.next = p.match + 1;
    forgetSentCommit(p);
    return true;
  }
  if (p.next - 1 !== rejected) return false;
  p.next = Math.max(Math.min(rejected, hint + 1), p.match + 1);
  forgetSentCommit(p);
  p.paused = false;
  return true;
}

/** Whether nothing may be sent to it now. */
export function isPaused(p: Progress): boolean {
  return p.mode === 'snapshot' || p.paused;
}

/** The leader's log ends here: nothing after it can be held or sent. */
export function keepWithin(p: Progress, last: number): void {
  p.match = Math.min(p.match, last);
  p.next = Math.min(p.next, last + 1);
  p.inflight = p.inflight.filter((index) => index <= last);
}
