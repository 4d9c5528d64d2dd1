import { INITIAL, type Registers, WRITE } from './registers.ts';

/** The writes (or the reads) of each key, session by session: segment `i` holds those of one session and one key. */
export interface ByKey {
  /** Key `k` has the segments from `keyStart[k]` up to, not including, `keyStart[k + 1]`. */
  readonly keyStart: Int32Array;
  readonly session: Int32Array;
  /** Segment `i` holds `nodes[start[i]]` up to, not including, `nodes[start[i + 1]]`, in the session's order. */
  readonly start: Int32Array;
  readonly nodes: Int32Array;
}

/** Sorts the writes by key and session. Linear. */
export function writesByKey(registers: Registers): ByKey {
  const { source } = registers;
  return sortByKey(registers, (v) => source[v] === WRITE);
}

/** Sorts the reads by key and session. Linear. */
export function readsByKey(registers: Registers): ByKey {
  const { source } = registers;
  return sortByKey(registers, (v) => (source[v] as number) >= INITIAL);
}

function sortByKey(registers: Registers, isWanted: (v: number) => boolean): ByKey {
  const { count, keys, keyOf, sessionOf } = registers;
  const next = new Int32Array(keys + 1);
  for (let v = 0; v < count; v++) {
    const k = keyOf[v] as number;
    if (isWanted(v)) next[k + 1] = (next[k + 1] as number) + 1;
  }
  for (let k = 0; k < keys; k++) next[k + 1] = (next[k + 1] as number) + (next[k] as number);
  const total = next[keys] as number;
  const ends = next.slice(1);
  const nodes = new Int32Array(total);
  // Nodes come session by session, so those of each key do too.
  for (let v = 0; v < count; v++) {
    if (!isWanted(v)) continue;
    const k = keyOf[v] as number;
    const at = next[k] as number;
    next[k] = at + 1;
    nodes[at] = v;
  }
  const keyStart = new Int32Array(keys + 1);
  const session = new Int32Array(total);
  const start = new Int32Array(total + 1);
  let segments = 0;
  for (let k = 0, at = 0; k < keys; k++) {
    keyStart[k] = segments;
    for (let last = -1; at < (ends[k] as number); at++) {
      const s = sessionOf[nodes[at] as number] as number;
      if (s === last) continue;
      last = s;
      session[segments] = s;
      start[segments++] = at;
    }
  }
  keyStart[keys] = segments;
  start[segments] = total;
  return { keyStart, session: session.subarray(0, segments), start: start.subarray(0, segments + 1), nodes };
}

/** The last node of a segment below `limit`; -1 when there is none. */
export function lastBelow(byKey: ByKey, segment: number, limit: number): number {
  const at = firstAt(byKey, segment, limit);
  return at === byKey.start[segment] ? -1 : (byKey.nodes[at - 1] as number);
}

/** Where in `nodes` the first node of a segment is that is `limit` or more; the segment's end when there is none. */
export function firstAt({ nodes, start }: ByKey, segment: number, limit: number): number {
  let low = start[segment] as number;
  let high = start[segment + 1] as number;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((nodes[middle] as number) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
