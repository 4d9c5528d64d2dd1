import { type Entry, entriesFrom, lastIndex, type RaftLog, termAt } from './log.ts';
import type { Raft } from './state.ts';
import { appendSent, becomeSnapshot, inflightFull, isPaused, type Progress } from './tracker/progress.ts';
import { quorumMatch } from './tracker/tracker.ts';

/** A leader appends to its own log; its acknowledgement to itself waits until the entries are durable. */
export function appendOwn(raft: Raft, entry: Entry): void {
  const { state } = raft;
  state.log.entries.push(entry);
  raft.afterAppend.push({
    to: state.self,
    message: {
      type: 'append-reply',
      term: state.term,
      index: entry.index,
      reject: false,
      hintIndex: 0,
      hintTerm: 0,
    },
  });
}

/**
 * Sends an append to one follower, or a snapshot when the entries it needs are compacted away. Without `sendIfEmpty` only when there are
 * entries to send. False when nothing was sent.
 */
export function sendAppend(raft: Raft, p: Progress, sendIfEmpty: boolean): boolean {
  if (isPaused(p)) return false;
  const { state, config } = raft;
  const { log } = state;
  const prevIndex = p.next - 1;
  const prevTerm = termAt(log, prevIndex);
  if (prevTerm < 0)
    return overlooksSnapshot(raft, p) ? sendEmptily(raft, p, sendIfEmpty) : sendSnapshot(raft, p);
  // A full pipeline may still carry an empty append, so that a follower whose answers were all lost is heard again.
  const held = p.mode === 'replicate' && inflightFull(p, config.maxInflight);
  const entries = held ? [] : entriesFrom(log, p.next, config.maxEntriesPerAppend);
  if (entries.length === 0 && !sendIfEmpty) return false;
  const { committed } = log;
  raft.port.send(p.id, { type: 'append', term: state.term, prevIndex, prevTerm, commit: committed, entries });
  appendSent(p, entries.length, committed, config.maxInflight);
  return true;
}

/** Sends appends to all others. */
export function broadcastAppend(raft: Raft): void {
  const { progress } = raft.state.tracker;
  for (let i = 0; i < progress.length; i++) {
    const p = progress[i] as Progress;
    if (p.id !== raft.state.self) sendAppend(raft, p, true);
  }
}

/** Broken twins: the last entry compacted away is taken to be there still. */
function overlooksSnapshot({ config, state }: Raft, p: Progress): boolean {
  const { defect } = config;
  return (
    (defect === 'retries-empty' || defect === 'empty-append-for-snapshot') && p.next === state.log.offset
  );
}

/** Sends no entries, as from the one that is not there no other is found. */
function sendEmptily(raft: Raft, p: Progress, sendIfEmpty: boolean): boolean {
  if (!sendIfEmpty) return false;
  const { term, log } = raft.state;
  const { committed: commit } = log;
  // The entry before is not there either: the snapshot's end stands for it, unless there is none before.
  const [prevIndex, prevTerm] = p.next === 1 ? [0, 0] : [log.offset, log.offsetTerm];
  raft.port.send(p.id, { type: 'append', term, prevIndex, prevTerm, commit, entries: [] });
  return true;
}

function sendSnapshot(raft: Raft, p: Progress): boolean {
  // One that is not there cannot take a snapshot; its next answer will bring us back here.
  if (!p.active) return false;
  const found = raft.snapshotFor(p.id);
  if (found === null) return false;
  // Broken twin: the snapshot does not say the term of its last entry.
  const snapshot = raft.config.defect === 'snapshot-without-term' ? { ...found, term: 0 } : found;
  becomeSnapshot(p, snapshot.index);
  raft.port.note('snapshot', { action: 'send', to: p.id, index: found.index, term: found.term });
  raft.port.send(p.id, { type: 'snapshot', term: raft.state.term, snapshot });
  return true;
}

/** Moves the commit index forward; it never goes back. */
export function commitTo(raft: Raft, index: number): boolean {
  const { log } = raft.state;
  // Broken twin: a lower one is taken over as well.
  const back = raft.config.defect === 'commit-index-goes-back' && index < log.committed;
  if (index <= log.committed && !back) return false;
  log.committed = index;
  raft.port.note('commit', { index, term: termAt(log, index) });
  return true;
}

/** Commits what a quorum holds, if its last entry is of this term (Raft, 5.4.2). True when the commit index moved. */
export function commitByQuorum(raft: Raft): boolean {
  const { log, term, tracker } = raft.state;
  const index = Math.min(quorumMatch(tracker), lastIndex(log));
  if (index <= log.committed) return false;
  // Broken twin: entries of earlier terms are committed by counting copies.
  if (termAt(log, index) !== term && raft.config.defect !== 'commit-older-term-by-counting') return false;
  // Broken twin: the first entry of an earlier term ends the search.
  if (raft.config.defect === 'commit-check-stops-early' && termAt(log, log.committed + 1) !== term)
    return false;
  return commitTo(raft, index);
}

/** Whether this leader has committed an entry of its own term, and so knows what is committed. */
export function committedInTerm(log: RaftLog, term: number): boolean {
  return termAt(log, log.committed) === term;
}
