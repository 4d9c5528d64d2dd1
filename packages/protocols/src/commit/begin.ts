import type { NodeId, RequestId } from '../core/core.ts';
import { type CommitDecision, type CommitNode, enter, isDecided, tellParticipants, wait } from './state.ts';

/** The coordinator asks everybody to prepare, once. */
export function begin(node: CommitNode, id: RequestId): void {
  const { config, state, out } = node;
  if (state.self !== config.coordinator) {
    out.reply(id, { ok: false, error: 'not-coordinator' });
    return;
  }
  if (isDecided(state.phase)) {
    out.reply(id, { ok: true, decision: state.phase }, state.token);
    return;
  }
  if (state.phase !== 'working') {
    out.reply(id, { ok: false, error: 'already-asked' });
    return;
  }
  state.request = id;
  // A restart that finds this record aborts: no vote of before counts after it.
  const token = enter(node, 'collecting');
  tellParticipants(node, { type: 'prepare' }, token);
  wait(node);
}

/** A participant votes, once; asked again it answers the same. */
export function vote(node: CommitNode): void {
  const { config, state, out } = node;
  const { coordinator } = config;
  if (state.phase === 'working') {
    const yes = !config.refusing.includes(state.self);
    // Broken twin: the promise to commit is kept in memory only.
    if (yes && config.defect === 'prepares-in-memory') state.phase = 'prepared';
    else enter(node, yes ? 'prepared' : 'aborted');
  }
  // Persist BEFORE send: after a yes the participant must be able to commit, also after a crash.
  if (state.phase === 'aborted') out.send(coordinator, { type: 'vote', yes: false }, state.token);
  else out.send(coordinator, { type: 'vote', yes: true }, state.token);
  if (!isDecided(state.phase)) wait(node);
}

/** Counts a yes; answers whether it was the last one wanted. */
export function countYes({ config, state }: CommitNode, from: NodeId): boolean {
  if (state.phase !== 'collecting' || state.yes.includes(from)) return false;
  state.yes.push(from);
  return state.yes.length === config.participants.length;
}

/** The coordinator decides to abort: told at once, never forced; who finds only the beginning in its log aborts (presumed abort). */
export function abortAll(node: CommitNode): void {
  const { state, out } = node;
  state.phase = 'aborted';
  out.cancelTimer('timeout');
  // What comes before it in the log must be there, or a restart would begin anew.
  answer(node, 'aborted', state.token);
  tellParticipants(node, { type: 'decision', decision: 'aborted' }, state.token);
}

/** Tells the client, if it still waits. */
export function answer({ state, out }: CommitNode, decision: CommitDecision, after: number): void {
  if (state.request > 0) out.reply(state.request, { ok: true, decision }, after);
  state.request = 0;
}
