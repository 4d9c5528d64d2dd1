import type { LabMonitor } from 'holdfast';
import { AWAY, type Command, HOME, type Policy, type Region, type Result } from './model.ts';
import { editsOf } from './regions.ts';

/** What the service promises, beside its contract. */
export const PROMISES = ['no accepted edit is lost', 'regions agree in the end'] as const;

/** Steps of regions that reach each other, without a change, after which all that was said has arrived. */
const SETTLED_STEPS = 24;

/** Watches both regions from outside. What must hold in the end is judged once they have had the time to tell each other. */
export function watchRegions(policy: Policy): LabMonitor<Region, Command, Result> {
  const breaches: { promise: string; node: number; reason: string }[] = [];
  const edits = new Map<string, number>();
  let compared = 0;
  let quiet = 0;
  return {
    breaches,
    examined: (promise) => (promise === PROMISES[0] && compared > 0 ? edits.size : compared),
    noted(node, kind, data): void {
      const { key, class: of } = data as { readonly key?: string; readonly class?: string };
      if (kind === 'accepted') quiet = 0;
      if (kind === 'accepted' && of === 'merged' && key !== undefined && !edits.has(key))
        edits.set(key, node);
    },
    observe(_node, { cutOff }): void {
      quiet = cutOff ? 0 : quiet + 1;
    },
    ended(states): void {
      const [home, away] = [states.get(HOME), states.get(AWAY)];
      if (home === undefined || away === undefined || quiet < SETTLED_STEPS) return;
      const lost = [...edits].filter(
        ([key]) => ![home, away].every((region) => editsOf(region, key, policy).includes(key)),
      );
      const [first] = lost;
      if (first !== undefined) {
        const [key, node] = first;
        const reason = `${lost.length} of ${edits.size} accepted edits are gone in the end, the first of them ${key}, accepted by N${node}`;
        breaches.push({ promise: PROMISES[0], node, reason });
      }
      const fields = new Set([...Object.keys(home.fields), ...Object.keys(away.fields)]);
      compared = fields.size + 1;
      const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
      for (const key of fields) {
        if (isSame(home.fields[key], away.fields[key])) continue;
        breaches.push({
          promise: PROMISES[1],
          node: AWAY,
          reason: `the regions end with different values of ${key}`,
        });
      }
      if (!isSame(home.edits.toSorted(), away.edits.toSorted())) {
        breaches.push({ promise: PROMISES[1], node: AWAY, reason: 'the regions end with different edits' });
      }
    },
  };
}
