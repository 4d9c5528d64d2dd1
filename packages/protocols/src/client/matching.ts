import type { Core, CoreEvent, NodeId, NodeView, Outbox, RequestId } from '../core/core.ts';
import { type ClientMessage, ClientOptionsError, type ClientResult } from './client.ts';

/**
 * A client that asks every node and believes what enough of them answer alike: with at most f liars, f + 1 equal answers hold one from an
 * honest node (Castro and Liskov, "Practical Byzantine Fault Tolerance", 1999, section 4.1).
 */
export interface MatchingClientOptions<R> {
  readonly nodes: readonly NodeId[];
  /** How many nodes must answer alike. */
  readonly equal: number;
  /** The call is sent again to all nodes after this long without a decision; nodes must remove duplicates. */
  readonly resendMs: number;
  /** When the application stops waiting, counted from the request. */
  readonly deadlineMs: number;
  /** What an answer says, as text to compare; undefined for an answer that says nothing. */
  readonly opinion: (result: R) => string | undefined;
}

interface OpenCall<C> {
  readonly command: C;
  /** What each node answered last. */
  readonly opinions: Record<NodeId, string>;
}

/** The client's whole state. */
export interface MatchingState<C> {
  readonly self: NodeId;
  open: Record<RequestId, OpenCall<C>>;
}

type Out<C, R> = Outbox<ClientMessage<C, R>, ClientResult<R>>;

/** The client core. An operation not decided by its deadline ends as `unknown`: it was sent. Throws `ClientOptionsError`. */
export function matchingClient<C, R>(
  options: MatchingClientOptions<R>,
): Core<MatchingState<C>, ClientMessage<C, R>, C, ClientResult<R>> {
  const { nodes, equal, resendMs, deadlineMs } = options;
  if (!Number.isInteger(equal) || equal < 1 || equal > nodes.length) {
    throw new ClientOptionsError(`equal must be from 1 to ${nodes.length}: current value is ${equal}`);
  }
  if (!(resendMs > 0) || !(deadlineMs > 0)) {
    throw new ClientOptionsError(
      `resendMs and deadlineMs must be positive: current values are ${resendMs}, ${deadlineMs}`,
    );
  }
  return {
    name: 'matching client',
    boot: ({ self }): MatchingState<C> => ({ self, open: {} }),
    step: (state, event, out): void => step(options, state, event, out),
    messageType: (message): string => (message.kind === 'call' ? 'Call' : 'Answer'),
    view: (state): NodeView => ({ open: Object.keys(state.open).length }),
  };
}

function step<C, R>(
  options: MatchingClientOptions<R>,
  state: MatchingState<C>,
  event: CoreEvent<ClientMessage<C, R>, C>,
  out: Out<C, R>,
): void {
  if (event.kind === 'request') {
    state.open[event.id] = { command: event.command, opinions: {} };
    out.setTimer(`deadline/${event.id}`, options.deadlineMs);
    ask(options, state, event.id, out);
  } else if (event.kind === 'timer') {
    const [what, number] = event.timer.split('/');
    const id = Number(number);
    if (what === 'resend') ask(options, state, id, out);
    else finish(state, id, { outcome: 'unknown', error: 'deadline' }, out);
  } else if (event.kind === 'message' && event.message.kind === 'answer') {
    hear(options, state, event.from, event.message, out);
  }
}

function ask<C, R>(
  options: MatchingClientOptions<R>,
  state: MatchingState<C>,
  id: RequestId,
  out: Out<C, R>,
): void {
  const call = state.open[id];
  if (call === undefined) return;
  for (const node of options.nodes) out.send(node, { kind: 'call', attempt: id, command: call.command });
  out.setTimer(`resend/${id}`, options.resendMs);
}

function hear<C, R>(
  options: MatchingClientOptions<R>,
  state: MatchingState<C>,
  from: NodeId,
  { attempt, result }: { readonly attempt: number; readonly result: R },
  out: Out<C, R>,
): void {
  const call = state.open[attempt];
  const opinion = options.opinion(result);
  // One node has one voice: a copy, or a second thought, counts once.
  if (call === undefined || opinion === undefined || !options.nodes.includes(from)) return;
  call.opinions[from] = opinion;
  const alike = Object.values(call.opinions).filter((other) => other === opinion).length;
  if (alike >= options.equal) finish(state, attempt, { outcome: 'ok', result }, out);
}

function finish<C, R>(state: MatchingState<C>, id: RequestId, result: ClientResult<R>, out: Out<C, R>): void {
  if (state.open[id] === undefined) return;
  delete state.open[id];
  out.cancelTimer(`deadline/${id}`);
  out.cancelTimer(`resend/${id}`);
  out.reply(id, result);
}
