import { readActor } from '../clocks/boundary.ts';
import { compareDots, type Dot } from '../clocks/dot.ts';
import { byCodeUnit, vectorSum } from '../clocks/vector.ts';
import { type CausalContext, contextOf } from './causalContext.ts';
import { ContextIndex } from './contextIndex.ts';
import { DotIndex, NONE } from './dotIndex.ts';
import { ORSet } from './orSet.ts';

/**
 * One replica of a large observed-remove set: the same type as `ORSet` (its states and deltas are `ORSet` values), held
 * in place. An add, remove or lookup is O(1), joining a delta O(delta), joining a whole state O(set). CLEARLY MUTABLE:
 * mutators and `merge` change it; everything they return is plain and shares nothing with it.
 */
export class ORSetReplica {
  /** The name this replica adds under. A replica restored from an old copy needs a new one (`incarnation`). */
  readonly actor: string;
  private readonly firstSlots = new Map<string, number>();
  private readonly elements: string[] = [];
  private readonly dots = new DotIndex();
  private readonly context = new ContextIndex();

  constructor(actor: string) {
    this.actor = readActor(actor, 'actor');
  }

  /** A replica that holds a state (checked), to go on as `actor`. Throws `MalformedDeltaError`. */
  static from(actor: string, state: unknown): ORSetReplica {
    const replica = new ORSetReplica(actor);
    replica.merge(state);
    return replica;
  }

  /** How many elements are in. */
  get size(): number {
    return this.firstSlots.size;
  }

  /** Updates that arrived before an earlier one of their actor: a gauge that stays up while something is missing. */
  get earlyUpdates(): number {
    return this.context.earlyDots;
  }

  has(element: string): boolean {
    return this.firstSlots.has(element);
  }

  /** The elements, in no promised order. */
  values(): IterableIterator<string> {
    return this.firstSlots.keys();
  }

  /** The dots that keep an element in, ascending: what a reader must hand back to remove what it saw. */
  observed(element: string): readonly Dot[] {
    const dots: Dot[] = [];
    for (
      let slot = this.firstSlots.get(element) ?? NONE;
      slot !== NONE;
      slot = this.dots.next[slot] as number
    ) {
      dots.push(this.dotAt(slot));
    }
    return dots.sort(compareDots);
  }

  /** Adds an element, also when it is in already; returns the delta to ship. */
  add(element: string): ORSet {
    const replaced = this.observed(element);
    const actor = this.context.actorIndex(this.actor);
    const counter = this.context.advance(actor);
    let slot = this.firstSlots.get(element) ?? NONE;
    while (slot !== NONE) {
      const next = this.dots.next[slot] as number;
      this.drop(slot);
      slot = next;
    }
    this.hold(element, actor, counter);
    const dot: Dot = [this.actor, counter];
    return { entries: [[element, [dot]]], context: contextOf([...replaced, dot]) };
  }

  /**
   * Removes the adds of an element that are observed here, or those that `observed` lists, which a client read at
   * another replica and which need not have arrived here; returns the delta to ship.
   */
  remove(element: string, observed: readonly Dot[] = this.observed(element)): ORSet {
    const delta: ORSet = { entries: [], context: contextOf(observed) };
    this.absorb(delta);
    return delta;
  }

  /** Joins a state or delta from elsewhere (checked before anything changes). Throws `MalformedDeltaError`. */
  merge(delta: unknown): void {
    this.absorb(ORSet.parse(delta));
  }

  /** The whole state, canonical: what `ORSet.join` of the same updates gives. O(set). */
  state(): ORSet {
    const entries = [...this.firstSlots.keys()]
      .sort(byCodeUnit)
      .map((element) => [element, this.observed(element)] as const);
    return { entries, context: this.context.toContext() };
  }

  private absorb(delta: ORSet): void {
    const kept = new Set<number>();
    for (const [, dots] of delta.entries) {
      for (const [name, counter] of dots) kept.add(this.dots.find(this.context.actorIndex(name), counter));
    }
    for (const slot of this.slotsSeenBy(delta.context)) if (!kept.has(slot)) this.drop(slot);
    for (const [element, dots] of delta.entries) {
      for (const [name, counter] of dots) {
        const actor = this.context.actorIndex(name);
        if (this.context.has(actor, counter) || this.dots.find(actor, counter) !== NONE) continue;
        this.hold(element, actor, counter);
      }
    }
    this.context.join(delta.context);
  }

  /** The live dots that a context covers. */
  private slotsSeenBy({ vector, cloud }: CausalContext): readonly number[] {
    const slots: number[] = [];
    const look = (actor: number, counter: number) => {
      const slot = this.dots.find(actor, counter);
      if (slot !== NONE) slots.push(slot);
    };
    for (const [name, counter] of cloud) look(this.context.actorIndex(name), counter);
    const reached = new Map(
      vector.actors.map((name, i) => [this.context.actorIndex(name), vector.counters[i] ?? 0]),
    );
    if (vectorSum(vector) <= this.dots.size) {
      // A small delta: look its dots up. A large one: look at each live dot instead.
      for (const [actor, last] of reached)
        for (let counter = last; counter > 0; counter--) look(actor, counter);
      return slots;
    }
    const { actors, counters } = this.dots;
    this.dots.forEach((slot) => {
      if ((counters[slot] as number) <= (reached.get(actors[slot] as number) ?? 0)) slots.push(slot);
    });
    return slots;
  }

  private hold(element: string, actor: number, counter: number): void {
    const slot = this.dots.insert(actor, counter, this.firstSlots.get(element) ?? NONE);
    this.elements[slot] = element;
    this.firstSlots.set(element, slot);
  }

  private drop(slot: number): void {
    const element = this.elements[slot] as string;
    const next = this.dots.next[slot] as number;
    const first = this.firstSlots.get(element) as number;
    if (first !== slot) {
      let before = first;
      while (this.dots.next[before] !== slot) before = this.dots.next[before] as number;
      this.dots.next[before] = next;
    } else if (next === NONE) this.firstSlots.delete(element);
    else this.firstSlots.set(element, next);
    this.elements[slot] = '';
    this.dots.remove(slot);
  }

  private dotAt(slot: number): Dot {
    return [this.context.actorName(this.dots.actors[slot] as number), this.dots.counters[slot] as number];
  }
}
