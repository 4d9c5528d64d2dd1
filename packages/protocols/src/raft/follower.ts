import type { NodeId } from '../core/core.ts';
import { agreementBelow, cutAfter, type Entry, firstNews, lastIndex, overwrite, termAt } from './log.ts';
import type { AppendMessage, HeartbeatMessage } from './messages.ts';
import { commitTo } from './replication.ts';
import type { Raft } from './state.ts';

/** Acknowledges up to `index`. PERSIST the entries BEFORE this leaves. */
export function acknowledge(raft: Raft, to: NodeId, index: number): void {
  const { term } = raft.state;
  raft.afterAppend.push({
    to,
    message: { type: 'append-reply', term, index, reject: false, hintIndex: 0, hintTerm: 0 },
  });
}

/** Takes entries from the leader, if the log agrees with the leader's just before them (Raft, 5.3). */
export function handleAppend(raft: Raft, from: NodeId, message: AppendMessage): void {
  const { log } = raft.state;
  const { defect } = raft.config;
  const { prevIndex, entries } = message;
  if (defect === 'appends-after-compacted' && prevIndex === 0 && log.offset > 0) {
    appendAgain(raft, entries);
    acknowledge(raft, from, entries.length);
    return;
  }
  if (prevIndex < log.committed && defect !== 'erases-on-late-append') {
    acknowledge(raft, from, log.committed);
    return;
  }
  if (!agrees(raft, message)) {
    refuse(raft, from, message);
    return;
  }
  // Broken twin: whatever follows is taken for a conflict.
  if (defect === 'erases-on-late-append') cutAfter(log, prevIndex);
  const at = firstNews(log, entries);
  if (at < entries.length && (entries[at] as Entry).index <= log.committed) {
    // Only a broken group gets here: what is committed is never replaced.
    raft.port.note('conflict', { index: (entries[at] as Entry).index, committed: log.committed });
    return;
  }
  overwrite(log, entries, at);
  const last = prevIndex + entries.length;
  // What lies beyond the entries of this message is not known to be the leader's. Broken twin: it is committed all the same.
  const known = defect === 'empty-append-for-snapshot' ? lastIndex(log) : last;
  commitTo(raft, Math.min(message.commit, known, lastIndex(log)));
  // Broken twin: nor is it acknowledged.
  acknowledge(raft, from, defect === 'acknowledges-log-end' ? lastIndex(log) : last);
}

/** Broken twin: entries that were compacted away seem new, and are put at the end. */
function appendAgain({ state }: Raft, entries: readonly Entry[]): void {
  for (const entry of entries) state.log.entries.push({ ...entry, index: lastIndex(state.log) + 1 });
}

function agrees(raft: Raft, message: AppendMessage): boolean {
  const { log } = raft.state;
  const own = termAt(log, message.prevIndex);
  switch (raft.config.defect) {
    case 'no-previous-entry-check':
      // Broken twin: it is enough that there is an entry before.
      return own >= 0;
    case 'snapshot-without-term':
      // Broken twin: the snapshot's last entry has a term nobody told.
      return own === message.prevTerm || (message.prevIndex === log.offset && own >= 0);
    default:
      return own === message.prevTerm;
  }
}

function refuse(raft: Raft, from: NodeId, message: AppendMessage): void {
  const { log, term } = raft.state;
  const hint = agreementBelow(log, Math.min(message.prevIndex, lastIndex(log)), message.prevTerm);
  raft.afterAppend.push({
    to: from,
    message: {
      type: 'append-reply',
      term,
      index: message.prevIndex,
      reject: true,
      hintIndex: hint.index,
      hintTerm: hint.term,
    },
  });
}

/** Hears that the leader is there. */
export function handleHeartbeat(raft: Raft, from: NodeId, message: HeartbeatMessage): void {
  const { state, port } = raft;
  commitTo(raft, Math.min(message.commit, lastIndex(state.log)));
  port.send(from, { type: 'heartbeat-reply', term: state.term, round: message.round });
}
