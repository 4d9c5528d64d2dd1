import type { RequestId } from '../core/core.ts';
import { kv, type KvOperation } from '../kv/kv.ts';
import type { LeaseMessage } from './messages.ts';
import type { HolderNode as Holder, LeaseCommand } from './state.ts';

type Opened = Extract<LeaseMessage, { readonly type: 'opened' }>;
type Called = Extract<LeaseMessage, { readonly type: 'called' }>;

/** A new tenure makes itself the only writer before it serves anybody. */
export function openResource(node: Holder): void {
  const { config, state, out } = node;
  state.op = 0;
  out.send(config.resource, { type: 'open', token: state.token, op: 0 });
  out.setTimer('resend', config.resendMs);
}

/** The resource is open: what it holds is known. */
export function opened(node: Holder, { token, op, values }: Opened): void {
  const { state, out } = node;
  if (token !== state.token || state.held === 0 || state.values !== null || op !== state.op) return;
  state.values = { ...values };
  out.cancelTimer('resend');
  out.note('serves', { token });
}

/** A client's request. */
export function serve(node: Holder, request: RequestId, command: LeaseCommand): void {
  const { config, state, out } = node;
  const operation = command.operation as KvOperation;
  if (state.held === 0 || state.values === null) {
    const holder = state.known === state.self ? 0 : state.known;
    out.reply(request, { ok: false, error: 'not-holder', holder });
  } else if (operation.f === 'get' && config.reads === 'lease') {
    out.note('read', { token: state.token });
    out.reply(request, { ok: true, value: kv.query?.(state.values, command.operation) ?? null });
  } else if (state.queue.length >= config.maxOpen) out.reply(request, { ok: false, error: 'too-many-open' });
  else {
    state.queue.push({ request, command });
    if (state.queue.length === 1) callNext(node);
  }
}

/** One call at a time: the resource then knows a copy from a new one. */
function callNext(node: Holder): void {
  node.state.op++;
  send(node);
}

/** Says the call that waits again. */
export function resend(node: Holder): void {
  const { state } = node;
  if (state.held === 0) return;
  if (state.values === null) openResource(node);
  else if (state.queue.length > 0) send(node);
}

function send({ config, state, out }: Holder): void {
  const next = state.queue[0];
  if (next === undefined) return;
  const { token, op } = state;
  out.send(config.resource, { type: 'call', token, op, command: next.command });
  out.setTimer('resend', config.resendMs);
}

/** The resource has carried out the call. */
export function called(node: Holder, { token, op, done, held }: Called): void {
  const { state, out } = node;
  if (token !== state.token || op !== state.op || state.values === null) return;
  const open = state.queue.shift();
  if (open === undefined) return;
  const { key } = open.command.operation as KvOperation;
  // Another call may have changed it since this one was first carried out.
  kv.apply(state.values, { f: 'put', key, value: held });
  out.reply(open.request, done);
  if (state.queue.length > 0) callNext(node);
  else out.cancelTimer('resend');
}

/** The call under way may or may not be carried out; those behind it were never sent. */
export function stopServing({ state, out }: Holder): void {
  out.cancelTimer('resend');
  state.queue.forEach(({ request }, i) => {
    if (i === 0) out.reply(request, { ok: false, error: 'lease-lost' });
    else out.reply(request, { ok: false, error: 'not-holder', holder: 0 });
  });
  Object.assign(state, { values: null, queue: [] });
}
