import { type ByKey, lastBelow, writesByKey } from '../causal/byKey.ts';
import { Edges } from '../causal/edges.ts';
import { type CycleStep, findCycle, placeNodes } from '../causal/place.ts';
import { INITIAL, type Registers, WRITE } from '../causal/registers.ts';
import { grown } from '../linearizable/ints.ts';

/** Clocks larger than this many integers are not kept: 128 MB. */
const CLOCK_INTEGERS = 2 ** 25;
const MOST_ROUNDS = 64;

/** What must come before what in every order of all operations, as far as it follows step by step. */
export interface Saturation {
  /** Entry `v * sessions + s`: the first node of session `s` that need not come before `v`. Undefined when it would be too large. */
  readonly past: Int32Array | undefined;
  /** A contradiction, when there is one. */
  readonly conflict: Conflict | undefined;
  readonly steps: number;
}

/** A cycle of what must come before what, and the nodes that show it. */
export interface Conflict {
  readonly cycle: readonly CycleStep[];
  readonly core: readonly number[];
}

/**
 * Follows sessions, sources and their consequences for one order of all operations: a write that comes before a read of another
 * write of the key comes before that one too, and a read comes before any write of the key that its source comes before.
 * Ends when nothing follows any more, with a contradiction, or after a number of rounds; what was found is true in any case.
 */
export function saturate(registers: Registers): Saturation {
  return new Saturator(registers).run();
}

class Saturator {
  private readonly registers: Registers;
  private readonly writes: ByKey;
  private readonly edges: Edges = new Edges();
  /** How many edges there were when the round that added each began. */
  private readonly basis: number[] = [];
  /** Of each write (and, behind the nodes, each key for its initial value) the last read in each session: lists of reads. */
  private readonly lastReads: Int32Array;
  private readonly readStart: Int32Array;
  private firstInto: Int32Array;
  private nextInto: Int32Array = new Int32Array(16);
  private linked = 0;
  private steps = 0;

  constructor(registers: Registers) {
    this.registers = registers;
    this.writes = writesByKey(registers);
    const { starts, reads } = lastReadsOf(registers);
    this.readStart = starts;
    this.lastReads = reads;
    this.firstInto = new Int32Array(registers.count).fill(-1);
  }

  run(): Saturation {
    const { registers, edges } = this;
    const { count, sessions } = registers;
    const isSmall = count * sessions <= CLOCK_INTEGERS;
    if (isSmall) this.forceInitial();
    const past = isSmall ? new Int32Array(count * sessions) : undefined;
    for (let round = 0; ; round++) {
      const placement = placeNodes(registers, { edges });
      this.steps += placement.steps;
      if (!placement.complete) {
        const cycle = findCycle(registers, { edges }, placement);
        return { past: undefined, conflict: { cycle, core: this.coreOf(cycle) }, steps: this.steps };
      }
      if (past === undefined || round === MOST_ROUNDS)
        return { past, conflict: undefined, steps: this.steps };
      this.tick(past, placement.order);
      const before = edges.length;
      this.follow(past, before);
      if (edges.length === before) return { past, conflict: undefined, steps: this.steps };
    }
  }

  private add(from: number, to: number, read: number, basis: number): void {
    this.edges.add(from, to, read);
    this.basis.push(basis);
  }

  /** Every read of the initial value comes before every write of the key. */
  private forceInitial(): void {
    const { writes, registers, readStart, lastReads } = this;
    for (let k = 0; k < registers.keys; k++) {
      const end = readStart[registers.count + k + 1] as number;
      for (let at = readStart[registers.count + k] as number; at < end; at++) {
        const read = lastReads[at] as number;
        for (let i = writes.keyStart[k] as number; i < (writes.keyStart[k + 1] as number); i++) {
          this.add(read, writes.nodes[writes.start[i] as number] as number, read, 0);
        }
      }
    }
  }

  /** Fills in the clocks, along an order of all nodes. */
  private tick(past: Int32Array, order: Int32Array): void {
    const { registers, edges } = this;
    const { sessions, sessionOf, sessionStart, source } = registers;
    this.link();
    const take = (v: number, u: number): void => {
      const own = sessionOf[u] as number;
      for (let s = 0, to = v * sessions, from = u * sessions; s < sessions; s++, to++, from++) {
        const entry = s === own ? u + 1 : (past[from] as number);
        if (entry > (past[to] as number)) past[to] = entry;
      }
    };
    for (const v of order) {
      this.steps++;
      if (v > (sessionStart[sessionOf[v] as number] as number)) take(v, v - 1);
      else past.set(sessionStart.subarray(0, sessions), v * sessions);
      if ((source[v] as number) >= 0) take(v, source[v] as number);
      for (let e = this.firstInto[v] as number; e !== -1; e = this.nextInto[e] as number) {
        take(v, edges.from[e] as number);
      }
    }
  }

  private link(): void {
    const { edges } = this;
    while (this.nextInto.length < edges.length)
      this.nextInto = grown(this.nextInto, this.nextInto.length * 2);
    for (; this.linked < edges.length; this.linked++) {
      const to = edges.to[this.linked] as number;
      this.nextInto[this.linked] = this.firstInto[to] as number;
      this.firstInto[to] = this.linked;
    }
  }

