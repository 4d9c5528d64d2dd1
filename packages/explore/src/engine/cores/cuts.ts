import { BUDGETS, type Budget } from './shape.ts';

const NAMES: readonly string[] = [...BUDGETS, 'inFlight'];

/** Bounds that kept a step from being taken: noted where steps are worked out, and never forgotten. */
export class Cuts {
  private bits = 0;
  private readonly timers = new Set<string>();

  /** A step was left out as so many had been taken. */
  note(bound: number): void {
    this.bits |= bound;
  }

  /** A timer did not go off as it had gone off as often as it may; `bound` is its name, or `*`. */
  noteTimer(bound: string): void {
    this.timers.add(`timers.${bound}`);
  }

  /** Names as they stand in bounds, in order. */
  get all(): readonly string[] {
    return [...NAMES.filter((_, i) => (this.bits & (1 << i)) !== 0), ...this.timers].sort();
  }
}

/** A bound as `Cuts.note` takes it. */
export const CUTS: Readonly<Record<Budget | 'inFlight', number>> = Object.fromEntries(
  NAMES.map((name, i) => [name, 1 << i]),
) as Record<Budget | 'inFlight', number>;
