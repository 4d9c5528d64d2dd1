import type { Core, NodeId, Outbox } from '@holdfast/protocols';
import { NO_VALUE, type RegisterMessage } from './registerClient.ts';

/** Orders writes: by count, then by the node that wrote. */
export interface AbdStamp {
  readonly count: number;
  readonly node: NodeId;
}

/** What servers say to each other. */
export type AbdPeerMessage =
  | { readonly type: 'query'; readonly request: number }
  | { readonly type: 'query-ok'; readonly request: number; readonly stamp: AbdStamp; readonly value: string }
  | { readonly type: 'record'; readonly request: number; readonly stamp: AbdStamp; readonly value: string }
  | { readonly type: 'record-ok'; readonly request: number };

/** All messages of the system. */
export type AbdMessage = AbdPeerMessage | RegisterMessage;

interface Held {
  readonly stamp: AbdStamp;
  readonly value: string;
}

/** What a server is doing for a client: asking a majority what they hold, then telling a majority what to hold. */
type Phase =
  | {
      readonly kind: 'query';
      readonly request: number;
      readonly client: NodeId;
      /** The value to write; null for a get. */
      readonly write: string | null;
      readonly answers: Readonly<Record<string, Held>>;
    }
  | {
      readonly kind: 'record';
      readonly request: number;
      readonly client: NodeId;
      /** The value to answer with; null for a put. */
      readonly read: string | null;
      readonly answers: readonly NodeId[];
    };

/** A server: a replica, and coordinator of one request at a time. */
export interface AbdState {
  stamp: AbdStamp;
  value: string;
  phase: Phase | null;
}

type Out = Outbox<AbdMessage, never>;

interface Server {
  readonly self: NodeId;
  readonly peers: readonly NodeId[];
  readonly majority: number;
}

/**
 * A register on a majority of replicas (Attiya, Bar-Noy and Dolev, "Sharing Memory Robustly in Message-Passing Systems", 1995), with
 * any server coordinating any request and reads writing back. The protocol Stateright's example explores.
 */
export function abdRegister(
  self: NodeId,
  peers: readonly NodeId[],
): Core<AbdState, AbdMessage, never, never> {
  const server: Server = { self, peers, majority: Math.floor((peers.length + 1) / 2) + 1 };
  return {
    name: 'abd register',
    boot: (): AbdState => ({ stamp: { count: 0, node: 0 }, value: NO_VALUE, phase: null }),
    step(state, event, out): void {
      if (event.kind === 'message') receive(server, state, event.from, event.message, out);
    },
    messageType: ({ type }): string => type,
    view: ({ stamp, value, phase }) => ({ count: stamp.count, value, phase: phase?.kind ?? 'idle' }),
  };
}

function receive(server: Server, state: AbdState, from: NodeId, message: AbdMessage, out: Out): void {
  const { request } = message;
  switch (message.type) {
    case 'put':
      if (state.phase === null) ask(server, state, from, request, message.value, out);
      return;
    case 'get':
      if (state.phase === null) ask(server, state, from, request, null, out);
      return;
    case 'query':
      out.send(from, { type: 'query-ok', request, stamp: state.stamp, value: state.value });
      return;
    case 'query-ok':
      heard(server, state, from, message, out);
      return;
    case 'record':
      out.send(from, { type: 'record-ok', request });
      hold(state, message.stamp, message.value);
      return;
    case 'record-ok':
      recorded(server, state, from, request, out);
      return;
    default:
  }
}

function ask(
  { self, peers }: Server,
  state: AbdState,
  client: NodeId,
  request: number,
  write: string | null,
  out: Out,
): void {
  for (const peer of peers) out.send(peer, { type: 'query', request });
  const answers = { [self]: { stamp: state.stamp, value: state.value } };
  state.phase = { kind: 'query', request, client, write, answers };
}

function heard(
  { self, peers, majority }: Server,
  state: AbdState,
  from: NodeId,
  { request, stamp, value }: Held & { readonly request: number },
  out: Out,
): void {
  const { phase } = state;
  if (phase?.kind !== 'query' || phase.request !== request) return;
  const answers: Record<string, Held> = { ...phase.answers, [from]: { stamp, value } };
  const all = Object.values(answers);
  if (all.length !== majority) {
    state.phase = { ...phase, answers };
    return;
  }
  const latest = all.reduce((a, b) => (compareStamps(a.stamp, b.stamp) < 0 ? b : a));
  const { client, write } = phase;
  const next: Held =
    write === null ? latest : { stamp: { count: latest.stamp.count + 1, node: self }, value: write };
  for (const peer of peers) out.send(peer, { type: 'record', request, ...next });
  hold(state, next.stamp, next.value);
  state.phase = {
    kind: 'record',
    request,
    client,
    read: write === null ? next.value : null,
    answers: [self],
  };
}

function hold(state: AbdState, stamp: AbdStamp, value: string): void {
  if (compareStamps(stamp, state.stamp) <= 0) return;
  state.stamp = stamp;
  state.value = value;
}

function recorded({ majority }: Server, state: AbdState, from: NodeId, request: number, out: Out): void {
  const { phase } = state;
  if (phase?.kind !== 'record' || phase.request !== request || phase.answers.includes(from)) return;
  const answers = [...phase.answers, from].sort((a, b) => a - b);
  if (answers.length !== majority) {
    state.phase = { ...phase, answers };
    return;
  }
  const { client, read } = phase;
  out.send(client, read === null ? { type: 'put-ok', request } : { type: 'get-ok', request, value: read });
  state.phase = null;
}

function compareStamps(a: AbdStamp, b: AbdStamp): number {
  return a.count - b.count || a.node - b.node;
}
