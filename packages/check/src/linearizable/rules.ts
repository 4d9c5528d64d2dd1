import type { LiveOperations } from './live.ts';

/** Which reductions the search uses; all of them unless a test compares. */
export interface Reductions {
  /** Observers legal in the present state are placed at once. */
  readonly eager: boolean;
  /** A configuration that used fewer unknown operations covers one that used more. */
  readonly dominance: boolean;
  /** Operations that cannot be told apart are placed in order of return. */
  readonly symmetry: boolean;
  /** An unknown operation is placed only right ahead of one that notices it. */
  readonly purpose: boolean;
  /** Of a register, unknown operations that nobody could have noticed are left out, or counted as one kind. */
  readonly idle: boolean;
  /** Unknown operations from which on that is worth looking for; 32 unless told otherwise. */
  readonly manyUnknown?: number;
  /** The model's `canReach` and `plan` are asked. */
  readonly foresight: boolean;
  /** Branches given up before `canReach` is asked; a few unless told otherwise, 0 asks at once. */
  readonly patience?: number;
}

/** What every judgement uses. */
export const ALL_REDUCTIONS: Reductions = {
  eager: true,
  dominance: true,
  symmetry: true,
  purpose: true,
  idle: true,
  foresight: true,
};

/** What the search needs to know of the sequential specification, by numbered states and classes. */
export interface Rules {
  readonly initial: number;
  /** The state after an operation of class `c` in state `s`, or -1 when it is illegal there. */
  next(s: number, c: number): number;
  /** 1 for classes that never change the state. */
  readonly observes: Int32Array;
  /** 1 for classes that are legal everywhere and lead to the same state from everywhere. */
  readonly overwrites: Int32Array;
}

/** What can be known of the observers to come. */
export interface Foresight {
  /**
   * The observer to look at: the one that returns next, at `event` or later, on the object that operation `placed` (-1: none)
   * was about; -1 when there is none.
   */
  nextObserver(event: number, placed: number): number;
  /** True when observer `i` is about the object that operation `placed` was about. */
  isSameObject(i: number, placed: number): boolean;
  /**
   * False when observer `i` can no longer be legal, from the present state. `isNext` says that it is the next one to return, else
   * it is open. `open` are the operations now open.
   */
  canReach(state: number, i: number, isNext: boolean, open: LiveOperations): boolean;
}

/** What a search is told. */
export interface SearchOptions {
  readonly reductions: Reductions;
  /** Called once, when the search has given up some branches. */
  readonly lookAhead?: (() => Foresight) | undefined;
  /** Collect the partial orders with which this event's return is reached. */
  readonly recordAt?: number | undefined;
}
