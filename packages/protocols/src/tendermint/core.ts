import type { ByzantineResult, SignedCommand } from '../byzantine/command.ts';
import { receiveRelayed, receiveRequest } from '../byzantine/desk.ts';
import { emptyExecution } from '../byzantine/execution.ts';
import type { Boot, Core, NodeId, NodeView } from '../core/core.ts';
import type { Machine } from '../kv/machine.ts';
import { proposerOf, type TendermintOptions, tendermintConfig } from './config.ts';
import { carryOut } from './decide.ts';
import { answerStatus, reportStatus } from './gossip.ts';
import { type Decision, type TendermintMessage, tendermintMessageName } from './messages.ts';
import { timedOut } from './rounds.ts';
import { advance, keep, learnDecided } from './rules.ts';
import { deskOf, type TendermintNode, type TendermintState } from './state.ts';

/**
 * Tendermint (Buchman, Kwon and Milosevic 2018) over a replicated state machine: 3f + 1 nodes of which f may do whatever they like decide one block
 * a height, with a proposer that changes every round. Throws `ByzantineOptionsError` for options no group can run with.
 */
export function tendermint(
  options: TendermintOptions,
  machine: Machine,
): Core<TendermintState, TendermintMessage, SignedCommand, ByzantineResult> {
  const config = tendermintConfig(options);
  return {
    name: 'tendermint',
    boot(boot, out): TendermintState {
      const state = bootState(boot, machine);
      const node: TendermintNode = { config, machine, state, out };
      resume(node, boot);
      advance(node);
      return state;
    },
    step(state, event, out): void {
      const node: TendermintNode = { config, machine, state, out };
      if (event.kind === 'message') {
        if (config.nodes.includes(event.from)) receive(node, event.from, event.message);
      } else if (event.kind === 'request') {
        if (receiveRequest(deskOf(node), event.id, event.command)) state.awake = true;
      } else if (event.kind === 'timer') {
        if (event.timer === 'status') reportStatus(node);
        else timedOut(node, event.timer);
      }
      advance(node);
      hearOwn(node, event.kind === 'stored' ? event.token : 0);
    },
    messageType: tendermintMessageName,
    view: (state) => tendermintView(state, proposerOf(config, state.height, state.round)),
  };
}

function bootState({ self }: Boot, machine: Machine): TendermintState {
  return {
    self,
    height: 1,
    round: 0,
    step: 'propose',
    awake: false,
    locked: null,
    valid: null,
    rounds: {},
    heard: {},
    timed: { propose: false, prevote: false, precommit: false },
    said: [],
    decisions: {},
    execution: emptyExecution(machine),
    pending: [],
    own: [],
  };
}

type Stand = Pick<TendermintState, 'height' | 'round' | 'step' | 'locked' | 'valid' | 'said'>;

/** A node starts, or starts again: decisions are carried out anew, and what it said before it stopped it stands by. */
function resume(node: TendermintNode, { records }: Boot): void {
  const { config, state, out } = node;
  out.setTimer('status', config.statusMs);
  for (
    let decision = decided(records, 1);
    decision !== undefined;
    decision = decided(records, state.height)
  ) {
    state.decisions[decision.height] = decision;
    carryOut(node, decision);
    state.height = decision.height + 1;
  }
  const stand = records['stand'] as Stand | undefined;
  // Broken twin: what this node is locked on, and how it voted, is gone.
  if (stand?.height !== state.height || config.defect === 'forgets-lock') return;
  const { round, step, locked, valid, said } = stand;
  Object.assign(state, { round, step, locked, valid, said: [...said], awake: round > 0 || said.length > 0 });
  for (const message of said) keep(node, message);
}

function decided(records: Boot['records'], height: number): Decision | undefined {
  return records[`decided/${height}`] as Decision | undefined;
}

function receive(node: TendermintNode, from: NodeId, message: TendermintMessage): void {
  switch (message.type) {
    case 'request':
      if (receiveRelayed(deskOf(node), message.command)) node.state.awake = true;
      break;
    case 'status':
      answerStatus(node, from, message);
      break;
    case 'decided':
      learnDecided(node, message);
      break;
    default:
      keep(node, message);
  }
}

function hearOwn(node: TendermintNode, durable: number): void {
  const { state } = node;
  for (;;) {
    const at = state.own.findIndex(({ after }) => after <= durable);
    const [heard] = at < 0 ? [] : state.own.splice(at, 1);
    if (heard === undefined) return;
    receive(node, state.self, heard.message);
    advance(node);
  }
}

/** What observers see of a node. */
export function tendermintView(state: TendermintState, proposer: NodeId): NodeView {
  return {
    role: proposer === state.self ? 'proposer' : 'validator',
    leader: proposer,
    height: state.height,
    round: state.round,
    step: state.step,
    locked: state.locked?.round ?? -1,
    applied: state.execution.executed,
    pending: state.pending.length,
  };
}
