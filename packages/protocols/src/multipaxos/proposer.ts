import type { NodeId, RequestId } from '../core/core.ts';
import type { Ballot } from '../paxos/ballot.ts';
import { learn } from './learner.ts';
import type { SlotEntry } from './messages.ts';
import { type MultiPaxosCommand, type MultiPaxosNode, tell, tellOthers } from './state.ts';

/** A client's command: the leader proposes it in the next slot, at once. */
export function request(node: MultiPaxosNode, id: RequestId, command: MultiPaxosCommand): void {
  const { config, state, out } = node;
  if (state.role !== 'leader') {
    out.reply(id, { ok: false, error: 'not-leader', leader: state.leader });
    return;
  }
  if (Object.keys(state.open).length >= config.maxOpen) {
    out.reply(id, { ok: false, error: 'too-many-open' });
    return;
  }
  const slot = state.nextSlot++;
  state.waiting[slot] = id;
  const { client, sequence, operation } = command;
  proposeIn(node, slot, { client, sequence, operation });
}

/** Phase 2a for one slot: without a first phase of its own, the leader's promises cover it. */
export function proposeIn(node: MultiPaxosNode, slot: number, entry: SlotEntry): void {
  const { config, state } = node;
  state.open[slot] = { entry, heard: [] };
  for (const to of config.nodes) tell(node, to, { type: 'accept', ballot: state.ballot, slot, entry });
}

/** With a quorum of acceptances the slot is chosen. */
export function acceptedBy(node: MultiPaxosNode, from: NodeId, ballot: Ballot, slot: number): void {
  const { config, state } = node;
  const open = state.open[slot];
  if (state.role !== 'leader' || ballot !== state.ballot || open === undefined) return;
  if (open.heard.includes(from)) return;
  open.heard.push(from);
  if (open.heard.length < config.phase2Quorum) return;
  delete state.open[slot];
  tellOthers(node, { type: 'chosen', slots: [{ slot, entry: open.entry }] });
  learn(node, slot, open.entry);
}
