import type { Plain } from '@holdfast/plain';
import type { NodeId } from '../core/core.ts';
import { type Ballot, ballotOf, roundOf } from './ballot.ts';
import { learn } from './learner.ts';
import { isMajority, type PaxosNode, tell } from './state.ts';

/** The timer after which a proposer tries a new ballot. */
export const RETRY = 'retry';

/** Phase 1a: a ballot above all it has seen. Does nothing without a value to propose or with a decision known. */
export function propose(node: PaxosNode): void {
  const { config, state, out } = node;
  if (state.wanted === null || state.decided !== null) return;
  state.round++;
  // Broken twin: the proposer's rank is left out, so that two proposers share a ballot.
  const proposer = config.defect === 'ballot-not-unique' ? (config.nodes[0] ?? state.self) : state.self;
  const ballot = ballotOf(state.round, config.nodes, proposer);
  state.proposal = {
    ballot,
    phase: 'prepare',
    heard: [],
    adoptedBallot: 0,
    value: state.wanted.value,
  };
  // Persist BEFORE send: a proposer that restarts must not use the ballot again for another value.
  const token = out.store([{ key: 'round', value: state.round }]);
  for (const to of config.nodes) tell(node, to, { type: 'prepare', ballot }, token);
  out.setTimer(RETRY, config.retryMs, config.retryMs * 2);
}

/** Phase 2a, once a majority has promised: the value of the highest ballot reported, or its own if none was. */
export function promised(
  node: PaxosNode,
  from: NodeId,
  ballot: Ballot,
  accepted: { readonly ballot: Ballot; readonly value: Plain },
): void {
  const { config, state } = node;
  const { proposal } = state;
  if (proposal === null || proposal.ballot !== ballot || proposal.phase !== 'prepare') return;
  if (proposal.heard.includes(from)) return;
  proposal.heard.push(from);
  // Broken twin: it proposes its own value over one that may be chosen (S1.65).
  if (accepted.ballot > proposal.adoptedBallot && config.defect !== 'keeps-own-value') {
    proposal.adoptedBallot = accepted.ballot;
    proposal.value = accepted.value;
  }
  if (!isMajority(proposal.heard.length, config.nodes)) return;
  proposal.phase = 'accept';
  proposal.heard = [];
  for (const to of config.nodes) {
    tell(node, to, { type: 'accept', ballot, value: proposal.value }, 0);
  }
}

/** The value is chosen when a majority has accepted the ballot. */
export function acceptedBy(node: PaxosNode, from: NodeId, ballot: Ballot): void {
  const { config, state } = node;
  const { proposal } = state;
  if (proposal === null || proposal.ballot !== ballot || proposal.phase !== 'accept') return;
  if (proposal.heard.includes(from)) return;
  proposal.heard.push(from);
  if (!isMajority(proposal.heard.length, config.nodes)) return;
  for (const to of config.nodes) {
    if (to !== state.self) tell(node, to, { type: 'learn', value: proposal.value }, 0);
  }
  learn(node, proposal.value);
}

/** Outbid: gives up the ballot and waits, longer each time, before the next one. */
export function refused(node: PaxosNode, ballot: Ballot, byPromise: Ballot): void {
  const { config, state, out } = node;
  state.round = Math.max(state.round, roundOf(byPromise, config.nodes));
  if (state.proposal === null || state.proposal.ballot !== ballot) return;
  state.proposal = null;
  state.outbid++;
  const longest = config.backoffMs * 2 ** Math.min(state.outbid, 20);
  out.setTimer(RETRY, config.backoffMs, Math.max(config.backoffMs, Math.min(longest, config.backoffLimitMs)));
}
