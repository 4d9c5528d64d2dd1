import { encodePlain } from '@holdfast/plain';
import type { Verdict } from '../verdict.ts';
import { type DifferingKey, differingKeys, tellDiffering } from './differing.ts';
import { type Replica, type ReplicaState, validateReplicas } from './replicas.ts';

/** What was found of strong eventual consistency. */
export interface StrongConvergenceVerdict extends Verdict {
  /** Where two states that come from the same updates differ; empty when none do. */
  readonly differing: readonly DifferingKey[];
}

const PROMISE = 'strong eventual consistency';

/**
 * Judges whether, at every instant, replicas that have applied the same set of updates, in whatever order and however often, hold
 * equal states (Shapiro, Preguica, Baquero, Zawirski, Conflict-free Replicated Data Types, 2011). Compares every state with
 * the first one that came from the same set.
 */
export function checkStrongConvergence(replicas: readonly Replica[]): StrongConvergenceVerdict {
  validateReplicas(replicas, PROMISE);
  const firstOf = new Map<
    string,
    { readonly name: string; readonly state: ReplicaState; readonly text: string }
  >();
  let examined = 0;
  let compared = 0;
  for (const { name, states } of replicas) {
    for (const state of states) {
      examined++;
      const updates = setOf(state);
      const text = encodePlain(state.state);
      const first = firstOf.get(updates);
      if (first === undefined) firstOf.set(updates, { name, state, text });
      else {
        compared++;
        if (first.text !== text) return differ(first, { name, state }, { examined, steps: examined });
      }
    }
  }
  return {
    promise: PROMISE,
    status: 'holds',
    reason:
      `${examined} states of ${replicas.length} replicas come from ${firstOf.size} sets of updates; ${compared} of them come from a ` +
      'set seen before and are equal to the first',
    evidence: { examined, steps: examined },
    differing: [],
  };
}

function setOf({ applied }: ReplicaState): string {
  // Numbers and texts that look alike are different updates.
  return [...new Set(applied.map((id) => JSON.stringify(id)))].sort().join(',');
}

function differ(
  first: { readonly name: string; readonly state: ReplicaState },
  second: { readonly name: string; readonly state: ReplicaState },
  evidence: Verdict['evidence'],
): StrongConvergenceVerdict {
  const names = [`${first.name} at ${first.state.at}`, `${second.name} at ${second.state.at}`] as const;
  const differing = differingKeys(
    new Map([
      [names[0], first.state.state],
      [names[1], second.state.state],
    ]),
  );
  const orders = `${first.state.applied.join(', ')} and ${second.state.applied.join(', ')}`;
  return {
    promise: PROMISE,
    status: 'violated',
    reason: `Equal sets of updates led to different states, applied as ${orders}: ${tellDiffering(differing)}`,
    evidence,
    differing,
  };
}
