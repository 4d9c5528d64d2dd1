import { ROW_KINDS } from './rows.ts';

/** What a step of the system is; the first word of its recipe. The second says about what, the third is the node's row. */
export const MOVES = { own: 0, deliver: 1, drop: 2, duplicate: 3, request: 4 } as const;

/** A request's second word: the client times this, plus the position among its targets. */
export const ASKS = 1024;

const OWN: readonly string[] = Object.keys(ROW_KINDS);

/** The kind of a step, from the first word of its recipe and the kind of its row. */
export function kindOfStep(move: number, row: number): string {
  if (move === MOVES.own) return OWN[row] ?? 'boot';
  return Object.keys(MOVES)[move] ?? '';
}
