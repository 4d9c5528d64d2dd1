import { type Breach, type Judgement, tellSeen } from './breach.ts';
import { grown } from '../linearizable/ints.ts';
import { type ByKey, firstAt, readsByKey } from './byKey.ts';
import { breachOfCycle, judgeCausal } from './causality.ts';
import { Edges } from './edges.ts';
import { findCycle, type PlaceOptions, placeNodes, positions } from './place.ts';
import { INITIAL, type Registers, WRITE } from './registers.ts';
import { Trail } from './trail.ts';

/** Which orders a session's view of the writes must keep beside that of its own reads and of every session's writes. */
export type ViewKind =
  /** None: PRAM. */
  | 'pram'
  /** What other sessions read comes before what they did next: causal memory. */
  | 'causal-memory';

/**
 * PRAM and causal memory (CM): each session can put all writes and its own reads into one order that explains those reads
 * (Lipton and Sandberg 1988; Ahamad and others, Causal memory, 1995). Per session the orders that its reads force are followed
 * until there are no more, and must be free of cycles (the bad patterns of Bouajjani and others, POPL 2017).
 */
export function judgeViews(registers: Registers, kind: ViewKind): Judgement {
  const placement = placeNodes(registers);
  let { steps } = placement;
  if (!placement.complete && kind === 'causal-memory') {
    return { breach: breachOfCycle(findCycle(registers, {}, placement)), steps };
  }
  const guess = placement.complete ? positions(placement.order, registers.count) : undefined;
  const view = new View(registers, kind, guess);
  for (let s = 0; s < registers.sessions; s++) {
    if (view.holds(s)) continue;
    steps += view.steps;
    // What breaks causal consistency too is told more simply.
    const simple = kind === 'causal-memory' ? judgeCausal(registers) : undefined;
    steps += simple?.steps ?? 0;
    if (simple?.breach !== undefined) return { breach: simple.breach, steps };
    const again = new View(registers, kind, guess, new Trail());
    again.holds(s);
    return { breach: again.breach(), steps: steps + again.steps };
  }
  steps += view.steps;
  return { steps };
}

const UNSEEN = 0x7fff_ffff;
const FIRST_STACK = 1024;

/** One session's view at a time. A node's level is the first read of the session that it must come before. */
class View {
  steps = 0;
  private readonly registers: Registers;
  private readonly kind: ViewKind;
  /** Places in an order of all nodes, when there is one: forced orders that agree with it cannot form a cycle. */
  private readonly guess: Int32Array | undefined;
  /** Remembers the reasons; only when they are asked for. */
  private readonly trail: Trail | undefined;
  private readonly reads: ByKey;
  /** The segment of the session's reads of each key, or -1. */
  private readonly segmentOf: Int32Array;
  private readonly level: Int32Array;
  /** Forced orders into each node, as lists through `edges`; and the last one out of each. */
  private readonly firstInto: Int32Array;
  private readonly lastFrom: Int32Array;
  private nextInto: Int32Array = new Int32Array(FIRST_STACK);
  private readonly edges = new Edges();
  /** Writes whose level changed. */
  private readonly changed: number[] = [];
  /** Of what is still to be reached: the node, the trail's step behind it, the forced order to that. */
  private stack: Int32Array = new Int32Array(FIRST_STACK);
  private depth = 0;
  private session = 0;
  private unexplained: { readonly write: number; readonly read: number } | undefined;

  constructor(registers: Registers, kind: ViewKind, guess: Int32Array | undefined, trail?: Trail) {
    this.registers = registers;
    this.kind = kind;
    this.guess = guess;
    this.trail = trail;
    this.reads = readsByKey(registers);
    this.segmentOf = new Int32Array(registers.keys);
    this.level = new Int32Array(registers.count);
    this.firstInto = new Int32Array(registers.count);
    this.lastFrom = new Int32Array(registers.count);
  }

  /** True when the session has a view. */
  holds(s: number): boolean {
    const { sessionStart, source } = this.registers;
    this.begin(s);
    const end = sessionStart[s + 1] as number;
    for (let v = sessionStart[s] as number; v < end; v++) {
      if ((source[v] as number) < INITIAL) continue;
      this.push(v, -1, -1);
      this.reach(v);
      this.follow();
      if (this.unexplained !== undefined) return false;
    }
    return this.isOrdered();
  }

  /** Why the last session looked at, with a trail, has no view. */
  breach(): Breach {
    return this.unexplained === undefined ? this.cycleBreach() : this.unseenBreach(this.unexplained);
  }

  private begin(s: number): void {
    this.level.fill(UNSEEN);
    this.firstInto.fill(-1);
    this.lastFrom.fill(-1);
    this.edges.clear();
    this.session = s;
    this.segmentOf.fill(-1);
    const { keyStart, session } = this.reads;
    for (let k = 0; k < this.registers.keys; k++) {
      const end = keyStart[k + 1] as number;
      for (let i = keyStart[k] as number; i < end; i++) if (session[i] === s) this.segmentOf[k] = i;
    }
  }

