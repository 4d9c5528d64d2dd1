import { commandKey, digestOf, isGenuine, type SignedCommand } from '../byzantine/command.ts';
import type { RequestId } from '../core/core.ts';
import { acceptPrePrepare } from './agreement.ts';
import { primaryOf } from './config.ts';
import { armRequestTimer } from './patience.ts';
import type { PrePrepare } from './messages.ts';
import { isExecuted, type PbftNode, signed } from './state.ts';

/** A client asks this replica. A backup passes the request on to the primary, and waits to see it carried out (section 4.4). */
export function request(node: PbftNode, id: RequestId, command: SignedCommand): void {
  const { config, state, out } = node;
  if (config.defect !== 'believes-signatures' && !isGenuine(config.signer, command)) {
    out.reply(id, { ok: false, error: 'not-genuine' });
    return;
  }
  const session = state.execution.sessions[command.client];
  if (session !== undefined && session.sequence >= command.sequence && config.defect !== 'no-dedup') {
    if (session.sequence > command.sequence) out.reply(id, { ok: false, error: 'stale-sequence' });
    else out.reply(id, { ok: true, value: session.value });
    return;
  }
  const waiting = hold(node, command);
  if (waiting === undefined) {
    out.reply(id, { ok: false, error: 'too-many-pending' });
    return;
  }
  waiting.push(id);
  const primary = primaryOf(config, state.view);
  if (primary !== state.self) out.send(primary, { type: 'request', command });
}

/** Another replica passed a request on. */
export function relayed(node: PbftNode, command: SignedCommand): void {
  const { config } = node;
  if (config.defect !== 'believes-signatures' && !isGenuine(config.signer, command)) return;
  if (isExecuted(node, command) && config.defect !== 'no-dedup') return;
  hold(node, command);
}

/** Keeps a request until it is carried out, and starts to wait; answers who is to be told, or undefined when there is no room. */
function hold(node: PbftNode, command: SignedCommand): RequestId[] | undefined {
  const { config, state } = node;
  const key = commandKey(command);
  const known = state.pending.find((pending) => commandKey(pending.command) === key);
  if (known !== undefined) return known.waiting;
  if (state.pending.length >= config.maxPending) return undefined;
  const waiting: RequestId[] = [];
  state.pending.push({ command, waiting });
  armRequestTimer(node);
  return waiting;
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
