import type { NodeId } from '../core/core.ts';
import { hearLeader } from './election.ts';
import type { ZabMessage, ZabTransaction } from './messages.ts';
import { deliverTo, isLeading, storeTransaction, tell, whenStored, type ZabNode } from './state.ts';

type Message<T extends ZabMessage['type']> = Extract<ZabMessage, { readonly type: T }>;

/** Discovery: promises an epoch to one leader, for all time; the same leader may ask again. */
export function newEpoch(node: ZabNode, from: NodeId, epoch: number): void {
  const { config, state, out } = node;
  if (from !== state.leader || state.phase === 'broadcast') return;
  const again = epoch === state.acceptedEpoch && from === state.acceptedLeader;
  if (epoch < state.acceptedEpoch || (epoch === state.acceptedEpoch && !again)) return;
  hearLeader(node);
  if (!again) {
    state.acceptedEpoch = epoch;
    state.acceptedLeader = from;
    // Persist BEFORE send. Broken twin: the promise is kept in memory only.
    if (config.defect !== 'forgets-accepted-epoch') {
      state.acceptedToken = out.store([{ key: 'accepted', value: { epoch, leader: from } }]);
    }
  }
  if (!isLeading(state)) state.phase = 'synchronisation';
  const { currentEpoch } = state;
  const after = Math.max(state.acceptedToken, whenStored(node));
  tell(node, from, { type: 'ack-epoch', epoch, currentEpoch, history: [...state.history] }, after);
}

/** Synchronisation: the leader's history replaces the follower's; what else it had was never committed. */
export function newLeader(node: ZabNode, from: NodeId, { epoch, history }: Message<'new-leader'>): void {
  const { config, state, out } = node;
  // A quorum has promised the epoch to this leader and to no other: a follower that had not may take its word all the same.
  if (from !== state.leader || epoch < state.acceptedEpoch) return;
  hearLeader(node);
  state.acceptedEpoch = epoch;
  state.acceptedLeader = from;
  if (state.phase === 'discovery' && !isLeading(state)) state.phase = 'synchronisation';
  if (state.currentEpoch === epoch) {
    // Synchronised before, in this epoch: its history is the beginning of the leader's.
    for (const transaction of history.slice(state.history.length)) append(node, transaction);
  } else {
    // Broken twin: transactions the leader does not have stay behind its own.
    const kept = config.defect === 'keeps-own-suffix' ? state.history.slice(history.length) : [];
    state.history = [...history, ...kept];
    state.currentEpoch = epoch;
    state.early = {};
    // One record: a crash keeps the history with its epoch, or neither.
    const value = { epoch, history: [...state.history] };
    state.historyToken = out.store([{ key: 'base', value }]);
  }
  // Persist BEFORE send.
  const position = state.history.length;
  tell(node, from, { type: 'ack-new-leader', epoch, position }, whenStored(node));
}

function append(node: ZabNode, transaction: ZabTransaction): void {
  storeTransaction(node, node.state.history.push(transaction), transaction);
}

/** Synchronisation is over. */
export function commitLeader(node: ZabNode, from: NodeId, message: Message<'commit-leader'>): void {
  if (takesPart(node, from, message.epoch)) deliverTo(node, message.committed);
}

/** Broadcast: takes proposals in their order only. */
export function propose(node: ZabNode, from: NodeId, message: Message<'propose'>): void {
  const { config, state, out } = node;
  if (!takesPart(node, from, message.epoch)) return;
  const { position, transaction } = message;
  // Broken twin: the next free place will do.
  if (config.defect === 'delivers-over-gap' && position > state.history.length) append(node, transaction);
  else if (position > state.history.length) state.early[position] = transaction;
  for (let next = state.history.length + 1; state.early[next] !== undefined; next++) {
    append(node, state.early[next] as ZabTransaction);
    delete state.early[next];
  }
  if (Object.keys(state.early).length > config.maxOpen) state.early = {};
  const has = config.defect === 'delivers-over-gap' ? position : state.history.length;
  out.send(from, { type: 'ack', epoch: message.epoch, position: has }, whenStored(node));
}

/** Delivers what is committed. */
export function commit(node: ZabNode, from: NodeId, { epoch, position }: Message<'commit'>): void {
  if (takesPart(node, from, epoch)) deliverTo(node, position);
}

/** Says how much it has. */
export function pinged(node: ZabNode, from: NodeId, { epoch, committed }: Message<'ping'>): void {
  const { state, out } = node;
  if (!takesPart(node, from, epoch)) return;
  deliverTo(node, committed);
  out.send(from, { type: 'pong', epoch, position: state.history.length }, whenStored(node));
}

/** Whether this is a synchronised follower of that leader's epoch; its words of phase 3 say that phase 2 is over. */
function takesPart(node: ZabNode, from: NodeId, epoch: number): boolean {
  const { state, out } = node;
  if (from !== state.leader || isLeading(state) || epoch !== state.currentEpoch) return false;
  if (epoch !== state.acceptedEpoch) return false;
  hearLeader(node);
  if (state.phase !== 'broadcast') {
    state.phase = 'broadcast';
    out.cancelTimer('ping');
  }
  return true;
}
