import type { Operation } from '../history/operation.ts';

/** A few operations that contradict one another, whatever the others did. */
export interface Contradiction {
  readonly status: 'violated';
  /**
   * Positions, by invocation. Of a container all operations on the values concerned: leaving out any one value ends the
   * contradiction. Of others the operations that cannot all be true: not insisting on any one of them ends it.
   */
  readonly conflict: readonly number[];
  /** Position of the operation that cannot be explained. */
  readonly blocking: number;
  /** Why, in one sentence; `tell` puts the operation at a position into words. */
  readonly why: (tell: (position: number) => string) => string;
}

/** What a monitor says of one object's operations. */
export type MonitorVerdict = { readonly status: 'holds'; readonly order: Int32Array } | Contradiction;

/**
 * Judges the linearizability of one object by means made for its kind. `operations` are those that matter, by invocation.
 * Undefined when it does not apply: a value put in twice, an operation it does not know, or unknown outcomes that leave it open.
 */
export type Monitor = (operations: readonly Operation[]) => MonitorVerdict | undefined;

/** A contradiction, its operations sorted. */
export function contradiction(
  conflict: Iterable<number>,
  blocking: number,
  why: Contradiction['why'],
): Contradiction {
  const sorted = [...new Set(conflict)].filter((position) => position >= 0).sort((a, b) => a - b);
  return { status: 'violated', conflict: sorted, blocking, why };
}

/** `a, b and c`; a long list is cut. */
export function listOf(parts: readonly string[], most = 6): string {
  const shown = parts.slice(0, most);
  if (parts.length > most) shown.push(`${parts.length - most} more`);
  const last = shown.pop() ?? '';
  return shown.length === 0 ? last : `${shown.join(', ')} and ${last}`;
}
