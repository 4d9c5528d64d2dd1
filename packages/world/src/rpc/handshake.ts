import type { StreamConnection } from '../transport/index.ts';

/** How two ends come to trust each other, by its round trips (TLS 1.2: RFC 5246; 1.3: RFC 8446). */
export interface SecurityOptions {
  readonly version: '1.2' | '1.3';
  /** The client has a ticket of an earlier connection: no certificates are sent. */
  readonly resumes: boolean;
  /** With a ticket of 1.3: the first request goes with the first word. Whoever repeats that word repeats the request. */
  readonly earlyData: boolean;
}

/** Bytes of each word: hellos and finishes are small, certificates are not. */
const HELLO = 300;
const CERTIFICATES = 4_000;
const SHORT = 100;

/** Words in turn, the client's first: bytes of each. */
function words({ version, resumes }: SecurityOptions): readonly number[] {
  if (version === '1.3') return [HELLO, resumes ? SHORT : CERTIFICATES, SHORT];
  return resumes ? [HELLO, SHORT, SHORT] : [HELLO, CERTIFICATES, SHORT, SHORT];
}

/** Round trips before the client may send its first request, the transport's own not counted. */
export function roundTrips(options: SecurityOptions): number {
  if (options.earlyData && options.resumes && options.version === '1.3') return 0;
  return options.version === '1.2' && !options.resumes ? 2 : 1;
}

/**
 * Speaks the words of one end over a connection that is open or opening. `ready` is called when this end may speak for itself, with the bytes that the other
 * end has yet to say before it does: more than none only with early data. The events of the connection are this function's until then.
 */
export function secure(
  connection: StreamConnection,
  isClient: boolean,
  options: SecurityOptions,
  ready: (owed: number) => void,
  failed: (why: string) => void = () => undefined,
): void {
  const all = words(options);
  const isOurs = (i: number): boolean => (i % 2 === 0) === isClient;
  if (isClient && roundTrips(options) === 0) {
    for (const [i, bytes] of all.entries()) if (isOurs(i)) connection.write('s'.repeat(bytes));
    ready(all.reduce((sum, bytes, i) => sum + (isOurs(i) ? 0 : bytes), 0));
    return;
  }
  let at = 0;
  let left = all[0] ?? 0;
  const go = (): void => {
    while (at < all.length) {
      if (isOurs(at)) connection.write('s'.repeat(left));
      else left -= connection.read(left).length;
      if (!isOurs(at) && left > 0) return;
      left = all[++at] ?? 0;
    }
    ready(0);
  };
  connection.events = { opened: go, readable: go, closed: failed, ended: () => failed('ended') };
  if (!isClient || connection.state === 'established') go();
}