  private push(v: number, way: number, edge: number): void {
    if (this.depth + 3 > this.stack.length) this.stack = grown(this.stack, this.stack.length * 2);
    this.stack[this.depth++] = v;
    this.stack[this.depth++] = way;
    this.stack[this.depth++] = edge;
  }

  /** What is on the stack, and all that must come before it, comes before this read. */
  private reach(read: number): void {
    const { level, firstInto, registers, session, trail, edges } = this;
    const { sessionOf, sessionStart, source } = registers;
    const all = this.kind === 'causal-memory';
    while (this.depth > 0) {
      this.depth -= 3;
      const last = this.stack[this.depth] as number;
      const via = this.stack[this.depth + 1] as number;
      const over = this.stack[this.depth + 2] as number;
      let end = -1;
      const s = sessionOf[last] as number;
      const begin = sessionStart[s] as number;
      for (let v = last; v >= begin && (level[v] as number) > read; v--) {
        this.steps++;
        level[v] = read;
        // Those before the last of a stretch come before that, which is all there is to say of what lies between.
        const way = trail === undefined ? -1 : v === last ? trail.step(v, via, over) : trail.step(v, end, -1);
        if (v === last) end = way;
        const from = source[v] as number;
        if (from >= 0) {
          if ((all || s === session) && (level[from] as number) > read) this.push(from, way, -1);
          continue;
        }
        if (from !== WRITE) continue;
        this.changed.push(v);
        for (let e = firstInto[v] as number; e !== -1; e = this.nextInto[e] as number) {
          const earlier = edges.from[e] as number;
          if ((level[earlier] as number) > read) this.push(earlier, way, e);
        }
      }
    }
  }

  /** Adds the orders forced by the levels that changed, and what follows from them. */
  private follow(): void {
    const { changed, level, registers, reads, segmentOf } = this;
    for (let w = changed.pop(); w !== undefined; w = changed.pop()) {
      const segment = segmentOf[registers.keyOf[w] as number] as number;
      if (segment === -1) continue;
      const end = reads.start[segment + 1] as number;
      for (let at = firstAt(reads, segment, level[w] as number); at < end; at++) {
        const read = reads.nodes[at] as number;
        const seen = registers.source[read] as number;
        if (seen === w) continue;
        // Later reads need no order of their own: what was written between is ahead of them already.
        if (seen === INITIAL) this.unexplained ??= { write: w, read };
        else if (this.lastFrom[w] !== seen) this.force(w, seen, read);
        break;
      }
    }
  }

  private force(from: number, to: number, read: number): void {
    const { firstInto, edges, level } = this;
    const edge = edges.length;
    if (edge === this.nextInto.length) this.nextInto = grown(this.nextInto, edge * 2);
    this.nextInto[edge] = firstInto[to] as number;
    firstInto[to] = edge;
    this.lastFrom[from] = to;
    edges.add(from, to, read);
    this.trail?.edge(from);
    this.steps++;
    const rank = level[to] as number;
    if (rank >= (level[from] as number)) return;
    this.push(from, this.trail?.at(to) ?? -1, edge);
    this.reach(rank);
  }

  private isOrdered(): boolean {
    const { guess, edges } = this;
    if (guess !== undefined) {
      let agrees = true;
      for (let e = 0; e < edges.length && agrees; e++) {
        agrees = (guess[edges.from[e] as number] as number) < (guess[edges.to[e] as number] as number);
      }
      if (agrees) return true;
    }
    const placement = placeNodes(this.registers, this.options());
    this.steps += placement.steps;
    return placement.complete;
  }

  private options(): PlaceOptions {
    const { level, registers, edges, session } = this;
    const { sessions, sessionStart } = registers;
    const ends = sessionStart.slice(0, sessions);
    for (let s = 0; s < sessions; s++) {
      let end = sessionStart[s] as number;
      while (end < (sessionStart[s + 1] as number) && level[end] !== UNSEEN) end++;
      ends[s] = end;
    }
    return this.kind === 'pram' ? { edges, ends, onlyReadsOf: session } : { edges, ends };
  }

  private unseenBreach({ write, read }: { readonly write: number; readonly read: number }): Breach {
    const core = new Set([read]);
    this.trail?.collect(this.trail.at(write), this.edges, core);
    return {
      blocking: read,
      core: [...core],
      tell: (say) =>
        `${say(read)}, the value before any write, although ${say(write)} must come before it in any order that explains ` +
        'what the session read',
    };
  }

  private cycleBreach(): Breach {
    const options = this.options();
    const cycle = findCycle(this.registers, options, placeNodes(this.registers, options));
    if (cycle.every((step) => step.kind !== 'seen')) return breachOfCycle(cycle);
    const core = new Set<number>();
    let blocking = -1;
    for (const step of cycle) {
      core.add(step.from);
      if (step.kind !== 'seen') continue;
      this.trail?.collectEdge(step, this.edges, core);
      if (step.read > blocking) blocking = step.read;
    }
    return {
      blocking,
      core: [...core],
      tell: (say) => `No order of the writes explains what one session read: ${tellSeen(cycle, say)}`,
    };
  }
}
