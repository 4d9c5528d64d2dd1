import type { Core, NodeId } from '../core/core.ts';
import { abortAll, answer, begin, countYes, vote } from './begin.ts';
import { type CommitOptions, commitConfig, THREE_PHASE_DEFECTS } from './config.ts';
import {
  type CommitCommand,
  type CommitDecision,
  type CommitMessage,
  type CommitNode,
  type CommitPhase,
  type CommitResult,
  type CommitState,
  commitState,
  commitView,
  enter,
  isDecided,
  tellParticipants,
  wait,
} from './state.ts';

/**
 * Three-phase commit (Skeen 1981) of one transaction: nobody commits before all that are up know that all said yes, so that those
 * left can finish without the coordinator. ASSUMES that messages between live nodes arrive before timeouts, and none is lost: who does
 * not answer is down. A partition breaks atomicity. A node that crashed asks the others, and decides nothing. Throws
 * `CommitOptionsError`.
 */
export function threePhaseCommit(
  options: CommitOptions,
): Core<CommitState, CommitMessage, CommitCommand, CommitResult> {
  const config = commitConfig(options, THREE_PHASE_DEFECTS);
  return {
    name: 'three-phase-commit',
    boot({ self, records }, out): CommitState {
      const found = (records['phase'] as CommitPhase | undefined) ?? 'working';
      const state = commitState(self, found === 'collecting' ? 'aborted' : found, found !== 'working');
      if (!isDecided(state.phase)) wait({ config, state, out });
      return state;
    },
    step(state, event, out): void {
      const node: CommitNode = { config, state, out };
      if (event.kind === 'message') receive(node, event.from, event.message);
      else if (event.kind === 'request') begin(node, event.id);
      else if (event.kind === 'timer') timeout(node);
      else if (event.token >= state.token) state.token = 0;
    },
    messageType: (message): string => message.type,
    view: commitView,
  };
}

function receive(node: CommitNode, from: NodeId, message: CommitMessage): void {
  const { config, state, out } = node;
  switch (message.type) {
    case 'prepare':
      vote(node);
      break;
    case 'vote':
      if (!message.yes && state.phase === 'collecting') abortAll(node);
      else if (message.yes && countYes(node, from)) {
        // Broken twin: nobody but the coordinator knows that all said yes.
        if (config.defect === 'skips-precommit') decide(node, 'committed');
        else precommitAll(node);
      }
      break;
    case 'precommit':
      if (state.phase === 'prepared') enter(node, 'precommitted');
      if (state.phase !== 'precommitted') break;
      out.send(from, { type: 'precommit-ack' }, state.token);
      wait(node);
      break;
    case 'precommit-ack':
      if (state.self !== config.coordinator || state.phase !== 'precommitted') break;
      if (!state.precommitted.includes(from)) state.precommitted.push(from);
      if (state.precommitted.length === config.participants.length) decide(node, 'committed');
      break;
    case 'decision':
      if (!isDecided(state.phase)) settle(node, message.decision);
      break;
    case 'inquire':
      if (isDecided(state.phase)) out.send(from, { type: 'decision', decision: state.phase }, state.token);
      break;
    case 'state-request':
      if (state.self === config.coordinator || state.recovering) break;
      out.send(from, { type: 'state', phase: state.phase }, state.token);
      break;
    case 'state':
      state.heard?.push(message.phase);
      break;
    case 'decision-ack':
      break;
  }
}

function precommitAll(node: CommitNode): void {
  const token = enter(node, 'precommitted');
  tellParticipants(node, { type: 'precommit' }, token);
  wait(node);
}

/** Decides for all. */
function decide(node: CommitNode, decision: CommitDecision): void {
  const token = settle(node, decision);
  answer(node, decision, token);
  tellParticipants(node, { type: 'decision', decision }, token);
}

function settle(node: CommitNode, decision: CommitDecision): number {
  node.state.heard = null;
  node.out.cancelTimer('timeout');
  return enter(node, decision);
}

function timeout(node: CommitNode): void {
  const { config, state, out } = node;
  if (isDecided(state.phase)) return;
  if (state.recovering) {
    for (const to of [config.coordinator, ...config.participants]) {
      if (to !== state.self) out.send(to, { type: 'inquire' });
    }
    wait(node);
  } else if (state.self === config.coordinator) {
    if (state.phase === 'collecting') abortAll(node);
    // By assumption who has not answered is down: all that are up know.
    else if (state.phase === 'precommitted') decide(node, 'committed');
  } else if (state.phase === 'working') {
    settle(node, 'aborted');
  } else if (state.heard === null) {
    state.heard = [state.phase];
    tellParticipants(node, { type: 'state-request' });
    wait(node);
  } else finish(node, state.heard);
}

/** The termination protocol: what the phases of all that answered allow. */
function finish(node: CommitNode, heard: readonly CommitPhase[]): void {
  if (heard.includes('aborted') || heard.includes('working')) decide(node, 'aborted');
  else if (heard.includes('committed')) decide(node, 'committed');
  else if (!heard.includes('precommitted')) decide(node, 'aborted');
  else if (heard.every((phase) => phase === 'precommitted')) decide(node, 'committed');
  else {
    // Others must know before anybody commits, or who finishes after this node would abort.
    if (node.state.phase === 'prepared') enter(node, 'precommitted');
    tellParticipants(node, { type: 'precommit' }, node.state.token);
    node.state.heard = ['precommitted'];
    wait(node);
  }
}
