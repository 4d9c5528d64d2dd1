import type { Boot, Core, NodeId, NodeView } from '../core/core.ts';
import type { Machine } from '../kv/machine.ts';
import { roundOf } from '../paxos/ballot.ts';
import { accept, prepared } from './acceptor.ts';
import { type MultiPaxosOptions, multiPaxosConfig } from './config.ts';
import { armElection, beat, campaign, follow, promised } from './leadership.ts';
import { learn } from './learner.ts';
import { type MultiPaxosMessage, multiPaxosMessageName } from './messages.ts';
import { acceptedBy, request } from './proposer.ts';
import type { MultiPaxosCommand, MultiPaxosNode, MultiPaxosResult, MultiPaxosState } from './state.ts';

/**
 * Multi-Paxos (Lamport 2001, section 3) over a replicated state machine: a stable leader runs the first phase once for all slots, then two
 * message delays choose a command; a new leader finishes what it hears of and fills gaps with no-ops. Quorums of the two
 * phases may differ (Howard, Malkhi and Spiegelman 2016). Throws `PaxosOptionsError` for options no group can run with.
 */
export function multiPaxos(
  options: MultiPaxosOptions,
  machine: Machine,
): Core<MultiPaxosState, MultiPaxosMessage, MultiPaxosCommand, MultiPaxosResult> {
  const config = multiPaxosConfig(options);
  return {
    name: 'multi-paxos',
    boot({ self, records }, out): MultiPaxosState {
      // Broken twin: the disk was lost, the id kept.
      const found = config.defect === 'forgets-on-restart' ? {} : records;
      const state = bootState({ self, records: found }, machine);
      state.round = roundOf(state.promised, config.nodes);
      armElection({ config, machine, state, out });
      return state;
    },
    step(state, event, out): void {
      const node: MultiPaxosNode = { config, machine, state, out };
      if (event.kind === 'message') {
        if (config.nodes.includes(event.from)) receive(node, event.from, event.message);
      } else if (event.kind === 'request') request(node, event.id, event.command);
      else if (event.kind === 'timer') {
        if (event.timer === 'election') campaign(node);
        else if (event.timer === 'heartbeat') beat(node);
      }
      hearOwn(node, event.kind === 'stored' ? event.token : 0);
    },
    messageType: multiPaxosMessageName,
    view: multiPaxosView,
  };
}

function bootState({ self, records }: Boot, machine: Machine): MultiPaxosState {
  const accepted: MultiPaxosState['accepted'] = {};
  let promise = (records['promised'] as number | undefined) ?? 0;
  for (const [key, value] of Object.entries(records)) {
    if (!key.startsWith('slot/')) continue;
    const slot = value as MultiPaxosState['accepted'][number];
    accepted[Number(key.slice('slot/'.length))] = slot;
    promise = Math.max(promise, slot.ballot);
  }
  return {
    self,
    role: 'follower',
    leader: 0,
    promised: promise,
    accepted,
    ballot: 0,
    round: 0,
    promisedBy: [],
    reports: {},
    open: {},
    nextSlot: 1,
    waiting: {},
    chosen: {},
    chosenTo: 0,
    chosenMax: 0,
    executed: 0,
    digest: 0,
    machine: machine.init(),
    sessions: {},
    sessionCount: 0,
    own: [],
  };
}

function receive(node: MultiPaxosNode, from: NodeId, message: MultiPaxosMessage): void {
  const { state } = node;
  switch (message.type) {
    case 'prepare':
      prepared(node, from, message.ballot, message.from);
      break;
    case 'promise':
      promised(node, from, message.ballot, message.slots);
      break;
    case 'accept':
      accept(node, from, message);
      break;
    case 'accepted':
      acceptedBy(node, from, message.ballot, message.slot);
      break;
    case 'refuse':
      state.round = Math.max(state.round, roundOf(message.promised, node.config.nodes));
      follow(node, message.promised);
      break;
    case 'chosen':
      for (const { slot, entry } of message.slots) learn(node, slot, entry);
      break;
    case 'heartbeat':
      hearLeader(node, from, message);
      break;
    case 'behind':
      catchUp(node, from, message.from);
      break;
  }
}

function hearLeader(
  node: MultiPaxosNode,
  from: NodeId,
  { ballot, chosenTo }: { readonly ballot: number; readonly chosenTo: number },
): void {
  const { state, out } = node;
  if (ballot < state.promised) {
    out.send(from, { type: 'refuse', promised: state.promised });
    return;
  }
  follow(node, ballot);
  state.leader = from;
  if (chosenTo > state.chosenTo) out.send(from, { type: 'behind', from: state.chosenTo + 1 });
}

function catchUp({ config, state, out }: MultiPaxosNode, to: NodeId, from: number): void {
  const slots: { slot: number; entry: MultiPaxosState['chosen'][number] }[] = [];
  for (let slot = from; slot <= state.chosenTo && slots.length < config.maxBatch; slot++) {
    slots.push({ slot, entry: state.chosen[slot] ?? null });
  }
  if (slots.length > 0) out.send(to, { type: 'chosen', slots });
}

function hearOwn(node: MultiPaxosNode, durable: number): void {
  const { state } = node;
  for (;;) {
    const at = state.own.findIndex(({ after }) => after <= durable);
    const [heard] = at < 0 ? [] : state.own.splice(at, 1);
    if (heard === undefined) return;
    receive(node, state.self, heard.message);
  }
}

/** What observers see of a node: role, ballot, promise, leader, and how far the log is chosen and carried out. */
export function multiPaxosView(state: MultiPaxosState): NodeView {
  return {
    role: state.role,
    leader: state.leader,
    ballot: state.ballot,
    promised: state.promised,
    commit: state.chosenTo,
    chosenMax: state.chosenMax,
    applied: state.executed,
    open: Object.keys(state.open).length,
  };
}
