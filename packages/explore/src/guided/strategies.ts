import type { Space, Successors } from '../engine/space.ts';
import type { Random } from './random.ts';

/**
 * How a guided search chooses among the steps of a state: any; by priorities; any, from where something new was met; or as a run that met
 * something new chose, but for a few choices.
 */
export type GuidedStrategy = 'random' | 'priorities' | 'coverage' | 'mutation';

/** Chooses the steps of one run. */
export interface Chooser {
  choose(space: Space, out: Successors, depth: number): number;
}

/** Every step is as likely as any other. */
export function randomChooser(random: Random): Chooser {
  return { choose: (_, out) => random.below(out.count) };
}

/** Steps that nobody promises, such as crashes, are taken about once in so many. */
const RARELY = 8;

/**
 * Priorities in the manner of PCT (Burckhardt et al. 2010): each actor has a priority, the step of the highest is taken, and at `changes` random
 * places the actor that would act falls behind all others. Finds a bug that needs few orderings with a probability that does not
 * fall with the number of other steps.
 */
export function priorityChooser(random: Random, length: number, changes: number): Chooser {
  const priorities = new Map<number, number>();
  const places = new Set(Array.from({ length: changes }, () => random.below(length)));
  let lowest = 0;
  const priority = (actor: number): number => {
    let known = priorities.get(actor);
    if (known === undefined) priorities.set(actor, (known = 1 + random.below(1 << 20)));
    return known;
  };
  const highest = (space: Space, out: Successors): number => {
    let best = 0;
    let most = -Infinity;
    const offset = random.below(out.count);
    for (let i = 0; i < out.count; i++) {
      const at = (i + offset) % out.count;
      const actor = space.actor(out, at);
      if (actor < 0 && random.below(RARELY) > 0) continue;
      const own = priority(actor);
      if (own <= most) continue;
      most = own;
      best = at;
    }
    return best;
  };
  return {
    choose(space, out, depth): number {
      const first = highest(space, out);
      if (!places.has(depth)) return first;
      priorities.set(space.actor(out, first), --lowest);
      return highest(space, out);
    },
  };
}
