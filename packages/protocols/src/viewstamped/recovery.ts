import type { NodeId } from '../core/core.ts';
import { absorb, isOutdated } from './crashes.ts';
import type { RecoveryResponse } from './messages.ts';
import { commitTo, enterNormal, primaryOf, tellOthers, type ViewstampedNode } from './state.ts';

/** Section 4.3, step 1: a replica that lost its state asks, and does nothing else until it has one. */
export function askToRecover(node: ViewstampedNode): void {
  const { config, state, out } = node;
  if (state.status !== 'recovering') return;
  out.setTimer('recovery', config.recoveryMs);
  tellOthers(node, { type: 'recovery', nonce: state.incarnation });
}

/** Step 2: only a normal replica answers, and from now on nothing counts that the other said before it crashed. */
export function answerRecovery(node: ViewstampedNode, from: NodeId, nonce: number): void {
  const { config, state, out } = node;
  if (state.status !== 'normal') return;
  absorb(node, { [from]: nonce });
  const log = state.leads ? [...state.log] : null;
  const { view, commit } = state;
  const crashes = { ...state.crashes };
  // Broken twin, its other half: everybody tells its state.
  const told = config.defect === 'recovers-from-anyone' ? [...state.log] : log;
  out.send(from, { type: 'recovery-response', view, nonce, log: told, commit, crashes });
}

/** Step 3: f + 1 answers to this very start, one of them from the primary of the latest view among them. */
export function recoveryResponse(node: ViewstampedNode, from: NodeId, message: RecoveryResponse): void {
  const { config, state } = node;
  if (state.status !== 'recovering' || message.nonce !== state.incarnation) return;
  if (isOutdated(node, from, message.crashes)) return;
  state.responses[from] = message;
  absorb(node, message.crashes);
  const responses = Object.values(state.responses);
  // Broken twin: one answer will do, of whatever view.
  const enough = config.defect === 'recovers-from-anyone' ? 1 : config.quorum;
  if (responses.length < enough) return;
  const view = Math.max(...responses.map((response) => response.view));
  const primary =
    config.defect === 'recovers-from-anyone' ? message : state.responses[primaryOf(config, view)];
  if (primary === undefined || primary.view !== view || primary.log === null) return;
  state.log = [...primary.log];
  enterNormal(node, view);
  commitTo(node, primary.commit);
}
