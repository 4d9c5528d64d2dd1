import type { Core, CoreEvent, NodeId, NodeView, Outbox, RequestId } from '../core/core.ts';

/**
 * A client that finds the leader and retries within a budget, as a core of its own: its requests are the
 * application's operations, its messages are the calls it makes to servers. (Raft dissertation, section 6.2 and 6.3.)
 *
 * The order that matters: an operation keeps ONE identity over all its attempts (the command carries client and sequence), so a
 * server that deduplicates applies it once however often it is sent.
 */
export type ClientMessage<C, R> =
  | { readonly kind: 'call'; readonly attempt: number; readonly command: C }
  | { readonly kind: 'answer'; readonly attempt: number; readonly result: R };

/** What a server's answer means for the operation. */
export type Classified =
  /** The operation is finished and this is its result. */
  | { readonly kind: 'done' }
  /** The server did nothing with this call; `leader` says whom to ask instead, 0 when it does not know. */
  | { readonly kind: 'redirect'; readonly leader: NodeId }
  /** The attempt may have had an effect; the outcome is not known. */
  | { readonly kind: 'unclear'; readonly why?: string };

/** How an operation ended: `fail` only when no attempt can have had an effect, now or later. */
export type ClientResult<R> =
  | { readonly outcome: 'ok'; readonly result: R }
  | { readonly outcome: 'fail' | 'unknown'; readonly error: string };

/** How a client looks for the leader, and when it gives up. */
export interface ClientOptions<R> {
  /** Servers to try, in order, when nobody is known to lead. */
  readonly servers: readonly NodeId[];
  /** How long to wait for one attempt's answer before trying another server. */
  readonly attemptTimeoutMs: number;
  /** Pause before each retry, drawn between the two. */
  readonly backoffMs: readonly [number, number];
  /** Attempts per operation, the first included: the retry budget. */
  readonly maxAttempts: number;
  /** When the application stops waiting, counted from the request. */
  readonly deadlineMs: number;
  /**
   * Whether the transport delivers each call at most once. Where it may duplicate, a refused call can still be carried out by a copy
   * that arrives later, so that no operation once sent can end as `fail`.
   */
  readonly callsArriveOnce: boolean;
  /** Reads what a server's answer means. */
  readonly classify: (result: R) => Classified;
}

interface OpenOperation<C> {
  readonly command: C;
  attempts: number;
  /** The attempt being waited for; 0 during backoff. */
  attempt: number;
  target: NodeId;
  /** Whether an attempt may have had an effect: it was sent and not certainly refused. */
  unclear: boolean;
}

/** A client's whole state: who leads as far as it knows, and what it is waiting for. */
export interface ClientState<C> {
  readonly self: NodeId;
  /** Who is believed to lead; 0 when unknown. */
  leader: NodeId;
  /** Position in `servers` to go on from when nobody is known to lead. */
  next: number;
  lastAttempt: number;
  open: Record<number, OpenOperation<C>>;
  /** The operation of each attempt still waited for. */
  waiting: Record<number, RequestId>;
}

/** Thrown for options no client can work with. */
export class ClientOptionsError extends RangeError {
  readonly code = 'BAD_CLIENT_OPTIONS';
  constructor(text: string) {
    super(`Cannot make a client as ${text}`);
    this.name = 'ClientOptionsError';
  }
}

type Out<C, R> = Outbox<ClientMessage<C, R>, ClientResult<R>>;
type State<C> = ClientState<C>;

/** The client core. */
export function leaderClient<C, R>(
  options: ClientOptions<R>,
): Core<ClientState<C>, ClientMessage<C, R>, C, ClientResult<R>> {
  check(options);
  return {
    name: 'client',
    boot: ({ self }): State<C> => ({ self, leader: 0, next: self, lastAttempt: 0, open: {}, waiting: {} }),
    step: (state, event, out): void => step(options, state, event, out),
    messageType: (message): string => (message.kind === 'call' ? 'Call' : 'Answer'),
    view: (state): NodeView => ({ leader: state.leader, open: Object.keys(state.open).length }),
  };
}

function check<R>(options: ClientOptions<R>): void {
  const { servers, attemptTimeoutMs, maxAttempts, deadlineMs, backoffMs } = options;
  if (servers.length === 0) throw new ClientOptionsError('servers must not be empty');
  if (!(maxAttempts >= 1)) {
    throw new ClientOptionsError(`maxAttempts must be at least 1: current value is ${maxAttempts}`);
  }
  if (!(attemptTimeoutMs > 0) || !(deadlineMs > 0)) {
    throw new ClientOptionsError(
      `attemptTimeoutMs and deadlineMs must be positive: current values are ${attemptTimeoutMs}, ${deadlineMs}`,
    );
  }
  if (!(backoffMs[0] >= 0) || backoffMs[1] < backoffMs[0]) {
    throw new ClientOptionsError(
      `backoffMs must be a range from at least 0: current value is [${backoffMs.join(', ')}]`,
    );
  }
}

