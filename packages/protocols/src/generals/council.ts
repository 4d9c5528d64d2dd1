/** What is to be done. Who hears nothing retreats. */
export type Order = 'attack' | 'retreat';

/** Generals are numbered from 0; 0 commands, the others are his lieutenants. */
export type General = number;

/** Who takes part, and who betrays. */
export interface Council {
  /** n: the commander and n - 1 lieutenants; at least 2. */
  readonly generals: number;
  /** m: rounds of relaying, so many traitors the algorithm is meant to bear. From 0 to n - 2. */
  readonly depth: number;
  readonly order: Order;
  readonly traitors: readonly General[];
}

/** How a council ended. */
export interface CouncilResult {
  /** What each loyal lieutenant does. */
  readonly decisions: ReadonlyMap<General, Order>;
  /** Messages sent. */
  readonly messages: number;
}

/** A condition of interactive consistency broken (Lamport, Shostak and Pease 1982, section 1). */
export interface CouncilBreak {
  /** IC1: loyal lieutenants obey the same order. IC2: they obey the order a loyal commander sent. */
  readonly condition: 'IC1' | 'IC2';
  readonly council: Council;
  readonly result: CouncilResult;
}

/** Thrown for a council that cannot be held. */
export class CouncilError extends RangeError {
  readonly code = 'BAD_COUNCIL';
  readonly council: Council;
  constructor(council: Council, must: string) {
    super(
      `Cannot hold a council as ${must}: current values are ${council.generals} generals, depth ${council.depth}, ` +
        `traitors ${JSON.stringify(council.traitors)}; correct them`,
    );
    this.name = 'CouncilError';
    this.council = council;
  }
}

/** Throws `CouncilError` for a council that cannot be held. */
export function checkCouncil(council: Council): void {
  const { generals, depth, traitors } = council;
  if (!Number.isSafeInteger(generals) || generals < 2) {
    throw new CouncilError(council, 'there must be a commander and a lieutenant at least');
  }
  if (!Number.isSafeInteger(depth) || depth < 0 || depth > generals - 2) {
    throw new CouncilError(council, `depth must be a whole number from 0 to ${generals - 2}`);
  }
  const known = traitors.every((id) => Number.isSafeInteger(id) && id >= 0 && id < generals);
  if (!known || new Set(traitors).size !== traitors.length) {
    throw new CouncilError(council, `traitors must be different generals from 0 to ${generals - 1}`);
  }
}

/** The condition that a result breaks, or undefined. */
export function brokenCondition(
  council: Council,
  result: CouncilResult,
): CouncilBreak['condition'] | undefined {
  const orders = new Set(result.decisions.values());
  if (orders.size > 1) return 'IC1';
  const obeyed = [...orders].every((order) => order === council.order);
  return obeyed || council.traitors.includes(0) ? undefined : 'IC2';
}
