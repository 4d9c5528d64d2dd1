import { hashPlain, hashString } from '@holdfast/plain';

/** Where packets go: the id of a host, or an address that several hosts announce (anycast), from `ANYCAST` on. */
export type Address = number;

/** Addresses from here on belong to no single host. */
export const ANYCAST: Address = 1_000;

/** Headers of one stream segment: 20 bytes of network header and 20 of transport header. */
export const SEGMENT_HEADER_BYTES = 40;
/** Headers of one datagram: 20 and 8. */
export const DATAGRAM_HEADER_BYTES = 28;

/** Flags of a segment, to be added up. */
export const SYN = 1;
/** The segment acknowledges everything before `ack`. */
export const ACK = 2;
/** The sender has nothing more to say after this. */
export const FIN = 4;
/** The connection does not exist, or not any more. */
export const RST = 8;

/** Who speaks to whom: what every packet says, and what middleboxes read and rewrite. */
export interface Flow {
  readonly src: Address;
  readonly dst: Address;
  readonly srcPort: number;
  readonly dstPort: number;
}

/** One segment of a stream. Bytes travel as a text of code units 0 to 255, so that a packet is plain data. */
export interface Segment extends Flow {
  readonly kind: 'segment';
  readonly flags: number;
  /** Sequence number of the first byte; a SYN and a FIN take one number each. Numbers do not wrap. */
  readonly seq: number;
  readonly ack: number;
  /** Bytes that the sender of this segment has room for, from `ack` on. */
  readonly window: number;
  readonly data: string;
  readonly checksum: number;
  /** In a SYN: the largest `data` that the sender of the segment takes; 0 elsewhere. */
  readonly mss: number;
  /** Routers must not cut this packet up. */
  readonly df: boolean;
}

/** One datagram: it arrives whole, at most once for each copy the network makes, or not at all. */
export interface Datagram extends Flow {
  readonly kind: 'datagram';
  /** Plain data. */
  readonly data: unknown;
  readonly bytes: number;
  readonly df: boolean;
}

/** A router could not pass on a packet of the flow (turned round: `dst` is who sent it), as it is larger than `mtuBytes`. */
export interface TooBig extends Flow {
  readonly kind: 'too-big';
  readonly mtuBytes: number;
}

/** Anything on the wire. */
export type Packet = Segment | Datagram | TooBig;

/** A packet with all its headers, bytes. */
export function packetBytes(packet: Packet): number {
  if (packet.kind === 'segment') return SEGMENT_HEADER_BYTES + packet.data.length;
  return packet.kind === 'datagram' ? DATAGRAM_HEADER_BYTES + packet.bytes : 56;
}

/** The name of a flow, for tables. */
export function flowKey({ src, dst, srcPort, dstPort }: Flow): string {
  return `${src}:${srcPort}>${dst}:${dstPort}`;
}

/** The same flow seen from the other end. */
export function turned({ src, dst, srcPort, dstPort }: Flow): Flow {
  return { src: dst, dst: src, srcPort: dstPort, dstPort: srcPort };
}

/** What a packet is called in traces. */
export function packetLabel(payload: unknown): string {
  const packet = payload as Packet;
  if (packet.kind !== 'segment') return packet.kind;
  const names = [
    [SYN, 'SYN'],
    [FIN, 'FIN'],
    [RST, 'RST'],
  ] as const;
  const set = names.filter(([flag]) => (packet.flags & flag) !== 0).map(([, name]) => name);
  if (set.length > 0) return set.join(' ');
  return packet.data === '' ? 'ACK' : `${packet.data.length} bytes`;
}

/** The hash of a packet for the digest of a world: of a segment's head, whose checksum stands for what it carries. */
export function packetHash(payload: unknown): number {
  const packet = payload as Packet;
  if (packet.kind !== 'segment') return hashPlain(packet);
  const { seq, ack, checksum, flags } = packet;
  return hashString(`${flowKey(packet)} ${flags} ${seq} ${ack} ${checksum} ${packet.data.length}`);
}
