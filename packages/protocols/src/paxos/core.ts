import { encodePlain, type Plain } from '@holdfast/plain';
import type { Boot, Core, NodeId, NodeView } from '../core/core.ts';
import { accept, prepared } from './acceptor.ts';
import { type PaxosOptions, paxosConfig } from './config.ts';
import { learn } from './learner.ts';
import { type PaxosMessage, paxosMessageName } from './messages.ts';
import { acceptedBy, promised, propose, refused, RETRY } from './proposer.ts';
import { type PaxosCommand, type PaxosNode, type PaxosResult, type PaxosState, tell } from './state.ts';

/**
 * Single-decree Paxos (Lamport, "Paxos Made Simple", 2001): one value is chosen, and stays chosen. Every node is proposer, acceptor and
 * learner. Throws `PaxosOptionsError` for options no group can run with.
 */
export function paxos(options: PaxosOptions): Core<PaxosState, PaxosMessage, PaxosCommand, PaxosResult> {
  const config = paxosConfig(options);
  return {
    name: 'paxos',
    // Broken twin: the disk was lost, the id kept.
    boot: ({ self, records }): PaxosState =>
      bootState({ self, records: config.defect === 'forgets-on-restart' ? {} : records }),
    step(state, event, out): void {
      const node: PaxosNode = { config, state, out };
      switch (event.kind) {
        case 'message':
          if (config.nodes.includes(event.from)) receive(node, event.from, event.message);
          break;
        case 'timer':
          if (event.timer === RETRY) propose(node);
          break;
        case 'request':
          request(node, event.id, event.command);
          break;
        case 'stored':
          if (event.token >= state.acceptedToken) state.acceptedToken = 0;
          hearOwn(node, event.token);
          return;
      }
      hearOwn(node, 0);
    },
    messageType: paxosMessageName,
    view: paxosView,
  };
}

function bootState({ self, records }: Boot): PaxosState {
  const accepted = records['accepted'] as { readonly ballot: number; readonly value: Plain } | undefined;
  const acceptedBallot = accepted?.ballot ?? 0;
  return {
    self,
    promised: Math.max((records['promised'] as number | undefined) ?? 0, acceptedBallot),
    acceptedBallot,
    acceptedValue: accepted?.value ?? null,
    acceptedToken: 0,
    round: (records['round'] as number | undefined) ?? 0,
    wanted: null,
    proposal: null,
    outbid: 0,
    decided: null,
    waiting: [],
    own: [],
  };
}

function request(node: PaxosNode, id: number, { value }: PaxosCommand): void {
  const { config, state, out } = node;
  if (state.decided !== null) {
    out.reply(id, { ok: true, value: state.decided.value });
    return;
  }
  if (state.waiting.length >= config.maxWaiting) {
    out.reply(id, { ok: false, error: 'too-many-waiting' });
    return;
  }
  state.waiting.push(id);
  if (state.wanted !== null) return;
  state.wanted = { value };
  propose(node);
}

function receive(node: PaxosNode, from: NodeId, message: PaxosMessage): void {
  const { decided } = node.state;
  if (decided !== null && (message.type === 'prepare' || message.type === 'accept')) {
    tell(node, from, { type: 'learn', value: decided.value }, 0);
    return;
  }
  switch (message.type) {
    case 'prepare':
      prepared(node, from, message.ballot);
      break;
    case 'promise':
      promised(node, from, message.ballot, { ballot: message.acceptedBallot, value: message.value });
      break;
    case 'accept':
      accept(node, from, message.ballot, message.value);
      break;
    case 'accepted':
      acceptedBy(node, from, message.ballot);
      break;
    case 'refuse':
      refused(node, message.ballot, message.promised);
      break;
    case 'learn':
      learn(node, message.value);
      break;
  }
}

/** What the node says to itself, as soon as it may: after each store that is durable now. */
function hearOwn(node: PaxosNode, durable: number): void {
  const { state } = node;
  for (;;) {
    const at = state.own.findIndex(({ after }) => after <= durable);
    const [heard] = at < 0 ? [] : state.own.splice(at, 1);
    if (heard === undefined) return;
    receive(node, state.self, heard.message);
  }
}

/** What observers see of a node, per acceptor: promised, accepted; its ballot under way, and the decision. */
export function paxosView(state: PaxosState): NodeView {
  return {
    promised: state.promised,
    accepted: state.acceptedBallot,
    acceptedValue: state.acceptedBallot === 0 ? null : encodePlain(state.acceptedValue),
    proposing: state.proposal?.ballot ?? 0,
    phase: state.proposal?.phase ?? 'idle',
    heard: state.proposal?.heard.length ?? 0,
    decided: state.decided === null ? null : encodePlain(state.decided.value),
  };
}
