/** The states something can be in, and the moves between them; every other move is illegal. */
export interface StateMachine<S extends string> {
  readonly initial: S;
  /** For each state those it may be followed by; a state without any is final. */
  readonly moves: Readonly<Record<S, readonly S[]>>;
}

/** Moves that were asked for and refused: plain data, kept beside what they were refused for. */
export interface RefusedMoves {
  total: number;
  /** By `from -> to`; what is no state at all stands there as `?`. */
  readonly by: Record<string, number>;
}

/** Nothing refused yet. */
export function noRefusals(): RefusedMoves {
  return { total: 0, by: {} };
}

/** Whether a value is one of the machine's states. */
export function isState<S extends string>({ moves }: StateMachine<S>, value: unknown): value is S {
  return typeof value === 'string' && Object.hasOwn(moves, value);
}

/** Whether nothing follows a state. */
export function isFinal<S extends string>({ moves }: StateMachine<S>, state: S): boolean {
  return moves[state].length === 0;
}

/**
 * The state after somebody asked for a move: the one asked for when the machine has that move, else the one before, and the refusal is
 * counted. To stay is no move: it is neither refused nor counted. `to` may be anything that came over a network.
 */
export function attemptMove<S extends string>(
  machine: StateMachine<S>,
  refused: RefusedMoves,
  from: S,
  to: unknown,
): S {
  if (to === from) return from;
  if (isState(machine, to) && machine.moves[from].includes(to)) return to;
  const name = `${from} -> ${isState(machine, to) ? to : '?'}`;
  refused.total++;
  refused.by[name] = (refused.by[name] ?? 0) + 1;
  return from;
}

/** Whether a run of moves leads from one state to another; none leads from a state to itself, too. */
export function leadsTo<S extends string>({ moves }: StateMachine<S>, from: S, to: S): boolean {
  const seen = new Set<S>([from]);
  for (const state of seen) for (const next of moves[state]) seen.add(next);
  return seen.has(to);
}
