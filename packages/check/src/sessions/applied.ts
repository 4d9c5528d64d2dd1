import { type Replica, type UpdateId, validateReplicas } from '../convergence/replicas.ts';
import type { Verdict } from '../verdict.ts';

/** An update that a session made. */
export interface SessionUpdate {
  readonly id: UpdateId;
  readonly session: string | number;
  /** The updates whose effects the session had read before it made this one. */
  readonly read?: readonly UpdateId[];
}

const NAMES = {
  'monotonic-writes': 'monotonic writes',
  'writes-follow-reads': 'writes follow reads',
} as const;

/**
 * Judges at the replicas themselves whether writes were applied in order: `monotonic-writes` that no replica applied an update of
 * a session before an earlier one of the same session, `writes-follow-reads` that none applied an update before one that its
 * session had read. `updates` are in the order of their sessions; updates applied but not listed are let be.
 */
export function checkAppliedOrder(
  replicas: readonly Replica[],
  updates: readonly SessionUpdate[],
  guarantee: 'monotonic-writes' | 'writes-follow-reads',
): Verdict {
  const promise = NAMES[guarantee];
  validateReplicas(replicas, promise);
  const required = requiredBefore(updates, guarantee);
  const sessionOf = new Map(updates.map(({ id, session }) => [id, session]));
  let examined = 0;
  for (const { name, states } of replicas) {
    for (const { at, applied } of states) {
      const before = new Set<UpdateId>();
      for (const id of applied) {
        examined++;
        const missing = required.get(id)?.find((earlier) => !before.has(earlier));
        if (missing !== undefined) {
          const why =
            guarantee === 'monotonic-writes'
              ? `which session ${String(sessionOf.get(id))} had written before it`
              : `which session ${String(sessionOf.get(id))} had read before it wrote that`;
          return {
            promise,
            status: 'violated',
            reason: `Replica ${name} had applied ${id} by ${at} without having applied ${missing} first, ${why}`,
            evidence: { examined, steps: examined },
          };
        }
        before.add(id);
      }
    }
  }
  return {
    promise,
    status: 'holds',
    reason: `${replicas.length} replicas applied ${updates.length} updates, each behind those it had to follow`,
    evidence: { examined, steps: examined },
  };
}

/** Of each update those that must be applied before it. */
function requiredBefore(
  updates: readonly SessionUpdate[],
  guarantee: 'monotonic-writes' | 'writes-follow-reads',
): Map<UpdateId, readonly UpdateId[]> {
  const required = new Map<UpdateId, readonly UpdateId[]>();
  const lastOf = new Map<string | number, UpdateId>();
  const readBy = new Map<string | number, UpdateId[]>();
  for (const { id, session, read = [] } of updates) {
    if (guarantee === 'monotonic-writes') {
      const last = lastOf.get(session);
      required.set(id, last === undefined ? [] : [last]);
      lastOf.set(session, id);
    } else {
      const all = readBy.get(session) ?? [];
      all.push(...read);
      readBy.set(session, all);
      required.set(id, [...all]);
    }
  }
  return required;
}
