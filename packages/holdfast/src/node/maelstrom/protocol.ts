import type { Plain } from '@holdfast/plain';

/** What a message says: its type, and whatever that type has. */
export interface Body {
  readonly type: string;
  readonly msg_id?: number;
  readonly in_reply_to?: number;
  readonly [field: string]: Plain | undefined;
}

/** A message as it stands on one line of standard input or output. */
export interface Envelope {
  /** Numbers deliveries; only on what nodes are given. */
  readonly id?: number;
  readonly src: string;
  readonly dest: string;
  readonly body: Body;
}

/** Codes of errors below 1000, and whether what was asked certainly did not happen. Any other code says nothing of that. */
const DEFINITE: ReadonlyMap<number, string> = new Map([
  [1, 'node not found'],
  [10, 'not supported'],
  [11, 'temporarily unavailable'],
  [12, 'malformed request'],
  [14, 'abort'],
  [20, 'key does not exist'],
  [21, 'key already exists'],
  [22, 'precondition failed'],
  [30, 'transaction conflict'],
]);

/** Codes that services and workloads speak of. */
export const ERROR = { notSupported: 10, malformed: 12, noSuchKey: 20, precondition: 22 } as const;

/** Whether an error says for certain that what was asked did not happen. */
export function isDefinite(code: number): boolean {
  return DEFINITE.has(code);
}

/** An error in words: `error 22 (precondition failed): current value is 4`. */
export function errorWords({ code, text }: Body): string {
  const name = DEFINITE.get(Number(code));
  const told = typeof text === 'string' && text !== '' ? `: ${text}` : '';
  return `error ${JSON.stringify(code)}${name === undefined ? '' : ` (${name})`}${told}`;
}

/** The envelope that a line holds; a sentence that says what is wrong with it where it holds none. */
export function readEnvelope(line: string): Envelope | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'it is no JSON';
  }
  if (typeof value !== 'object' || value === null) return 'it is no object';
  const { src, dest, body } = value as Partial<Record<keyof Envelope, unknown>>;
  if (typeof src !== 'string' || typeof dest !== 'string') return "'src' and 'dest' must be names";
  if (typeof body !== 'object' || body === null) return "'body' must be an object";
  if (typeof (body as { readonly type?: unknown }).type !== 'string') return "'body.type' must be a text";
  return value as Envelope;
}
