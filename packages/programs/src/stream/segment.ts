/**
 * What travels between two ends of a stream: plain data, so that recording, hashing and comparing are those of any message.
 * Sequence numbers count segments, not bytes: the opening is 0, each piece of data and the end take the next one.
 */
export interface Segment {
  /**
   * `open` asks for a connection; `data` and `end` carry the stream; `ack` acknowledges; `ask` wants an `ack` (the other end said
   * it is full); `reset` says that there is no such connection (any more).
   */
  readonly kind: 'open' | 'data' | 'end' | 'ack' | 'ask' | 'reset';
  /** Ports of the sender and of the receiver. */
  readonly source: number;
  readonly target: number;
  /** Drawn by the end that opens; tells a connection from an older one between the same ports. */
  readonly connection: number;
  readonly sequence: number;
  /** The sequence number the sender waits for: everything before it has arrived. */
  readonly acknowledged: number;
  /** The sender has room for more data. */
  readonly room: boolean;
  /** The bytes, one character each (latin1). */
  readonly text: string;
}

/** Bytes of data in one segment at most, as on an Ethernet link. */
export const SEGMENT_BYTES = 1460;
/** What a segment weighs beside its data: IP and TCP headers. */
const HEADER_BYTES = 40;

/** Size on the wire; for `WorldOptions.sizeOf`. */
export function segmentBytes(payload: unknown): number {
  return HEADER_BYTES + (payload as Segment).text.length;
}

/** `data 1460 B`, `ack`; for `WorldOptions.messageLabel`. */
export function segmentLabel(payload: unknown): string {
  const { kind, text } = payload as Segment;
  return kind === 'data' ? `data ${text.length} B` : kind;
}
