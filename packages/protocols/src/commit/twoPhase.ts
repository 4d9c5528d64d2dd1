import type { Core, NodeId } from '../core/core.ts';
import { abortAll, answer, begin, countYes, vote } from './begin.ts';
import { COMMIT_DEFECTS, type CommitOptions, commitConfig } from './config.ts';
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
 * Two-phase commit (Gray 1978) of one transaction, with presumed abort (Mohan and Lindsay 1983) and participants that ask each other.
 * Safe under any crash, loss and delay; blocks while everybody reachable has said yes and the coordinator is down.
 * Throws `CommitOptionsError`.
 */
export function twoPhaseCommit(
  options: CommitOptions,
): Core<CommitState, CommitMessage, CommitCommand, CommitResult> {
  const config = commitConfig(options, COMMIT_DEFECTS);
  return {
    name: 'two-phase-commit',
    boot({ self, records }, out): CommitState {
      const found = (records['phase'] as CommitPhase | undefined) ?? 'working';
      const state = commitState(self, found === 'collecting' ? 'aborted' : found, found !== 'working');
      const node: CommitNode = { config, state, out };
      if (self !== config.coordinator || state.phase === 'committed') wait(node);
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
  const coordinates = state.self === config.coordinator;
  if (message.type === 'inquire') tellDecision(node, from);
  else if (message.type === 'prepare' && !coordinates) vote(node);
  else if (message.type === 'decision' && !coordinates) obey(node, message.decision);
  else if (message.type === 'vote' && coordinates) {
    if (!message.yes && state.phase === 'collecting') abortAll(node);
    else if (message.yes && countYes(node, from)) commitAll(node);
  } else if (message.type === 'decision-ack' && coordinates && !state.done.includes(from)) {
    state.done.push(from);
    if (state.done.length === config.participants.length) out.cancelTimer('timeout');
  }
}

function commitAll(node: CommitNode): void {
  const { config } = node;
  const token = enter(node, 'committed');
  // Broken twin: commit is announced while a crash may still undo it.
  const after = config.defect === 'answers-before-forcing-log' ? 0 : token;
  // Persist BEFORE send: this record is the moment of commit.
  answer(node, 'committed', after);
  tellParticipants(node, { type: 'decision', decision: 'committed' }, after);
  wait(node);
}

/** A participant does as decided; nothing to abort is said so too. */
function obey(node: CommitNode, decision: CommitDecision): void {
  const { config, state, out } = node;
  if (!isDecided(state.phase) && (state.phase === 'prepared' || decision === 'aborted')) {
    enter(node, decision);
    out.cancelTimer('timeout');
  }
  if (state.phase === decision) out.send(config.coordinator, { type: 'decision-ack' }, state.token);
}

/** What somebody asks who said yes and heard no more. A coordinator that knows nothing has not committed. */
function tellDecision(node: CommitNode, to: NodeId): void {
  const { config, state, out } = node;
  if (state.phase === 'working' && state.self !== config.coordinator) enter(node, 'aborted');
  if (isDecided(state.phase)) out.send(to, { type: 'decision', decision: state.phase }, state.token);
}

function timeout(node: CommitNode): void {
  const { config, state, out } = node;
  if (state.self === config.coordinator) {
    if (state.phase === 'collecting') abortAll(node);
    else if (state.phase === 'committed') {
      for (const to of config.participants) {
        if (!state.done.includes(to)) out.send(to, { type: 'decision', decision: 'committed' }, state.token);
      }
      wait(node);
    }
    return;
  }
  if (state.phase === 'working') enter(node, 'aborted');
  if (state.phase !== 'prepared') return;
  // Broken twin: after a yes the decision is no longer its own.
  if (config.defect === 'aborts-alone-after-yes') {
    enter(node, 'aborted');
    return;
  }
  out.send(config.coordinator, { type: 'inquire' });
  tellParticipants(node, { type: 'inquire' });
  wait(node);
}
