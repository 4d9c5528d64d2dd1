/** What the owner of one stream hears. */
export interface MuxEvents {
  readable?(): void;
  /** There is room again, after a write that was not taken whole. */
  writable?(): void;
  ended?(): void;
  /** The stream is over without having ended: called off by the other side, or lost with its connection. */
  broken?(why: BrokenStream): void;
}

/** Why a stream broke. */
export type BrokenStream = 'cancelled' | 'connection-lost';

/** One ordered stream of bytes in each direction, among others between the same two ends. */
export interface MuxStream {
  readonly id: number;
  events: MuxEvents;
  /** Bytes that may be read, and those that wait here to be sent. */
  readonly readable: number;
  readonly waiting: number;
  /** Bytes that the other side has room for on this stream now. */
  readonly window: number;
  /** The other side has said all. */
  readonly hasEnded: boolean;
  /** How many bytes were taken: as many as there is room for. */
  write(data: string): number;
  read(most?: number): string;
  /** Nothing more will be written. */
  end(): void;
  /** The stream is called off, here and at the other side. */
  cancel(): void;
}

/** Many streams between two ends. */
export interface Mux {
  /** Opens a stream; undefined when as many are open as may be. */
  open(): MuxStream | undefined;
  /** Called for each stream that the other side opens. */
  onStream: (stream: MuxStream) => void;
  /** Called when a stream may be opened again. */
  onRoom: () => void;
  /** Called when the connection is gone, with all its streams. */
  onClosed: (why: string) => void;
  readonly isClosed: boolean;
  /** Streams that are open. */
  readonly openStreams: readonly MuxStream[];
  close(): void;
}

/** How streams share a connection. */
export interface MuxOptions {
  /** Streams that this end opens at once, at most. */
  readonly concurrent: number;
  /** Bytes that a stream's reader has room for. */
  readonly streamWindow: number;
  /** Bytes that wait to be sent on one stream, at most. */
  readonly sendBuffer: number;
}

/** Like HTTP/2: as many streams as wanted over one ordered connection. */
export const HTTP2_LIKE: MuxOptions = { concurrent: 100, streamWindow: 65_536, sendBuffer: 65_536 };
/** Like HTTP/1.1 without pipelining: one exchange at a time; more connections make more. */
export const HTTP1_LIKE: MuxOptions = { concurrent: 1, streamWindow: 65_536, sendBuffer: 65_536 };
/** Like HTTP/3: as many streams as wanted, each ordered for itself. */
export const HTTP3_LIKE: MuxOptions = { concurrent: 100, streamWindow: 65_536, sendBuffer: 65_536 };
