import type { Breach, Judgement } from './breach.ts';
import { tellSeen, tellWay } from './breach.ts';
import { Clocks } from './clocks.ts';
import { Edges } from './edges.ts';
import { causalPath, nodesOf } from './path.ts';
import { type CycleStep, findCycle, type Placement, placeNodes, positions } from './place.ts';
import { INITIAL, type Registers } from './registers.ts';
import { type ByKey, lastBelow, writesByKey } from './byKey.ts';

/**
 * Causal consistency (CC): every read can be explained by what comes before it. Broken by a cycle of causes, by a read of the
 * initial value behind a write, and by a read of a value that a later write, itself before the read, had replaced (Bouajjani,
 * Enea, Guerraoui, Hamza, On Verifying Causal Consistency, POPL 2017). One pass for each block of `lanes` sessions: as many as memory allows.
 */
export function judgeCausal(registers: Registers, lanes?: number): Judgement {
  const placement = placeNodes(registers);
  if (!placement.complete) return cyclic(registers, placement);
  const sweep = new Sweep(registers, placement.order, lanes);
  const steps = (): number => placement.steps + sweep.steps;
  if (sweep.unseen !== undefined) return { breach: unseenBreach(registers, sweep.unseen), steps: steps() };
  const stale = sweep.findStale();
  if (stale !== undefined) return { breach: staleBreach(registers, stale), steps: steps() };
  return { steps: steps(), order: placement.order };
}

/**
 * Causal convergence (CCv): besides, all sessions agree on one order of the writes, and every read returns the last one of
 * those before it. An order is guessed and every order that a read tells is compared with it; those it contradicts are kept
 * and it is guessed again, until none is contradicted or they form a cycle.
 */
export function judgeConverging(registers: Registers, lanes?: number): Judgement {
  const edges = new Edges();
  let placement = placeNodes(registers);
  if (!placement.complete) return cyclic(registers, placement);
  let steps = placement.steps;
  for (;;) {
    const sweep = new Sweep(registers, placement.order, lanes);
    steps += sweep.steps;
    if (sweep.unseen !== undefined) return { breach: unseenBreach(registers, sweep.unseen), steps };
    const { told } = sweep;
    if (told.length === 0) return { steps, order: placement.order };
    // What breaks causal consistency too is told more simply.
    const stale = sweep.findStale();
    if (stale !== undefined) return { breach: staleBreach(registers, stale), steps };
    for (let e = 0; e < told.length; e++) {
      edges.add(told.from[e] as number, told.to[e] as number, told.read[e] as number);
    }
    placement = placeNodes(registers, { edges });
    steps += placement.steps;
    if (!placement.complete) return { breach: divergence(registers, edges, placement), steps };
  }
}

function cyclic(registers: Registers, placement: Placement): Judgement {
  return { breach: breachOfCycle(findCycle(registers, {}, placement)), steps: placement.steps };
}

/** The breach of operations each of which would have to come before itself. */
export function breachOfCycle(cycle: readonly CycleStep[]): Breach {
  const core = nodesOf(cycle);
  const reads = cycle.filter((step) => step.kind === 'read').map((step) => step.to);
  return {
    blocking: reads[0] ?? core[0] ?? 0,
    core,
    tell: (say) => `Each of these would have to come before itself: ${tellWay([...core, core[0] ?? 0], say)}`,
  };
}

/** A write that comes before a read of the initial value. */
interface Unseen {
  readonly write: number;
  readonly read: number;
}

function unseenBreach(registers: Registers, { write, read }: Unseen): Breach {
  const path = causalPath(registers, write, read);
  return {
    blocking: read,
    core: path,
    tell: (say) =>
      `${say(read)}, the value before any write, although ${say(write)} had come before it` +
      (path.length > 2 ? `: ${tellWay(path.slice(0, -1), say)}, then the read` : ' in the same session'),
  };
}

