import { type Dot, nextCounter } from '../clocks/dot.ts';
import { byCodeUnit, type Vector } from '../clocks/vector.ts';
import { type CausalContext, contextOf, joinContexts } from './causalContext.ts';

/** A causal context held in place, with actors numbered in the order they were met. Mutable. */
export class ContextIndex {
  private readonly names: string[] = [];
  private readonly indexes = new Map<string, number>();
  /** Per actor: all dots up to this counter have been seen. */
  private readonly reached: number[] = [];
  /** Per actor: dots seen beyond that, rarely any. */
  private readonly early: (Set<number> | undefined)[] = [];

  /** The number of an actor; it gets one when it is new. */
  actorIndex(name: string): number {
    let index = this.indexes.get(name);
    if (index === undefined) {
      index = this.names.length;
      this.indexes.set(name, index);
      this.names.push(name);
      this.reached.push(0);
      this.early.push(undefined);
    }
    return index;
  }

  actorName(index: number): string {
    return this.names[index] as string;
  }

  /** Whether a dot has been seen. */
  has(actor: number, counter: number): boolean {
    return counter <= (this.reached[actor] as number) || (this.early[actor]?.has(counter) ?? false);
  }

  /** Sees the next dot of an actor, above every one seen of it, and returns its counter. */
  advance(actor: number): number {
    let counter = this.reached[actor] as number;
    for (const seen of this.early[actor] ?? []) counter = Math.max(counter, seen);
    counter = nextCounter(this.actorName(actor), counter);
    this.see(actor, counter);
    return counter;
  }

  /** Sees all dots of another context. */
  join(context: CausalContext): void {
    const { actors, counters } = context.vector;
    for (let i = 0; i < actors.length; i++) {
      const actor = this.actorIndex(actors[i] as string);
      this.reached[actor] = Math.max(this.reached[actor] as number, counters[i] as number);
      this.settle(actor);
    }
    for (const [name, counter] of context.cloud) this.see(this.actorIndex(name), counter);
  }

  /** Dots seen before an earlier one of their actor. */
  get earlyDots(): number {
    return this.early.reduce((sum, dots) => sum + (dots?.size ?? 0), 0);
  }

  /** The context as plain data. */
  toContext(): CausalContext {
    const known = this.names.filter((_, i) => (this.reached[i] as number) > 0).sort(byCodeUnit);
    const vector: Vector = {
      actors: known,
      counters: known.map((name) => this.reached[this.indexes.get(name) as number] as number),
    };
    const cloud: Dot[] = this.names.flatMap((name, i) =>
      [...(this.early[i] ?? [])].map((counter): Dot => [name, counter]),
    );
    return joinContexts({ vector, cloud: [] }, contextOf(cloud));
  }

  private see(actor: number, counter: number): void {
    if (this.has(actor, counter)) return;
    if (counter === (this.reached[actor] as number) + 1) {
      this.reached[actor] = counter;
      this.settle(actor);
      return;
    }
    const early = this.early[actor] ?? new Set<number>();
    early.add(counter);
    this.early[actor] = early;
  }

  /** Lets early dots join on, and forgets those that are covered. */
  private settle(actor: number): void {
    const early = this.early[actor];
    if (!early) return;
    let reached = this.reached[actor] as number;
    for (const counter of early) if (counter <= reached) early.delete(counter);
    while (early.delete(reached + 1)) reached++;
    this.reached[actor] = reached;
    if (early.size === 0) this.early[actor] = undefined;
  }
}
