import type { NodeId } from '../core/core.ts';
import { agreementBelow, cutAfter, lastIndex } from './log.ts';
import type { AppendReply, HeartbeatReply } from './messages.ts';
import { confirmRounds, releaseEarlyReads } from './reads.ts';
import { broadcastAppend, commitByQuorum, sendAppend } from './replication.ts';
import type { Raft } from './state.ts';
import {
  advanceTo,
  becomeProbe,
  becomeReplicate,
  commitIsNews,
  freeInflight,
  keepWithin,
  type Progress,
  retreatTo,
} from './tracker/progress.ts';
import { progressOf } from './tracker/tracker.ts';
import { sendTimeoutNow } from './transfer.ts';

/** A follower, or this leader's own storage, has answered an append. */
export function handleAppendReply(raft: Raft, from: NodeId, message: AppendReply): void {
  const { state } = raft;
  const p = progressOf(state.tracker, from);
  if (p === undefined) return;
  p.active = true;
  if (message.reject) {
    handleRefusal(raft, p, message);
    return;
  }
  // Only a broken follower knows more than its leader.
  const index = Math.min(message.index, lastIndex(state.log));
  const news = acknowledged(raft, p, index);
  if (!news && !(p.match === index && p.mode === 'probe')) return;
  if (p.mode === 'probe') becomeReplicate(p);
  else if (p.mode === 'replicate') freeInflight(p, index);
  else if (p.match >= state.log.offset) {
    // It can be fed from the log again, with this snapshot or without.
    becomeProbe(p);
    becomeReplicate(p);
  }
  const self = from === state.self;
  if (commitByQuorum(raft)) {
    releaseEarlyReads(raft);
    broadcastAppend(raft);
  } else if (!self && commitIsNews(p, state.log.committed)) sendAppend(raft, p, true);
  if (self) return;
  // The answer may have made room for more than one append.
  while (sendAppend(raft, p, false));
  if (state.transferTo === from && p.match === lastIndex(state.log)) sendTimeoutNow(raft, from);
}

/** Takes an acknowledgement; false when it says nothing new. */
function acknowledged({ config }: Raft, p: Progress, index: number): boolean {
  const { next } = p;
  const { defect } = config;
  // Broken twins: one that was overtaken counts as well.
  if (defect === 'match-index-goes-back' || defect === 'acknowledges-log-end')
    p.match = Math.min(p.match, index);
  const news = advanceTo(p, index);
  // Broken twin: only sending moves it.
  if (defect === 'ack-keeps-next-index') p.next = next;
  return news;
}

function handleRefusal(raft: Raft, p: Progress, message: AppendReply): void {
  const { log } = raft.state;
  const { defect } = raft.config;
  let hint = message.hintIndex;
  // Skip what cannot agree: entries here of later terms than the follower's.
  if (message.hintTerm > 0) hint = agreementBelow(log, message.hintIndex, message.hintTerm).index;
  const stale = defect === 'believes-stale-refusal';
  if (!(stale ? believe(p, hint) : retreatTo(p, message.index, hint))) return;
  // Broken twin: the log that gives way is the leader's own.
  if (defect === 'deletes-own-entries') {
    cutAfter(log, Math.max(hint, log.committed));
    for (const other of raft.state.tracker.progress) keepWithin(other, lastIndex(log));
  }
  const { next } = p;
  if (p.mode === 'replicate' && defect !== 'ack-keeps-next-index') becomeProbe(p);
  if (stale) p.next = next;
  sendAppend(raft, p, true);
}

/** Broken twin: a refusal is stale only where the leader knows of nothing it has sent and not heard of. */
function believe(p: Progress, hint: number): boolean {
  if (p.match === p.next - 1) return false;
  p.next = Math.max(1, Math.min(hint + 1, p.next - 1));
  return true;
}

/** A follower has answered a heartbeat: it is there, and its answer may confirm reads. */
export function handleHeartbeatReply(raft: Raft, from: NodeId, message: HeartbeatReply): void {
  const { state } = raft;
  const p = progressOf(state.tracker, from);
  if (p === undefined) return;
  p.active = true;
  p.paused = false;
  if (p.mode === 'snapshot') noticeLostSnapshot(raft, p);
  if (p.match < lastIndex(state.log) || p.mode === 'probe') sendAppend(raft, p, true);
  if (message.round > p.ackedRound) {
    p.ackedRound = message.round;
    confirmRounds(raft);
  }
}

/** A follower that answers heartbeats for a whole election timeout without taking the snapshot has not got it. */
function noticeLostSnapshot(raft: Raft, p: Progress): void {
  const { electionTimeoutMs, heartbeatMs } = raft.config;
  p.snapshotBeats++;
  if (p.snapshotBeats * heartbeatMs < electionTimeoutMs) return;
  p.pendingSnapshot = 0;
  becomeProbe(p);
}
