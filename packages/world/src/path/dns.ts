import type { Address, TransportStack } from '../transport/index.ts';

/** Where name servers and resolvers listen. */
export const NAME_PORT = 53;

/** How a question ended. */
export type NameStatus =
  | 'ok'
  /** The authority says that there is no such name. */
  | 'no-such-name'
  /** The server could not find out: its own authority did not answer, or it has too much to do. */
  | 'server-failed'
  | 'timeout';

/** What a name stands for, and how long that may be remembered. */
export interface NameRecord {
  readonly addresses: readonly Address[];
  readonly ttlUs: number;
}

/** An answer on the wire. */
export interface NameAnswer {
  readonly kind: 'answer';
  readonly id: number;
  readonly name: string;
  readonly status: NameStatus;
  readonly addresses: readonly Address[];
  readonly ttlUs: number;
}

/** A question on the wire. */
export interface NameQuestion {
  readonly kind: 'question';
  readonly id: number;
  readonly name: string;
}

/** Names that one authority answers for; `views` are what chosen askers are told instead (split horizon). */
export interface Zone {
  readonly records: Record<string, NameRecord>;
  /** How long it may be remembered that a name does not exist (RFC 2308). */
  readonly negativeTtlUs: number;
  readonly views?: readonly {
    readonly askers: readonly Address[];
    readonly records: Record<string, NameRecord>;
  }[];
}

/** Bytes of a question or an answer: small ones. */
export const NAME_BYTES = 80;

/** What an authority says of a name to whoever asks from an address. */
export function answerOf(zone: Zone, name: string, asker: Address): Omit<NameAnswer, 'kind' | 'id'> {
  const view = zone.views?.find(({ askers }) => askers.includes(asker));
  const record = (view?.records ?? zone.records)[name];
  if (record === undefined) return { name, status: 'no-such-name', addresses: [], ttlUs: zone.negativeTtlUs };
  return { name, status: 'ok', ...record };
}

/** Answers questions for a zone, which may change meanwhile. Returns how often each name was asked for, kept up to date. */
export function serveZone(stack: TransportStack, zone: Zone): Map<string, number> {
  const asked = new Map<string, number>();
  stack.bind(NAME_PORT, ({ src, dst, srcPort, dstPort, data }) => {
    const { id, name } = data as NameQuestion;
    asked.set(name, (asked.get(name) ?? 0) + 1);
    const answer: NameAnswer = { kind: 'answer', id, ...answerOf(zone, name, src) };
    const back = { src: dst, dst: src, srcPort: dstPort, dstPort: srcPort };
    stack.sendDatagram(back, answer, NAME_BYTES);
  });
  return asked;
}
