import { commandKey, digestOf, type SignedCommand } from '../byzantine/command.ts';
import { receiveRequest } from '../byzantine/desk.ts';
import type { RequestId } from '../core/core.ts';
import { acceptPrePrepare } from './agreement.ts';
import { primaryOf } from './config.ts';
import type { PrePrepare } from './messages.ts';
import { deskOf, type PbftNode, signed } from './state.ts';

/** A client asks this replica. A backup passes the request on to the primary, and waits to see it carried out (section 4.4). */
export function request(node: PbftNode, id: RequestId, command: SignedCommand): void {
  const { config, state, out } = node;
  if (!receiveRequest(deskOf(node), id, command)) return;
  const primary = primaryOf(config, state.view);
  if (primary !== state.self) out.send(primary, { type: 'request', command });
}

/** The primary numbers what waits, as far as the watermarks allow. */
export function propose(node: PbftNode): void {
  const { config, state } = node;
  if (!state.active || primaryOf(config, state.view) !== state.self) return;
  for (const { command } of state.pending) {
    const key = commandKey(command);
    if (state.assigned[key] !== undefined) continue;
    const sequence = Math.max(state.lastSequence, state.stable, state.execution.executed) + 1;
    if (sequence > state.stable + config.logSize) return;
    state.lastSequence = sequence;
    state.assigned[key] = sequence;
    const { view } = state;
    const digest = digestOf(config.signer, command);
    const body = { type: 'pre-prepare', by: state.self, view, sequence, digest, command } as const;
    offer(node, signed<PrePrepare>(node, body));
  }
}

/** Accepts an own pre-prepare, and sends it once that is durable. */
export function offer(node: PbftNode, prePrepare: PrePrepare): void {
  const { config, state, out } = node;
  const token = acceptPrePrepare(node, prePrepare);
  for (const to of config.nodes) if (to !== state.self) out.send(to, prePrepare, token);
}
