import type { Boot, Core, NodeId, NodeView } from '../core/core.ts';
import { type ClientCommand, clientTable } from '../kv/clientTable.ts';
import type { Machine } from '../kv/machine.ts';
import { type ZabOptions, zabConfig } from './config.ts';
import { hearVote, introduce, sayVote, startElection } from './election.ts';
import { commit, commitLeader, newEpoch, newLeader, pinged, propose } from './follower.ts';
import { ack, ackEpoch, ackNewLeader, checkQuorum, followerInfo, ping } from './leader.ts';
import { type ZabMessage, zabMessageName, type ZabTransaction } from './messages.ts';
import { request } from './requests.ts';
import { isLeading, type ZabNode, type ZabResult, type ZabState } from './state.ts';

/**
 * Zab (Junqueira, Reed and Serafini, "Zab: High-performance broadcast for primary-backup systems", 2011) over a replicated state machine:
 * a primary broadcasts transactions in order, and a new one first discovers and synchronises what a quorum has. Throws
 * `ZabOptionsError` for options no group can run with.
 */
export function zab(
  options: ZabOptions,
  machine: Machine,
): Core<ZabState, ZabMessage, ClientCommand, ZabResult> {
  const config = zabConfig(options);
  return {
    name: 'zab',
    boot(boot, out): ZabState {
      const state = bootState(boot, machine);
      startElection({ config, machine, state, out });
      return state;
    },
    step(state, event, out): void {
      const node: ZabNode = { config, machine, state, out };
      if (event.kind === 'message') {
        if (config.nodes.includes(event.from)) receive(node, event.from, event.message);
      } else if (event.kind === 'request') request(node, event.id, event.command);
      else if (event.kind === 'timer') timeout(node, event.timer);
      hearOwn(node, event.kind === 'stored' ? event.token : 0);
    },
    messageType: zabMessageName,
    view: zabView,
  };
}

function bootState({ self, records }: Boot, machine: Machine): ZabState {
  const accepted = records['accepted'] as { readonly epoch: number; readonly leader: NodeId } | undefined;
  const base = records['base'] as
    | { readonly epoch: number; readonly history: readonly ZabTransaction[] }
    | undefined;
  const currentEpoch = base?.epoch ?? 0;
  const history = [...(base?.history ?? [])];
  for (;;) {
    const next = records[`transaction/${history.length + 1}`] as ZabTransaction | undefined;
    // What was written behind an earlier history is not part of this one.
    if (next?.epoch !== currentEpoch) break;
    history.push(next);
  }
  const last = { epoch: 0, counter: 0 };
  return {
    self,
    phase: 'election',
    leader: 0,
    acceptedEpoch: Math.max(accepted?.epoch ?? 0, currentEpoch),
    acceptedLeader: accepted?.leader ?? 0,
    acceptedToken: 0,
    currentEpoch,
    history,
    historyToken: 0,
    committed: 0,
    digest: 0,
    machine: machine.init(),
    clients: clientTable(),
    round: 0,
    vote: { leader: self, currentEpoch, last },
    votes: {},
    early: {},
    epoch: 0,
    infos: {},
    reports: {},
    synced: {},
    heard: [],
    waiting: {},
    own: [],
  };
}

function timeout(node: ZabNode, timer: string): void {
  const { state } = node;
  if (timer === 'election') {
    if (state.phase === 'election') sayVote(node);
    else if (isLeading(state)) checkQuorum(node);
    else startElection(node);
  } else if (isLeading(state)) ping(node);
  else introduce(node);
}

function receive(node: ZabNode, from: NodeId, message: ZabMessage): void {
  switch (message.type) {
    case 'vote':
      hearVote(node, from, message);
      break;
    case 'follower-info':
      followerInfo(node, from, message.epoch);
      break;
    case 'new-epoch':
      newEpoch(node, from, message.epoch);
      break;
    case 'ack-epoch':
      ackEpoch(node, from, message);
      break;
    case 'new-leader':
      newLeader(node, from, message);
      break;
    case 'ack-new-leader':
      ackNewLeader(node, from, message);
      break;
    case 'commit-leader':
      commitLeader(node, from, message);
      break;
    case 'propose':
      propose(node, from, message);
      break;
    case 'ack':
    case 'pong':
      ack(node, from, message);
      break;
    case 'commit':
      commit(node, from, message);
      break;
    case 'ping':
      pinged(node, from, message);
      break;
  }
}

function hearOwn(node: ZabNode, durable: number): void {
  const { state } = node;
  for (;;) {
    const at = state.own.findIndex(({ after }) => after <= durable);
    const [heard] = at < 0 ? [] : state.own.splice(at, 1);
    if (heard === undefined) return;
    receive(node, state.self, heard.message);
  }
}

/** What observers see of a node: phase, role, epochs, and how far its history reaches and is delivered. */
export function zabView(state: ZabState): NodeView {
  const { phase, leader, acceptedEpoch, currentEpoch, committed } = state;
  const role = phase === 'election' ? 'looking' : isLeading(state) ? 'leading' : 'following';
  const length = state.history.length;
  return { role, phase, leader, acceptedEpoch, currentEpoch, length, commit: committed, applied: committed };
}
