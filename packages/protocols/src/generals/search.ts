import { type Adversary, everyBehaviour } from './adversary.ts';
import {
  brokenCondition,
  type Council,
  type CouncilBreak,
  type CouncilResult,
  type Order,
} from './council.ts';

/** What a search over councils found. */
export interface CouncilSearch {
  /** Councils held: placements of traitors, orders, and behaviours. */
  readonly examined: number;
  /** The first that broke a condition; undefined when none did. */
  readonly broken: CouncilBreak | undefined;
}

/**
 * Holds a council with every placement of so many traitors, both orders, and everything the traitors can do, until a condition is broken. Among
 * lieutenants only their number matters, so the first ones betray.
 */
export function searchCouncils(
  hold: (council: Council, adversary: Adversary) => CouncilResult,
  {
    generals,
    depth,
    traitors,
  }: { readonly generals: number; readonly depth: number; readonly traitors: number },
): CouncilSearch {
  let examined = 0;
  for (const placed of placements(traitors)) {
    // A traitor's order is whatever he says.
    const orders: readonly Order[] = placed.includes(0) ? ['attack'] : ['attack', 'retreat'];
    for (const order of orders) {
      const council: Council = { generals, depth, order, traitors: placed };
      for (const result of everyBehaviour((adversary) => hold(council, adversary))) {
        examined++;
        const condition = brokenCondition(council, result);
        if (condition !== undefined) return { examined, broken: { condition, council, result } };
      }
    }
  }
  return { examined, broken: undefined };
}

/** The commander and all but one of the first lieutenants, or the first lieutenants. */
function placements(traitors: number): readonly (readonly number[])[] {
  if (traitors === 0) return [[]];
  const lieutenants = Array.from({ length: traitors }, (_, i) => i + 1);
  return [[0, ...lieutenants.slice(0, -1)], lieutenants];
}
