import type { NodeId } from '../core/core.ts';
import { type Ballot, roundOf } from '../paxos/ballot.ts';
import { follow } from './leadership.ts';
import type { ReportedSlot, SlotEntry } from './messages.ts';
import { type MultiPaxosNode, tell } from './state.ts';

/** The record's name of an accepted slot. */
export function slotKey(slot: number): string {
  return `slot/${slot}`;
}

/** Phase 1b for all slots from `first` on. */
export function prepared(node: MultiPaxosNode, from: NodeId, ballot: Ballot, first: number): void {
  const { state, out } = node;
  if (!raise(node, from, ballot)) return;
  const slots: ReportedSlot[] = [];
  const last = Math.max(state.chosenMax, ...Object.keys(state.accepted).map(Number));
  for (let slot = first; slot <= last; slot++) {
    const chosen = state.chosen[slot];
    const accepted = state.accepted[slot];
    if (chosen !== undefined) slots.push({ slot, ballot: 0, entry: chosen, chosen: true });
    else if (accepted !== undefined) slots.push({ slot, ...accepted, chosen: false });
  }
  // Persist BEFORE send.
  const token = out.store([{ key: 'promised', value: state.promised }]);
  tell(node, from, { type: 'promise', ballot, slots }, token);
}

/** Phase 2b. */
export function accept(
  node: MultiPaxosNode,
  from: NodeId,
  { ballot, slot, entry }: { readonly ballot: Ballot; readonly slot: number; readonly entry: SlotEntry },
): void {
  const { state, out } = node;
  if (!raise(node, from, ballot)) return;
  state.leader = from;
  state.accepted[slot] = { ballot, entry };
  // Persist BEFORE send. To accept is also to promise.
  const token = out.store([
    { key: 'promised', value: state.promised },
    { key: slotKey(slot), value: { ballot, entry } },
  ]);
  tell(node, from, { type: 'accepted', ballot, slot }, token);
}

/** Whether the ballot may go on here; a higher one than its own ends this node's leadership. */
function raise(node: MultiPaxosNode, from: NodeId, ballot: Ballot): boolean {
  const { config, state } = node;
  if (ballot < state.promised) {
    tell(node, from, { type: 'refuse', promised: state.promised });
    return false;
  }
  state.promised = ballot;
  state.round = Math.max(state.round, roundOf(ballot, config.nodes));
  if (from !== state.self) follow(node, ballot);
  return true;
}