function step<C, R>(
  options: ClientOptions<R>,
  state: State<C>,
  event: CoreEvent<ClientMessage<C, R>, C>,
  out: Out<C, R>,
): void {
  switch (event.kind) {
    case 'request':
      state.open[event.id] = { command: event.command, attempts: 0, attempt: 0, target: 0, unclear: false };
      out.setTimer(`deadline/${event.id}`, options.deadlineMs);
      attempt(options, state, event.id, out);
      return;
    case 'message':
      if (event.message.kind === 'answer') answer(options, state, event.from, event.message, out);
      return;
    case 'timer':
      timer(options, state, event.timer, out);
      return;
    case 'stored':
      return;
  }
}

function attempt<C, R>(options: ClientOptions<R>, state: State<C>, id: RequestId, out: Out<C, R>): void {
  const operation = state.open[id];
  if (operation === undefined) return;
  if (state.leader === 0) {
    operation.target = options.servers[state.next % options.servers.length] as NodeId;
    state.next = (state.next + 1) % options.servers.length;
  } else operation.target = state.leader;
  operation.attempts++;
  if (!options.callsArriveOnce) operation.unclear = true;
  operation.attempt = ++state.lastAttempt;
  state.waiting[operation.attempt] = id;
  out.setTimer(`attempt/${id}`, options.attemptTimeoutMs);
  out.send(operation.target, { kind: 'call', attempt: operation.attempt, command: operation.command });
}

function answer<C, R>(
  options: ClientOptions<R>,
  state: State<C>,
  from: NodeId,
  message: { readonly attempt: number; readonly result: R },
  out: Out<C, R>,
): void {
  const id = state.waiting[message.attempt];
  const operation = id === undefined ? undefined : state.open[id];
  // Answers to attempts given up, and to operations finished, say nothing new.
  if (id === undefined || operation === undefined || operation.attempt !== message.attempt) return;
  delete state.waiting[message.attempt];
  operation.attempt = 0;
  const classified = options.classify(message.result);
  switch (classified.kind) {
    case 'done':
      state.leader = from;
      finish(state, id, { outcome: 'ok', result: message.result }, out);
      return;
    case 'redirect':
      state.leader = classified.leader === from ? 0 : classified.leader;
      retry(options, state, id, 'redirected', out);
      return;
    case 'unclear':
      operation.unclear = true;
      retry(options, state, id, classified.why ?? 'unclear', out);
      return;
  }
}

function timer<C, R>(options: ClientOptions<R>, state: State<C>, name: string, out: Out<C, R>): void {
  const slash = name.indexOf('/');
  const id = Number(name.slice(slash + 1));
  const operation = state.open[id];
  if (operation === undefined) return;
  switch (name.slice(0, slash)) {
    case 'deadline':
      // An attempt still in flight may yet be carried out.
      if (operation.attempt !== 0) operation.unclear = true;
      finish(state, id, { outcome: operation.unclear ? 'unknown' : 'fail', error: 'deadline' }, out);
      return;
    case 'attempt':
      operation.unclear = true;
      delete state.waiting[operation.attempt];
      operation.attempt = 0;
      if (state.leader === operation.target) state.leader = 0;
      retry(options, state, id, 'timeout', out);
      return;
    case 'backoff':
      attempt(options, state, id, out);
      return;
  }
}

function retry<C, R>(
  options: ClientOptions<R>,
  state: State<C>,
  id: RequestId,
  why: string,
  out: Out<C, R>,
): void {
  const operation = state.open[id];
  if (operation === undefined) return;
  out.cancelTimer(`attempt/${id}`);
  if (operation.attempts >= options.maxAttempts) {
    const error = `retry budget of ${options.maxAttempts} attempts spent (last: ${why})`;
    finish(state, id, { outcome: operation.unclear ? 'unknown' : 'fail', error }, out);
    return;
  }
  out.setTimer(`backoff/${id}`, options.backoffMs[0], options.backoffMs[1]);
}

function finish<C, R>(state: State<C>, id: RequestId, result: ClientResult<R>, out: Out<C, R>): void {
  const operation = state.open[id];
  if (operation !== undefined && operation.attempt !== 0) delete state.waiting[operation.attempt];
  delete state.open[id];
  for (const name of ['deadline', 'attempt', 'backoff']) out.cancelTimer(`${name}/${id}`);
  out.reply(id, result);
}
