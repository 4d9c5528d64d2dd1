import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import type { WatchEvent } from '../cluster.ts';
import { HELLO } from './client.ts';
import { publishFrame, statusIn, takeNats } from './protocol.ts';

/** Which stream is followed, from which sequence on, or only what is new when that is 0. */
export interface Following {
  readonly stream: string;
  /** What subjects of keys begin with. */
  readonly subject: string;
  readonly prefix: string;
  readonly fromSequence: number;
}

const HEARTBEAT_MS = 300;
/** Silence after which the consumer, or whoever keeps it, is taken for gone. */
const SILENCE_MS = 1_000;
const EVERY_MS = 100;

/**
 * Follows a stream of JetStream in order: a consumer that its server pushes from, numbered without a gap. It ends when the connection does, when a number is missing, or
 * when nothing has been heard for so long that a heartbeat is missing; whoever follows then begins anew behind what came.
 */
export function followStream(
  address: string,
  following: Following,
  onEvent: (event: WatchEvent) => void,
  onEnd: () => void = () => undefined,
): () => void {
  const at = address.lastIndexOf(':');
  const socket = connect({ host: address.slice(0, at), port: Number(address.slice(at + 1)), noDelay: true });
  const inbox = `_INBOX.${randomBytes(8).toString('hex')}`;
  const { stream, subject, prefix, fromSequence } = following;
  let held: Buffer = Buffer.alloc(0);
  let heardMs = performance.now();
  let delivered = 0;
  const hear = (
    frame: Extract<NonNullable<ReturnType<typeof takeNats>>['frame'], { kind: 'message' }>,
  ): void => {
    heardMs = performance.now();
    if (frame.subscription === '3') {
      const end = endOf(frame.payload.toString('utf8'));
      if (end === undefined) socket.destroy();
      else ask(end + 1);
      return;
    }
    // An answer to the request for the consumer; a refusal ends it.
    if (frame.subscription === '2') {
      if (frame.payload.includes('"error"') || statusIn(frame.headers) !== undefined) socket.destroy();
      return;
    }
    const last = /Nats-Last-Consumer: *(\d+)/.exec(frame.headers)?.[1];
    if (statusIn(frame.headers) !== undefined) {
      if (last !== undefined && Number(last) !== delivered) socket.destroy();
      return;
    }
    const place = placeIn(frame.replyTo);
    if (place?.delivered !== delivered + 1) {
      socket.destroy();
      return;
    }
    delivered++;
    const key = frame.subject.slice(subject.length + 1);
    if (!key.startsWith(prefix)) return;
    const value = JSON.parse(frame.payload.toString('utf8')) as WatchEvent['value'];
    onEvent({ key, revision: place.sequence, value, kind: 'put' });
  };
  socket.on('data', (bytes: Buffer) => {
    held = Buffer.concat([held, bytes]);
    for (let taken = takeNats(held); taken !== undefined && !socket.destroyed; taken = takeNats(held)) {
      held = held.subarray(taken.length);
      if (taken.frame.kind === 'ping') socket.write('PONG\r\n');
      else if (taken.frame.kind === 'error') socket.destroy();
      else if (taken.frame.kind === 'message') hear(taken.frame);
    }
  });
  const silence = setInterval(() => {
    if (performance.now() - heardMs > SILENCE_MS) socket.destroy();
  }, EVERY_MS);
  socket.on('error', () => undefined);
  socket.on('close', () => {
    clearInterval(silence);
    onEnd();
  });
  const ask = openAt(socket, stream, inbox, fromSequence);
  return () => socket.destroy();
}

/**
 * Introduces itself, and asks for a consumer from a sequence on. Without one it asks first where the stream ends: what is new is what comes behind the end
 * as its leader has it, for a server that was away may have less. The returned function asks for the consumer then.
 */
function openAt(
  socket: Socket,
  stream: string,
  inbox: string,
  fromSequence: number,
): (sequence: number) => void {
  const create = (sequence: number): void => {
    const config = configOf(`${inbox}.events`, sequence);
    const request = Buffer.from(JSON.stringify({ stream_name: stream, config }));
    socket.write(publishFrame(`$JS.API.CONSUMER.CREATE.${stream}`, `${inbox}.answer`, request));
  };
  const subscriptions = ['events 1', 'answer 2', 'info 3'].map((name) => `SUB ${inbox}.${name}\r\n`);
  socket.write(`CONNECT ${JSON.stringify(HELLO)}\r\n${subscriptions.join('')}`);
  if (fromSequence === 0)
    socket.write(publishFrame(`$JS.API.STREAM.INFO.${stream}`, `${inbox}.info`, Buffer.from('{}')));
  else create(fromSequence);
  return create;
}

/** The last sequence of a stream, as an answer about it says. */
function endOf(text: string): number | undefined {
  const { state } = JSON.parse(text) as { readonly state?: { readonly last_seq?: number } };
  return state?.last_seq;
}

function configOf(deliverTo: string, fromSequence: number): object {
  return {
    deliver_policy: 'by_start_sequence',
    opt_start_seq: fromSequence,
    deliver_subject: deliverTo,
    ack_policy: 'none',
    max_deliver: 1,
    mem_storage: true,
    num_replicas: 1,
    idle_heartbeat: HEARTBEAT_MS * 1_000_000,
  };
}

/** The sequence in the stream and the number among those delivered, from where an acknowledgement would go. */
function placeIn(replyTo: string): { readonly sequence: number; readonly delivered: number } | undefined {
  // $JS.ACK.<stream>.<consumer>.<times>.<sequence>.<delivered>.<time>.<pending>, with two more words behind ACK in later versions.
  const words = replyTo.split('.');
  if (words[1] !== 'ACK') return undefined;
  return {
    sequence: Number(words.length > 9 ? words[7] : words[5]),
    delivered: Number(words.length > 9 ? words[8] : words[6]),
  };
}
