import type { Plain } from '@holdfast/plain';
import type { NodeId } from '../core/core.ts';
import type { Ballot } from './ballot.ts';
import { type PaxosNode, tell } from './state.ts';

/**
 * Phase 1b: promises to accept nothing below the ballot. A repeated prepare of the same ballot is answered again: its first answer may
 * have been lost.
 */
export function prepared(node: PaxosNode, from: NodeId, ballot: Ballot): void {
  const { state, out } = node;
  if (ballot < state.promised) {
    tell(node, from, { type: 'refuse', ballot, promised: state.promised }, 0);
    return;
  }
  state.promised = ballot;
  // Persist BEFORE send: who answers and forgets lets two values be chosen (S1.68).
  const token = out.store([{ key: 'promised', value: ballot }]);
  const { acceptedBallot, acceptedValue } = state;
  tell(node, from, { type: 'promise', ballot, acceptedBallot, value: acceptedValue }, token);
}

/** Phase 2b: accepts, unless a higher ballot was promised. */
export function accept(node: PaxosNode, from: NodeId, ballot: Ballot, value: Plain): void {
  const { config, state, out } = node;
  // Broken twin: the promise is not looked at.
  if (ballot < state.promised && config.defect !== 'accepts-lower-ballot') {
    tell(node, from, { type: 'refuse', ballot, promised: state.promised }, 0);
    return;
  }
  state.promised = Math.max(state.promised, ballot);
  state.acceptedBallot = ballot;
  state.acceptedValue = value;
  out.note('accepted', { ballot, value });
  // One record: a crash keeps the ballot with its value, or neither. To accept is also to promise.
  const token = out.store([
    { key: 'promised', value: state.promised },
    { key: 'accepted', value: { ballot, value } },
  ]);
  state.acceptedToken = token;
  tell(node, from, { type: 'accepted', ballot }, token);
}
