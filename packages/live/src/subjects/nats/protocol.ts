/** What a NATS server sends: a message for a subscription, or a word of its own. */
export type NatsFrame =
  | {
      readonly kind: 'message';
      readonly subject: string;
      /** Of the subscription it is for. */
      readonly subscription: string;
      /** Where an answer goes; empty when none is asked for. */
      readonly replyTo: string;
      /** Headers as text, first line included; empty without any. */
      readonly headers: string;
      readonly payload: Buffer;
    }
  | { readonly kind: 'ping' | 'other' }
  | { readonly kind: 'error'; readonly text: string };

const LINE_END = '\r\n';

/**
 * Takes one whole frame off the front of what has arrived: the frame and its length, or undefined while it is not whole (NATS client
 * protocol: MSG, HMSG, PING, PONG, INFO, +OK, -ERR).
 */
export function takeNats(bytes: Buffer): { readonly frame: NatsFrame; readonly length: number } | undefined {
  const end = bytes.indexOf(LINE_END);
  if (end < 0) return undefined;
  const line = bytes.toString('latin1', 0, end);
  const start = end + LINE_END.length;
  const words = line.split(' ');
  const verb = (words[0] ?? '').toUpperCase();
  if (verb === 'MSG' || verb === 'HMSG') {
    const total = Number(words.at(-1));
    const head = verb === 'HMSG' ? Number(words.at(-2)) : 0;
    const length = start + total + LINE_END.length;
    if (bytes.length < length) return undefined;
    const headers = bytes.toString('utf8', start, start + head);
    const payload = Buffer.from(bytes.subarray(start + head, start + total));
    // Before the sizes, of which a message with headers has two.
    const before = words.slice(1, verb === 'HMSG' ? -2 : -1);
    const [subject = '', subscription = '', replyTo = ''] = before;
    return { frame: { kind: 'message', subject, subscription, replyTo, headers, payload }, length };
  }
  if (verb === 'PING') return { frame: { kind: 'ping' }, length: start };
  if (verb === '-ERR') return { frame: { kind: 'error', text: line.slice('-ERR '.length) }, length: start };
  return { frame: { kind: 'other' }, length: start };
}

/** A message to publish, with headers when there are any. */
export function publishFrame(
  subject: string,
  replyTo: string,
  payload: Buffer,
  headers: Readonly<Record<string, string>> = {},
): Buffer {
  const fields = Object.entries(headers);
  if (fields.length === 0) {
    return Buffer.concat([
      Buffer.from(`PUB ${subject} ${replyTo} ${payload.length}${LINE_END}`),
      payload,
      Buffer.from(LINE_END),
    ]);
  }
  const lines = fields.map(([name, value]) => `${name}: ${value}${LINE_END}`).join('');
  const head = Buffer.from(`NATS/1.0${LINE_END}${lines}${LINE_END}`);
  const total = head.length + payload.length;
  return Buffer.concat([
    Buffer.from(`HPUB ${subject} ${replyTo} ${head.length} ${total}${LINE_END}`),
    head,
    payload,
    Buffer.from(LINE_END),
  ]);
}

/** The status in a message's headers, such as 503 when nobody listens; undefined without one. */
export function statusIn(headers: string): number | undefined {
  const status = /^NATS\/1\.0 +(\d{3})/.exec(headers)?.[1];
  return status === undefined ? undefined : Number(status);
}