/** A read of what `older` wrote, although `newer` comes between them. */
interface Stale {
  readonly older: number;
  readonly newer: number;
  readonly read: number;
}

function staleBreach(registers: Registers, { older, newer, read }: Stale): Breach {
  const toNewer = causalPath(registers, older, newer);
  const toRead = causalPath(registers, newer, read);
  return {
    blocking: read,
    core: [...new Set([...toNewer, ...toRead])],
    tell: (say) =>
      `${say(read)}, which was out of date: ${tellWay(toNewer, say)}, which replaced it, had come before the read` +
      (toRead.length > 2 ? ` by way of ${tellWay(toRead.slice(1, -1), say)}` : ' in the same session'),
  };
}

/** Reads that contradict one another about the order of writes. */
function divergence(registers: Registers, edges: Edges, placement: Placement): Breach {
  const cycle = findCycle(registers, { edges }, placement);
  const core = new Set(nodesOf(cycle));
  let blocking = -1;
  for (const step of cycle) {
    if (step.kind !== 'seen') continue;
    for (const v of causalPath(registers, step.from, step.read)) core.add(v);
    if (blocking === -1 || isLater(registers, step.read, blocking)) blocking = step.read;
  }
  return {
    blocking,
    core: [...core],
    tell: (say) => `The sessions cannot agree on one order of the writes: ${tellSeen(cycle, say)}`,
  };
}

function isLater(registers: Registers, a: number, b: number): boolean {
  const { operations } = registers;
  return (operations[a]?.id ?? 0) > (operations[b]?.id ?? 0);
}

/** One pass over all reads along an order that keeps sessions and sources. */
class Sweep {
  /** The orders of writes that reads tell and that `order` contradicts. */
  readonly told = new Edges();
  unseen: Unseen | undefined;
  private readonly registers: Registers;
  private readonly byKey: ByKey;
  private readonly places: Int32Array;
  private readonly clocks: Clocks;
  private comparisons = 0;

  constructor(registers: Registers, order: Int32Array, lanes: number | undefined) {
    this.registers = registers;
    this.byKey = writesByKey(registers);
    this.places = positions(order, registers.count);
    this.clocks = new Clocks(registers, order, lanes);
    this.clocks.sweep((read, clock, base, first, end) => this.look(read, clock, base, first, end));
  }

  get steps(): number {
    return this.clocks.steps + this.comparisons;
  }

  /** For each session of the block, its last write of the key before the read: is it older than the one read? */
  private look(read: number, clock: Int32Array, base: number, first: number, end: number): void {
    const { byKey, clocks, places, told } = this;
    const { keyOf, source } = this.registers;
    const writer = source[read] as number;
    const key = keyOf[read] as number;
    const last = byKey.keyStart[key + 1] as number;
    for (let i = byKey.keyStart[key] as number; i < last; i++) {
      const s = byKey.session[i] as number;
      if (s < first || s >= end) continue;
      this.comparisons++;
      const limit = clock[base + s] as number;
      const known = writer === INITIAL ? -1 : clocks.at(writer, s);
      if (limit <= known) continue;
      const write = lastBelow(byKey, i, limit);
      if (write < known || write === -1) continue;
      if (writer === INITIAL) this.unseen ??= { write, read };
      else if ((places[write] as number) > (places[writer] as number)) told.add(write, writer, read);
    }
  }

  /** A read whose source comes before a write that the read tells to be older. */
  findStale(): Stale | undefined {
    const { told, clocks } = this;
    const { sessions, sessionOf } = this.registers;
    for (let first = 0; first < sessions && told.length > 0; first += clocks.lanes) {
      clocks.show(first);
      for (let e = 0; e < told.length; e++) {
        const older = told.to[e] as number;
        const s = sessionOf[older] as number;
        if (s < first || s >= first + clocks.lanes) continue;
        const newer = told.from[e] as number;
        if (clocks.covers(newer, older)) return { older, newer, read: told.read[e] as number };
      }
    }
    return undefined;
  }
}