  private follow(past: Int32Array, basis: number): void {
    const { registers, writes } = this;
    const { count, keyOf, source, sessions } = registers;
    for (let v = 0; v < count; v++) {
      const from = source[v] as number;
      if (from < 0 && from !== WRITE) continue;
      const key = keyOf[v] as number;
      const end = writes.keyStart[key + 1] as number;
      for (let i = writes.keyStart[key] as number; i < end; i++) {
        this.steps++;
        const write = lastBelow(writes, i, past[v * sessions + (writes.session[i] as number)] as number);
        if (write === -1 || write === from) continue;
        if (from === WRITE) this.readsBefore(write, v, past, basis);
        else if ((past[from * sessions + (writes.session[i] as number)] as number) <= write) {
          this.add(write, from, v, basis);
        }
      }
    }
  }

  /** `earlier` was replaced by `later`: all reads of it come before that. */
  private readsBefore(earlier: number, later: number, past: Int32Array, basis: number): void {
    const { readStart, lastReads, registers } = this;
    const { sessionOf, sessions } = registers;
    const end = readStart[earlier + 1] as number;
    for (let at = readStart[earlier] as number; at < end; at++) {
      const read = lastReads[at] as number;
      if ((past[later * sessions + (sessionOf[read] as number)] as number) <= read)
        this.add(read, later, read, basis);
    }
  }

  /** The nodes of a cycle, and those behind its forced steps. */
  private coreOf(cycle: readonly CycleStep[]): number[] {
    const { edges, registers } = this;
    const core = new Set<number>();
    const open: number[] = [];
    const known = new Set<number>();
    const ask = (from: number, to: number, read: number, limit: number): void => {
      for (let e = 0; e < limit; e++) {
        if (edges.from[e] !== from || edges.to[e] !== to || edges.read[e] !== read) continue;
        if (!known.has(e)) open.push(e);
        known.add(e);
        return;
      }
    };
    for (const step of cycle) {
      core.add(step.from);
      if (step.kind === 'seen') ask(step.from, step.to, step.read, edges.length);
    }
    for (let e = open.pop(); e !== undefined; e = open.pop()) {
      const [from, to, read] = [edges.from[e] as number, edges.to[e] as number, edges.read[e] as number];
      core.add(from).add(to).add(read);
      const source = registers.source[read] as number;
      if (source === INITIAL) continue;
      core.add(source);
      // A write ahead of a read, or the source of a read ahead of the write that replaced it.
      const way = from === read ? this.wayBetween(source, to, e) : this.wayBetween(from, read, e);
      for (const v of way.nodes) core.add(v);
      for (const over of way.edges) {
        if (!known.has(over)) open.push(over);
        known.add(over);
      }
    }
    return [...core];
  }

  /** How `from` came before `to` when edge `e` was added. */
  private wayBetween(from: number, to: number, e: number): { nodes: number[]; edges: number[] } {
    const { registers, edges } = this;
    const { sessionOf, sessionStart, source } = registers;
    this.link();
    const basis = this.basis[e] as number;
    const next = new Map<number, readonly [node: number, edge: number]>([[to, [-1, -1]]]);
    const queue = [to];
    for (const v of queue) {
      if (v === from) break;
      const visit = (u: number, edge: number): void => {
        if (next.has(u)) return;
        next.set(u, [v, edge]);
        queue.push(u);
      };
      if ((source[v] as number) >= 0) visit(source[v] as number, -1);
      for (let i = this.firstInto[v] as number; i !== -1; i = this.nextInto[i] as number) {
        if (i < basis) visit(edges.from[i] as number, i);
      }
      if (v > (sessionStart[sessionOf[v] as number] as number)) visit(v - 1, -1);
    }
    const way = { nodes: [] as number[], edges: [] as number[] };
    for (let v = from; v !== -1; ) {
      const step = next.get(v);
      if (step === undefined) break;
      way.nodes.push(v);
      if (step[1] !== -1) way.edges.push(step[1]);
      v = step[0];
    }
    return way;
  }
}

/** For each write, and for the initial value of each key behind the writes, the last read of it in each session. */
function lastReadsOf(registers: Registers): { starts: Int32Array; reads: Int32Array } {
  const { count, keys, source, keyOf, sessionOf } = registers;
  const versionOf = (v: number): number => {
    const from = source[v] as number;
    return from >= 0 ? from : from === INITIAL ? count + (keyOf[v] as number) : -1;
  };
  // Nodes come session by session, so the last read of a version in a session is the one before the session changes.
  const lastSeen = new Int32Array(count + keys).fill(-1);
  const isLast = new Uint8Array(count);
  const starts = new Int32Array(count + keys + 1);
  for (let v = 0; v < count; v++) {
    const version = versionOf(v);
    if (version === -1) continue;
    const before = lastSeen[version] as number;
    if (before !== -1 && sessionOf[before] === sessionOf[v]) isLast[before] = 0;
    else starts[version + 1] = (starts[version + 1] as number) + 1;
    isLast[v] = 1;
    lastSeen[version] = v;
  }
  for (let i = 0; i < count + keys; i++) starts[i + 1] = (starts[i + 1] as number) + (starts[i] as number);
  const next = starts.slice();
  const reads = new Int32Array(starts[count + keys] as number);
  for (let v = 0; v < count; v++) {
    if (isLast[v] === 0) continue;
    const version = versionOf(v);
    const at = next[version] as number;
    next[version] = at + 1;
    reads[at] = v;
  }
  return { starts, reads };
}
