import type { NodeId } from '../core/core.ts';
import type { ViewstampedMessage } from './messages.ts';
import { abandonRequests, commitTo, enterNormal, primaryOf, type ViewstampedNode } from './state.ts';

type Message<T extends ViewstampedMessage['type']> = Extract<ViewstampedMessage, { readonly type: T }>;

/** State transfer (section 5.2): asks for the log of a view behind an operation that is certainly the same there. */
export function askForState({ out }: ViewstampedNode, from: NodeId, view: number, op: number): void {
  out.send(from, { type: 'get-state', view, op });
}

/** Answers only about its own view, in which it is normal. */
export function getState(
  { state, out }: ViewstampedNode,
  from: NodeId,
  { view, op }: Message<'get-state'>,
): void {
  if (state.status !== 'normal' || view !== state.view || op > state.log.length) return;
  out.send(from, { type: 'new-state', view, after: op, log: state.log.slice(op), commit: state.commit });
}

/**
 * In its own view a replica adds what it lacks. A log of another view replaces all that is not committed, together with the view and
 * in one step: a replica that cut its log first would take part in the next view change without operations it has acknowledged.
 */
export function newState(node: ViewstampedNode, from: NodeId, message: Message<'new-state'>): void {
  const { state } = node;
  const { view, after, log, commit } = message;
  if (state.status === 'starting' || state.status === 'recovering' || view < state.view) return;
  if (view === state.view && state.status === 'normal') {
    if (after > state.log.length) return;
    state.log.push(...log.slice(state.log.length - after));
  } else {
    if (after > state.commit) return;
    abandonRequests(node);
    state.log = [...state.log.slice(0, after), ...log];
    enterNormal(node, view);
  }
  commitTo(node, commit);
  acknowledge(node, from);
}

/** Tells the primary how far this backup's log reaches. */
export function acknowledge({ config, state, out }: ViewstampedNode, from: NodeId): void {
  if (from !== primaryOf(config, state.view)) return;
  out.send(from, { type: 'prepare-ok', view: state.view, op: state.log.length });
}
