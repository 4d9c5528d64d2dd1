import { encodePlain, type Plain } from '@holdfast/plain';
import type { Core, CoreEvent, NodeId, NodeView, Outbox, RequestId } from '../core/core.ts';
import type { ClientMessage } from '../client/client.ts';
import type { ByzantineResult, SignedCommand } from './command.ts';
import { ByzantineOptionsError, checkPositive } from './group.ts';
import { isSignedBy, nodePrincipal, type Signer } from './signer.ts';

/** How a client works with nodes of which some lie. Durations are in milliseconds of the client's own clock. */
export interface ByzantineClientOptions {
  readonly servers: readonly NodeId[];
  /** f: how many of them may lie. */
  readonly faulty: number;
  readonly signer: Signer;
  /** Everybody is asked again after so long. Default 500. */
  readonly retryMs?: number;
  /** The whole operation may take so long; then its outcome is unknown. Default 10,000. */
  readonly deadlineMs?: number;
  /** Equal replies needed. Default f + 1, of which one is a correct node's; the read-only optimisation needs 2f + 1. */
  readonly replies?: number;
  /** Breaks the client on purpose: it believes the first who answers. */
  readonly defect?: 'believes-first-reply' | undefined;
}

/** How an operation ended; after `unknown` it may have had an effect, or have it yet. */
export type ByzantineClientResult =
  | { readonly outcome: 'ok'; readonly value: Plain }
  | { readonly outcome: 'unknown'; readonly error: string };

interface OpenCommand {
  readonly command: SignedCommand;
  /** What each server answered last, as text. */
  readonly answers: Record<number, string>;
}

/** A client's whole state: plain data. */
export interface ByzantineClientState {
  readonly self: NodeId;
  open: Record<number, OpenCommand>;
}

type Message = ClientMessage<SignedCommand, ByzantineResult>;
type Out = Outbox<Message, ByzantineClientResult>;

/**
 * A client core: asks all servers, and believes a value that f + 1 of them answer over their own signatures, for its command
 * and no other (Castro and Liskov 1999, section 4.1). Throws `ByzantineOptionsError`.
 */
export function byzantineClient(
  options: ByzantineClientOptions,
): Core<ByzantineClientState, Message, SignedCommand, ByzantineClientResult> {
  const { retryMs = 500, deadlineMs = 10_000 } = options;
  const needed = options.defect === 'believes-first-reply' ? 1 : (options.replies ?? options.faulty + 1);
  checkPositive('retryMs', retryMs);
  checkPositive('deadlineMs', deadlineMs);
  if (!(needed >= 1 && needed <= options.servers.length)) {
    throw new ByzantineOptionsError('replies', `from 1 to ${options.servers.length} (servers)`, needed);
  }
  const ask = (state: ByzantineClientState, id: RequestId, out: Out): void => {
    const open = state.open[id];
    if (open === undefined) return;
    out.setTimer(`retry/${id}`, retryMs, 2 * retryMs);
    for (const to of options.servers) out.send(to, { kind: 'call', attempt: id, command: open.command });
  };
  return {
    name: 'byzantine-client',
    boot: ({ self }): ByzantineClientState => ({ self, open: {} }),
    step(state, event: CoreEvent<Message, SignedCommand>, out): void {
      if (event.kind === 'request') {
        state.open[event.id] = { command: event.command, answers: {} };
        out.setTimer(`deadline/${event.id}`, deadlineMs);
        ask(state, event.id, out);
      } else if (event.kind === 'timer') {
        const [name, id] = event.timer.split('/');
        if (name === 'retry') ask(state, Number(id), out);
        else finish(state, Number(id), { outcome: 'unknown', error: 'deadline' }, out);
      } else if (event.kind === 'message' && event.message.kind === 'answer') {
        const { attempt, result } = event.message;
        answered(options, needed, { state, id: attempt, from: event.from, result }, out);
      }
    },
    messageType: (message): string => (message.kind === 'call' ? 'Call' : 'Answer'),
    view: (state): NodeView => ({ open: Object.keys(state.open).length }),
  };
}

interface Answer {
  readonly state: ByzantineClientState;
  readonly id: RequestId;
  readonly from: NodeId;
  readonly result: ByzantineResult;
}

function answered(
  { servers, signer, defect }: ByzantineClientOptions,
  needed: number,
  { state, id, from, result }: Answer,
  out: Out,
): void {
  const open = state.open[id];
  if (open === undefined || !result.ok || !servers.includes(from)) return;
  const { client, sequence } = open.command;
  if (result.client !== client || result.sequence !== sequence) return;
  // Broken twin: whoever answers is believed.
  const genuine = result.by === from && isSignedBy(signer, nodePrincipal(from), result);
  if (!genuine && defect !== 'believes-first-reply') return;
  const text = encodePlain(result.value);
  open.answers[from] = text;
  const equal = Object.values(open.answers).filter((answer) => answer === text).length;
  if (equal >= needed) finish(state, id, { outcome: 'ok', value: result.value }, out);
}

function finish(state: ByzantineClientState, id: RequestId, result: ByzantineClientResult, out: Out): void {
  if (state.open[id] === undefined) return;
  delete state.open[id];
  out.cancelTimer(`retry/${id}`);
  out.cancelTimer(`deadline/${id}`);
  out.reply(id, result);
}
