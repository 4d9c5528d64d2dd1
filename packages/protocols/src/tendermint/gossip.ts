import type { NodeId } from '../core/core.ts';
import type { TendermintMessage } from './messages.ts';
import { votesOf, type TendermintNode } from './state.ts';

/** Decided heights sent in answer to one report, and requests passed on at once. */
const BATCH = 20;

/** Tells all others where this node is, and of the requests it has. */
export function reportStatus({ config, state, out }: TendermintNode): void {
  out.setTimer('status', config.statusMs);
  const { height, round } = state;
  const messages: TendermintMessage[] = [
    { type: 'status', height, round },
    ...state.pending.slice(0, BATCH).map(({ command }) => ({ type: 'request' as const, command })),
  ];
  for (const to of config.nodes) {
    if (to !== state.self) for (const message of messages) out.send(to, message);
  }
}

/** Sends again what a node seems to lack: decisions, or what was said in the round. */
export function answerStatus(
  node: TendermintNode,
  to: NodeId,
  { height, round }: Extract<TendermintMessage, { readonly type: 'status' }>,
): void {
  const { state, out } = node;
  for (let h = height; h < state.height && h < height + BATCH; h++) {
    const decision = state.decisions[h];
    if (decision !== undefined) out.send(to, { type: 'decided', ...decision });
  }
  if (height !== state.height || round > state.round) return;
  for (const message of state.said) out.send(to, message);
  // The proposal carries its author's signature: anybody can pass it on.
  const { proposal } = votesOf(node, state.round);
  if (proposal !== null && proposal.by !== state.self) out.send(to, proposal);
}
