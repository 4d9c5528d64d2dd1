import { assertInRange, assertWhole, BadOptionError } from '../models/optionError.ts';

/** Ways to build a stream transport wrong; each breaks one guarantee. */
export type StreamDefect =
  /** Bytes are handed over as they arrive: order is lost. */
  | 'delivers-as-it-comes'
  /** What is lost stays lost. */
  | 'never-resends'
  /** The checksum is not looked at. */
  | 'trusts-every-segment'
  /** The sender does not look at the receiver's window. */
  | 'ignores-window'
  /** Bytes that come again are handed over again. */
  | 'keeps-duplicates';

/** Probing a connection on which nothing is heard. */
export interface KeepaliveOptions {
  /** Silence after which the first probe is sent. */
  readonly idleUs: number;
  readonly intervalUs: number;
  /** Probes that may go unanswered before the connection is given up. */
  readonly probes: number;
}

/** Every knob of a stream transport. Times in microseconds, sizes in bytes. */
export interface StreamOptions {
  /** Largest packet of the own link, headers included. */
  readonly mtuBytes: number;
  /**
   * `discovery`: packets say that they must not be cut up, and routers' answers make them smaller (RFC 1191). `probing`: they also get smaller when
   * large ones vanish without an answer (RFC 4821). `fragment`: routers may cut them up.
   */
  readonly pathMtu: 'discovery' | 'probing' | 'fragment';
  readonly sendBufferBytes: number;
  readonly receiveBufferBytes: number;
  /** Congestion window to begin with, in segments (10: RFC 6928). */
  readonly initialWindowSegments: number;
  /** Whether the congestion window doubles each round trip until the first loss, or only grows by a segment each. */
  readonly slowStart: boolean;
  /** `reno`: halves at a loss (RFC 5681, 6582). `none`: sends whatever the receiver has room for. */
  readonly congestion: 'reno' | 'none';
  /** Before there is a measured round trip, and bounds afterwards (RFC 6298). */
  readonly initialRtoUs: number;
  readonly minRtoUs: number;
  readonly maxRtoUs: number;
  /** Each further wait is this many times longer. */
  readonly backoff: number;
  /** Repetitions of one segment before the connection is given up; of a SYN likewise. */
  readonly maxRetransmits: number;
  readonly synRetries: number;
  readonly keepalive: KeepaliveOptions | null;
  /** A connection without data in either direction for so long is reset; 0: never. */
  readonly idleTimeoutUs: number;
  /** Half-open connections that a listener holds at most; further SYNs are dropped. */
  readonly synBacklog: number;
  /** Connections that wait to be accepted at most. */
  readonly acceptQueue: number;
  /** What becomes of a connection that finds the accept queue full: it is ignored, and tries again, or is reset. */
  readonly acceptOverflow: 'ignore' | 'reset';
  /** Local ports of outgoing connections, both included. */
  readonly ephemeralPorts: readonly [number, number];
  /** How long the side that closes first keeps the connection's name taken. */
  readonly timeWaitUs: number;
  readonly defect: StreamDefect | null;
}

/** What most systems begin with, times a data centre's. */
export const STREAM_DEFAULTS: StreamOptions = {
  mtuBytes: 1_500,
  pathMtu: 'discovery',
  sendBufferBytes: 65_536,
  receiveBufferBytes: 65_536,
  initialWindowSegments: 10,
  slowStart: true,
  congestion: 'reno',
  initialRtoUs: 1_000_000,
  minRtoUs: 200_000,
  maxRtoUs: 60_000_000,
  backoff: 2,
  maxRetransmits: 8,
  synRetries: 4,
  keepalive: null,
  idleTimeoutUs: 0,
  synBacklog: 128,
  acceptQueue: 128,
  acceptOverflow: 'ignore',
  ephemeralPorts: [32_768, 60_999],
  timeWaitUs: 60_000_000,
  defect: null,
};

const MAX_US = Number.MAX_SAFE_INTEGER;

/** The defaults with some knobs turned. Throws `BadOptionError` naming a knob out of range. */
export function streamOptions(turned: Partial<StreamOptions> = {}): StreamOptions {
  const options: StreamOptions = { ...STREAM_DEFAULTS, ...turned };
  assertWhole('mtuBytes', options.mtuBytes, 68, 65_535);
  for (const name of ['sendBufferBytes', 'receiveBufferBytes'] as const)
    assertWhole(name, options[name], 1, 1 << 30);
  assertWhole('initialWindowSegments', options.initialWindowSegments, 1, 1_000);
  assertWhole('minRtoUs', options.minRtoUs, 1, MAX_US);
  assertWhole('maxRtoUs', options.maxRtoUs, options.minRtoUs, MAX_US);
  assertWhole('initialRtoUs', options.initialRtoUs, 1, options.maxRtoUs);
  assertInRange('backoff', options.backoff, 1, 10);
  for (const name of ['maxRetransmits', 'synRetries'] as const) assertWhole(name, options[name], 0, 1_000);
  for (const name of ['synBacklog', 'acceptQueue'] as const) assertWhole(name, options[name], 1, 1_000_000);
  for (const name of ['idleTimeoutUs', 'timeWaitUs'] as const) assertWhole(name, options[name], 0, MAX_US);
  const [first, last] = options.ephemeralPorts;
  assertWhole('ephemeralPorts', first, 1, 65_535);
  assertWhole('ephemeralPorts', last, first, 65_535);
  if (options.keepalive !== null) {
    const { idleUs, intervalUs, probes } = options.keepalive;
    assertWhole('keepalive.idleUs', idleUs, 1, MAX_US);
    assertWhole('keepalive.intervalUs', intervalUs, 1, MAX_US);
    assertWhole('keepalive.probes', probes, 1, 1_000);
  }
  if (options.initialRtoUs < options.minRtoUs)
    throw new BadOptionError('initialRtoUs', options.initialRtoUs, `at least minRtoUs, ${options.minRtoUs}`);
  return options;
}
