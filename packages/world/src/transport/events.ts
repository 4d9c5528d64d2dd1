/** How a connection ended. */
export type CloseReason =
  /** Both sides said all they had to say. */
  | 'finished'
  /** Nobody listens there. */
  | 'refused'
  /** No answer to the opening, or none that got through. */
  | 'connect-timeout'
  /** The other side does not know the connection, or does not want it any more. */
  | 'reset'
  /** What was sent was not acknowledged, however often it was repeated. */
  | 'timeout'
  /** Probes of a silent connection were not answered. */
  | 'keepalive'
  /** Nothing was said for longer than this side allows. */
  | 'idle'
  /** This side reset it. */
  | 'aborted';

/** What the owner of a connection hears. */
export interface StreamEvents {
  opened?(): void;
  /** There is something to read. */
  readable?(): void;
  /** There is room to write again, after a write that was not taken whole. */
  writable?(): void;
  /** The other side has said all: after what is readable nothing comes. */
  ended?(): void;
  closed?(why: CloseReason): void;
}

/** What a connection is at. */
export type StreamState = 'syn-sent' | 'syn-received' | 'established' | 'time-wait' | 'closed';

/** What was measured of a connection. */
export interface StreamFigures {
  readonly retransmits: number;
  readonly timeouts: number;
  readonly sentBytes: number;
  readonly retransmittedBytes: number;
  readonly duplicateBytes: number;
  readonly congestionWindow: number;
  readonly peerWindow: number;
  readonly mss: number;
  readonly smoothedUs: number;
  readonly openedUs: number;
  readonly idleUs: number;
  /** Time for which the receiver's closed window alone kept the sender back. */
  readonly windowClosedUs: number;
}
