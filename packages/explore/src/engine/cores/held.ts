import type { Catalogue } from './catalogue.ts';

/** An effect that waits for a store: an envelope to send. */
export const HELD_SEND = 0;
/** An effect that waits for a store: a reply. */
export const HELD_REPLY = 1;

/**
 * Effects that wait, a list of (token, kind, what), in an order that depends on nothing but what they are: the order of messages counts
 * within a channel only, and not at all where the network keeps none. So states that mean the same are the same.
 */
export function settled<M, C, R>(
  held: readonly number[],
  catalogue: Catalogue<M, C, R>,
  ordered: boolean,
): readonly number[] {
  if (held.length <= 3) return held;
  const effects: [number, number, number][] = [];
  for (let i = 0; i < held.length; i += 3) effects.push(held.slice(i, i + 3) as [number, number, number]);
  const place = (what: number): number => (ordered ? catalogue.recipient(what) : what);
  effects.sort((a, b) => a[0] - b[0] || a[1] - b[1] || (a[1] === HELD_SEND ? place(a[2]) - place(b[2]) : 0));
  return effects.flat();
}
