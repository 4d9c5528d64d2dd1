/** What went into a stream at one end, and what came out at the other. */
export interface StreamRun {
  readonly written: string;
  readonly read: string;
  /** Whether both ends closed in peace, so that everything must have come. */
  readonly finished: boolean;
  /** Bytes that came although the receiver had said that it had no room. */
  readonly beyondWindowBytes: number;
}

/** A guarantee of a stream transport (S2.4), good for one connection only. */
export type StreamGuarantee = 'ordered' | 'duplicate-free' | 'error-free' | 'complete' | 'flow-controlled';

/** A guarantee seen broken, and where. */
export interface StreamBreach {
  readonly guarantee: StreamGuarantee;
  readonly reason: string;
}

/** Bytes compared at once when a place is looked for. */
const PIECE = 8;

/**
 * Judges one direction of one connection. Pieces of `PIECE` bytes of what was written must be unlike each other, so that one can be told from
 * a repetition: `numbered` makes such a text.
 */
export function judgeStream({ written, read, finished, beyondWindowBytes }: StreamRun): StreamBreach[] {
  const breaches: StreamBreach[] = [];
  if (beyondWindowBytes > 0)
    breaches.push({
      guarantee: 'flow-controlled',
      reason: `${beyondWindowBytes} bytes came for which there was no room`,
    });
  const at = firstDifference(written, read);
  if (at < read.length) breaches.push(misplaced(written, read, at));
  else if (finished && read.length < written.length)
    breaches.push({
      guarantee: 'complete',
      reason: `${read.length} of ${written.length} bytes came, and the connection ended in peace`,
    });
  return breaches;
}

/** A text of numbers, each eight characters wide: wherever one stands, it tells where it belongs. */
export function numbered(bytes: number): string {
  const count = Math.ceil(bytes / PIECE);
  return Array.from({ length: count }, (_, i) => String(i).padStart(PIECE, '0'))
    .join('')
    .slice(0, bytes);
}

function firstDifference(a: string, b: string): number {
  let at = 0;
  while (at < a.length && at < b.length && a[at] === b[at]) at++;
  return at;
}

function misplaced(written: string, read: string, at: number): StreamBreach {
  const place = Math.floor(at / PIECE) * PIECE;
  const found = [...Array(PIECE).keys()]
    .map((shift) => written.indexOf(read.slice(at + shift, at + shift + PIECE)))
    .find((from) => from >= 0);
  const here = `at byte ${at}`;
  const again = at + 2 * PIECE;
  const goesOn = read.slice(again, again + PIECE) === written.slice(again, again + PIECE);
  // What follows is where it belongs, or they stand nowhere in what was written: they were altered. They stand further on: they are early. They stood
  // before: they came again.
  if (goesOn || found === undefined)
    return { guarantee: 'error-free', reason: `${here} bytes came that nobody wrote` };
  if (found > place + PIECE)
    return { guarantee: 'ordered', reason: `${here} came what belongs to byte ${found}` };
  return { guarantee: 'duplicate-free', reason: `${here} came byte ${found} again` };
}
