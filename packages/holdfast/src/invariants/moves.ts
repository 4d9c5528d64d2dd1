import type { PatternVerdict } from '../subjects/patterns/running.ts';
import { isState, type StateMachine } from './stateMachine.ts';

/** A state that something came into, in the order in which it did. */
export interface Move {
  /** What moved: a job. */
  readonly id: string;
  readonly to: string;
  /** True time, microseconds. */
  readonly atUs: number;
}

/** Every move of every thing is one that the machine has, and each begins in the first state. */
export function movesLegally<S extends string>(
  promise: string,
  machine: StateMachine<S>,
  moves: readonly Move[],
): PatternVerdict {
  const states = new Map<string, S>();
  const examined = moves.length;
  for (const { id, to, atUs } of moves) {
    const from = states.get(id);
    const isLegal = from === undefined ? to === machine.initial : machine.moves[from].some((s) => s === to);
    if (isLegal && isState(machine, to)) states.set(id, to);
    else {
      const reason = `${id} went from ${from ?? 'nothing'} to ${to} at ${(atUs / 1_000_000).toFixed(3)} s, which is no move`;
      return { promise, kept: false, reason, examined };
    }
  }
  return { promise, kept: true, reason: `${examined} moves of ${states.size} were legal`, examined };
}
