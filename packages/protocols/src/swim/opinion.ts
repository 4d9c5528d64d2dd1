/** What a member may be held for. `left`: it said so itself. */
export type MemberStatus = 'alive' | 'suspect' | 'dead' | 'left';

/** What one member holds of another: the status, and the incarnation it is about. */
export interface Opinion {
  readonly status: MemberStatus;
  /** A number only the member itself raises; from 0. */
  readonly incarnation: number;
}

/** What all hold of a founder before they hear anything: one value for all, as a large group has a million of them. */
export const FOUNDER: Opinion = Object.freeze({ status: 'alive', incarnation: 0 });

const RANKS: Readonly<Record<MemberStatus, number>> = { alive: 0, suspect: 1, dead: 2, left: 3 };

/**
 * Opinions of one member are in a total order: the later incarnation counts, within one the worse status. Taking the greater one commutes, so all
 * who heard the same come to hold the same (Das, Gupta and Motivala 2002, section 4.2, with memberlist's rule that a later incarnation also
 * overrides a death).
 */
export function overrides(later: Opinion, held: Opinion): boolean {
  if (later.incarnation !== held.incarnation) return later.incarnation > held.incarnation;
  return RANKS[later.status] > RANKS[held.status];
}

/** Whether a member so held takes part, as far as one knows. */
export function isPresent({ status }: Opinion): boolean {
  return status === 'alive' || status === 'suspect';
}

/** An opinion in words: `suspect (2)`. */
export function opinionText({ status, incarnation }: Opinion): string {
  return `${status} (${incarnation})`;
}
