import type { Plain } from '@holdfast/plain';

/** The state of a specification: named variables of plain data. */
export type SpecState = Record<string, Plain | undefined> | object;

/** One element of a list, each in turn: the step is taken once for every element. An empty list means the step cannot be taken. */
export type Pick = <T>(items: readonly T[]) => T;

/** That states of one kind lead to states of another. */
export interface SpecLeadsTo<S extends object> {
  /** Default: every state, so that `to` must happen, and again from wherever a run goes. */
  readonly from?: (state: S) => boolean;
  readonly to: (state: S) => boolean;
}

/** One way the state may change. */
export interface SpecAction<S extends object> {
  readonly name: string;
  /**
   * Changes `state` in place, or answers false where the action is not enabled (changes made before that are forgotten). Must
   * depend on `state` and `pick` only. Values read are frozen: replace them, do not change them.
   */
  run(state: S, pick: Pick): boolean | void;
}

/**
 * A specification in the manner of TLA+: initial states and actions over shared variables. A variable that is an array or an object
 * counts as one part per element or key, fixed from the start; anything else, and whatever lies deeper, is one opaque value. What an action
 * reads and writes is noticed part by part and remembered: its code runs once for each distinct view it takes of the state.
 */
export interface Spec<S extends object> {
  readonly name: string;
  /** All initial states, of one shape. */
  readonly init: readonly S[];
  readonly actions: readonly SpecAction<S>[];
  /** What must hold in every state. */
  readonly always?: Readonly<Record<string, (state: S) => boolean>>;
  /** What must hold in some state. */
  readonly reachable?: Readonly<Record<string, (state: S) => boolean>>;
  /** What must hold in every state from which no action leads on. */
  readonly terminal?: Readonly<Record<string, (state: S) => boolean>>;
  /**
   * What must lead to what: in every run, each state of `from` is, or is followed by, a state of `to`. Runs may stop for ever where
   * no action of `fair` is enabled, and only there.
   */
  readonly leadsTo?: Readonly<Record<string, SpecLeadsTo<S>>>;
  /** Actions that are taken again and again when they are enabled from some point on (weak fairness), by name; `all` of them. Default none. */
  readonly fair?: 'all' | readonly string[];
  /** Peers that nothing but their index tells apart; see `PeerSymmetry`. */
  readonly symmetry?: PeerSymmetry;
}

/**
 * The array variables, all of one length, that are indexed by peer. Sound when no value anywhere names a peer and no action or
 * property tells peers apart: then states that differ by a permutation of the peers are one.
 */
export interface PeerSymmetry {
  readonly peers: readonly string[];
}

/** Thrown for a specification that cannot be explored. */
export class SpecError extends TypeError {
  readonly code = 'BAD_SPEC';
  readonly spec: string;
  constructor(spec: string, what: string) {
    super(`Cannot explore specification '${spec}' as ${what}`);
    this.name = 'SpecError';
    this.spec = spec;
  }
}
