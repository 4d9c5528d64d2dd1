import type { NodeId } from '../core/core.ts';
import {
  applyAcknowledged,
  entryAt,
  entryKey,
  epochAt,
  extend,
  lastOf,
  persist,
  restore,
  snapshotWrites,
  truncate,
} from './log.ts';
import type { ReplicaSnapshot, ReplicatedEntry, ReplicationMessage } from './messages.ts';
import type { ReplicaNode } from './state.ts';

type Append = Extract<ReplicationMessage, { readonly type: 'append' }>;

/** Takes up a later epoch; one that this node led is over. Whoever waited hears that the outcome is unknown. */
export function adopt(node: ReplicaNode, epoch: number, leader: NodeId): void {
  const { config, state, out } = node;
  const isLater = epoch > state.epoch;
  Object.assign(state, { role: 'follower', epoch, followers: {} });
  if (isLater || leader !== 0) state.leader = leader;
  // Broken twin: the promise is kept in memory.
  if (isLater && config.defect !== 'epoch-in-memory') persist(node, []);
  out.cancelTimer('heartbeat');
  out.cancelTimer('semi-sync');
  for (const request of Object.values(state.waiting)) {
    out.reply(request, { ok: false, error: 'leadership-lost' });
  }
  state.waiting = {};
}

/** The controller prepares a failover: promise, and say where the log ends. */
export function fence(node: ReplicaNode, epoch: number): void {
  const { config, state, out } = node;
  if (epoch < state.epoch) {
    out.send(config.controller, { type: 'refused', epoch: state.epoch });
    return;
  }
  if (epoch > state.epoch) adopt(node, epoch, 0);
  const last = lastOf(state);
  const report = { type: 'report', epoch, lastEpoch: epochAt(state, last) ?? 0, last } as const;
  // Persist BEFORE send.
  out.send(config.controller, report, state.lastStore);
}

/** Whether a message of `epoch` from its leader may be acted upon here. */
function follows(node: ReplicaNode, from: NodeId, epoch: number): boolean {
  const { config, state, out } = node;
  // Broken twin: who was leader is still obeyed.
  if (epoch < state.epoch && config.defect !== 'stale-leader-accepted') {
    out.send(from, { type: 'refused', epoch: state.epoch });
    return false;
  }
  if (epoch > state.epoch || state.leader !== from) adopt(node, Math.max(epoch, state.epoch), from);
  return true;
}

/** The leader's entries, or its heartbeat. */
export function append(node: ReplicaNode, from: NodeId, message: Append): void {
  const { state } = node;
  if (!follows(node, from, message.epoch)) return;
  const fitting = fit(node, from, message);
  if (fitting === undefined) return;
  const { previous, entries } = fitting;
  const writes = take(node, previous.index, entries);
  const matched = previous.index + entries.length;
  // Only what is known to equal the leader's log.
  state.acknowledged = Math.max(state.acknowledged, Math.min(message.acknowledged, matched));
  if (writes.length > 0) persist(node, writes);
  applyAcknowledged(node);
  confirm(node, from, message.epoch, matched);
}

function confirm({ config, state, out }: ReplicaNode, to: NodeId, epoch: number, index: number): void {
  const audit = state.audits[state.audits.length - 1] ?? null;
  const message = { type: 'appended', epoch, index, applied: state.applied, audit } as const;
  // Persist BEFORE send. Broken twin: what is in memory counts.
  out.send(to, message, config.defect === 'acks-before-fsync' ? 0 : state.lastStore);
}

/** The part of an append that starts where this log matches, or undefined after asking for something else. */
function fit(
  node: ReplicaNode,
  leader: NodeId,
  message: Append,
): Pick<Append, 'previous' | 'entries'> | undefined {
  const { config, state, out } = node;
  const { base } = state;
  let { previous, entries } = message;
  const ask = (from: number): undefined => {
    out.send(leader, { type: 'mismatch', epoch: message.epoch, from });
    return undefined;
  };
  if (previous.index < base.index) {
    const skipped = base.index - previous.index;
    const at = entries[skipped - 1];
    // The snapshot here holds what the leader's log never will: it was lost at a failover.
    // An old message of the snapshot's own epoch may be shorter.
    const isShorter = message.last < base.index && base.epoch < message.epoch;
    if (at === undefined ? isShorter : at.epoch !== base.epoch) state.diverged = true;
    if (state.diverged) return ask(0);
    if (at === undefined) return ask(base.index + 1);
    previous = { index: base.index, epoch: base.epoch };
    entries = entries.slice(skipped);
  }
  const own = epochAt(state, previous.index);
  if (own === previous.epoch) return { previous, entries };
  // Broken twin: nobody compares.
  if (config.defect === 'no-previous-check' && own !== undefined) return { previous, entries };
  if (previous.index === base.index) {
    state.diverged = true;
    return ask(0);
  }
  return ask(Math.max(base.index + 1, Math.min(previous.index, lastOf(state) + 1)));
}

/** Takes over entries after `index`, cutting what conflicts; gives the records to store. */
function take(node: ReplicaNode, index: number, entries: readonly ReplicatedEntry[]): readonly StoreWrites[] {
  const { state } = node;
  const differs = entries.findIndex((entry, i) => entryAt(state, index + 1 + i)?.epoch !== entry.epoch);
  if (differs < 0) return [];
  const fresh = entries.slice(differs);
  const from = index + differs;
  const removed = truncate(node, from);
  return [...removed, ...extend(state, fresh)];
}

type StoreWrites = ReturnType<typeof extend>[number];

/** A copy of the leader's state: for a node too far behind, one whose own snapshot diverged, or one that failed its audit. */
export function install(
  node: ReplicaNode,
  from: NodeId,
  message: { readonly epoch: number; readonly snapshot: ReplicaSnapshot; readonly rebuild: boolean },
): void {
  const { state, out } = node;
  if (!follows(node, from, message.epoch)) return;
  const { snapshot } = message;
  const { base } = state;
  const matches = epochAt(state, snapshot.index) === snapshot.epoch && !state.diverged;
  // What is held already is not replaced, unless it is known to be wrong.
  if ((matches && !message.rebuild) || (snapshot.index < base.index && !state.diverged)) {
    confirm(node, from, message.epoch, Math.max(base.index, matches ? snapshot.index : 0));
    return;
  }
  const last = lastOf(state);
  const kept = matches ? state.log.slice(snapshot.index - base.index) : [];
  const first = matches ? snapshot.index : last;
  const removed = Array.from({ length: Math.max(0, first - base.index) }, (_, i) => first - i);
  state.log = kept;
  state.base = snapshot;
  state.diverged = false;
  state.acknowledged = Math.max(matches ? state.acknowledged : 0, snapshot.index);
  restore(node, snapshot);
  if (message.rebuild) state.audits = [];
  for (const store of state.storing) store.index = Math.min(store.index, snapshot.index);
  state.durable = Math.min(state.durable, snapshot.index);
  out.note('installed', { index: snapshot.index, epoch: snapshot.epoch, rebuild: message.rebuild });
  const gone = removed.map((index) => ({ key: entryKey(index), value: null }));
  persist(node, [...snapshotWrites(node, snapshot), ...gone]);
  applyAcknowledged(node);
  confirm(node, from, message.epoch, snapshot.index);
}
