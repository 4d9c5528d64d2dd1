/** The states of a protocol and, for each, those that may follow: literal types, so that the compiler knows them. */
export type ProtocolMoves = Readonly<Record<string, readonly string[]>>;

/** A state that was left already was asked to move again. */
export class SpentStateError extends Error {
  readonly code = 'SPENT_STATE';
  readonly state: string;
  constructor(state: string) {
    super(
      `Cannot move from '${state}' as a state must be left once: it was left before; go on from the state it led to`,
    );
    this.name = 'SpentStateError';
    this.state = state;
  }
}

/**
 * Where one run of a protocol stands, as a type: `to` takes only what may follow, so an illegal transition does not compile, and what is allowed in one
 * state alone can ask for a `Standing<M, 'that state'>`. What types cannot say, that a state is left once, is checked when it runs.
 */
export class Standing<const M extends ProtocolMoves, S extends keyof M & string> {
  readonly state: S;
  private readonly moves: M;
  private isSpent = false;
  /** Without it, two states would be the same type. */
  declare private readonly at: S;

  private constructor(moves: M, state: S) {
    this.moves = moves;
    this.state = state;
  }

  /** The beginning of a run. */
  static begin<const M extends ProtocolMoves, S extends keyof M & string>(
    moves: M,
    state: S,
  ): Standing<M, S> {
    return new Standing(moves, state);
  }

  /** The next state. Throws `SpentStateError` when this one was left before. */
  to<N extends M[S][number] & keyof M & string>(next: N): Standing<M, N> {
    if (this.isSpent) throw new SpentStateError(this.state);
    this.isSpent = true;
    return new Standing<M, N>(this.moves, next);
  }
}

/** Two-phase commit as its coordinator goes through it: nothing is decided that was not prepared, and nothing is decided twice. */
export const COMMIT_MOVES: {
  readonly working: readonly ['preparing', 'aborted'];
  readonly preparing: readonly ['committed', 'aborted'];
  readonly committed: readonly [];
  readonly aborted: readonly [];
} = {
  working: ['preparing', 'aborted'],
  preparing: ['committed', 'aborted'],
  committed: [],
  aborted: [],
};
