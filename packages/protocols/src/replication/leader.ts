import type { NodeId, RequestId } from '../core/core.ts';
import { isAcknowledged } from './acknowledge.ts';
import {
  applyAcknowledged,
  applyNext,
  entryAt,
  epochAt,
  extend,
  lastOf,
  persist,
  snapshotOf,
} from './log.ts';
import type { ReplicaAudit, ReplicatedCommand } from './messages.ts';
import type { FollowerProgress, ReplicaNode } from './state.ts';

/** The controller's word: this node leads the epoch. It opens it with an entry of its own. */
export function lead(node: ReplicaNode, epoch: number): void {
  const { config, state, out } = node;
  Object.assign(state, { role: 'leader', epoch, leader: state.self, degraded: false, diverged: false });
  const next = lastOf(state) + 1;
  state.followers = {};
  for (const id of [...config.nodes, ...config.observers]) {
    if (id !== state.self) state.followers[id] = { next, match: 0, applied: 0 };
  }
  out.note('leader', { epoch });
  append(node, null);
  out.setTimer('heartbeat', config.heartbeatMs);
}

/** A write: the next entry of the leader's log, sent to all at once. */
export function write(node: ReplicaNode, id: RequestId, command: ReplicatedCommand): void {
  const { config, state, out } = node;
  if (state.role !== 'leader') {
    out.reply(id, { ok: false, error: 'not-leader', leader: state.leader });
  } else if (Object.keys(state.waiting).length >= config.maxOpen) {
    out.reply(id, { ok: false, error: 'too-many-open' });
  } else {
    state.waiting[lastOf(state) + 1] = id;
    if (config.acknowledge === 'semi-sync' && !state.degraded) out.setTimer('semi-sync', config.semiSyncMs);
    append(node, command);
  }
}

function append(node: ReplicaNode, command: ReplicatedCommand | null): void {
  const { config, state } = node;
  persist(node, extend(state, [{ epoch: state.epoch, command }]));
  // Broken twin: readers here see what nobody has acknowledged.
  while (config.defect === 'applies-before-acknowledged' && state.applied < lastOf(state)) applyNext(node);
  for (const id of Object.keys(state.followers)) sendTo(node, Number(id));
  acknowledge(node);
}

/** Sends a follower what it lacks, at most a batch; an empty append is a heartbeat. */
export function sendTo(node: ReplicaNode, to: NodeId): void {
  const { config, state, out } = node;
  const follower = state.followers[to];
  if (follower === undefined) return;
  const previous = follower.next - 1;
  const epoch = epochAt(state, previous);
  if (epoch === undefined) {
    out.send(to, { type: 'snapshot', epoch: state.epoch, snapshot: snapshotOf(state), rebuild: false });
    return;
  }
  const from = previous - state.base.index;
  const entries = state.log.slice(from, from + config.maxBatch);
  const { acknowledged } = state;
  const last = lastOf(state);
  out.send(to, {
    type: 'append',
    epoch: state.epoch,
    previous: { index: previous, epoch },
    entries,
    acknowledged,
    last,
  });
  follower.next += entries.length;
}

/** The leader's timer: what was sent and not answered is sent again. */
export function beat(node: ReplicaNode): void {
  const { config, state, out } = node;
  if (state.role !== 'leader') return;
  for (const [id, follower] of Object.entries(state.followers)) {
    if (follower.match > 0) follower.next = follower.match + 1;
    sendTo(node, Number(id));
  }
  out.send(config.controller, { type: 'alive', epoch: state.epoch });
  out.setTimer('heartbeat', config.heartbeatMs);
}

/** A follower's disk holds the log up to `index`. */
export function appended(
  node: ReplicaNode,
  from: NodeId,
  message: { readonly index: number; readonly applied: number; readonly audit: ReplicaAudit | null },
): void {
  const { config, state } = node;
  const follower = state.followers[from];
  if (follower === undefined) return;
  follower.match = Math.max(follower.match, message.index);
  follower.next = Math.max(follower.next, follower.match + 1);
  follower.applied = message.applied;
  if (state.degraded && config.nodes.includes(from) && follower.match === lastOf(state))
    state.degraded = false;
  if (message.audit !== null) audit(node, from, message.audit);
  acknowledge(node);
  if (follower.next <= lastOf(state)) sendTo(node, from);
}

/** A state that differs from the leader's at the same index is replaced by a copy of the leader's. */
function audit({ state, out }: ReplicaNode, from: NodeId, { index, digest }: ReplicaAudit): void {
  const own = state.audits.find((known) => known.index === index);
  if (own === undefined || own.digest === digest) return;
  out.note('corrupt', { node: from, index });
  out.send(from, { type: 'snapshot', epoch: state.epoch, snapshot: snapshotOf(state), rebuild: true });
}

/** A follower names the entry it needs; 0 asks for a snapshot. */
export function mismatch(node: ReplicaNode, from: NodeId, index: number): void {
  const { state, out } = node;
  const follower = state.followers[from];
  if (follower === undefined) return;
  if (index === 0) {
    out.send(from, { type: 'snapshot', epoch: state.epoch, snapshot: snapshotOf(state), rebuild: false });
    return;
  }
  // An old message, or a follower that lost what it had acknowledged: the next heartbeat asks again.
  if (index <= follower.match) return;
  follower.next = Math.min(index, lastOf(state) + 1);
  sendTo(node, from);
}

/** Raises the acknowledged index as far as the level allows, and answers who waited for it. */
export function acknowledge(node: ReplicaNode): void {
  const { config, state, out } = node;
  if (state.role !== 'leader') return;
  const level = state.degraded ? 'fsync' : config.acknowledge;
  let reached = state.acknowledged;
  for (let index = lastOf(state); index > state.acknowledged; index--) {
    const holds = (id: NodeId): boolean =>
      index <= (id === state.self ? state.durable : (state.followers[id]?.match ?? 0));
    if (!isAcknowledged(level, config, state.self, holds)) continue;
    // Entries of earlier epochs are acknowledged by one of this epoch behind them, never by counting (Raft, section 5.4.2).
    // Broken twin: by counting.
    const own = entryAt(state, index)?.epoch === state.epoch || config.defect === 'counts-older-epochs';
    if (own) reached = index;
    break;
  }
  if (reached === state.acknowledged) return;
  state.acknowledged = reached;
  out.note('acknowledged', { index: reached, epoch: state.epoch });
  if (config.acknowledge === 'semi-sync' && reached === lastOf(state)) out.cancelTimer('semi-sync');
  applyAcknowledged(node);
}

/** Semi-synchronous: nobody acknowledged in time, so the leader goes on alone. */
export function degrade(node: ReplicaNode): void {
  const { state, out } = node;
  if (state.role !== 'leader' || state.acknowledged === lastOf(state)) return;
  state.degraded = true;
  out.note('degraded', { from: state.acknowledged + 1 });
  acknowledge(node);
}

/** How many entries a follower has still to apply, as its leader knows: never less than the truth, equal once nothing is in flight. */
export function lagOf({ applied }: FollowerProgress, last: number): number {
  return last - applied;
}
