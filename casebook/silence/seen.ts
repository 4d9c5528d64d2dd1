import type { RunResult } from 'holdfast';
import { ASKED_MS, TIMEOUT_MS } from './service.ts';

/** A number of everything that happened at the shop until it gave up: equal for equal events at equal times. */
export function seenByShop({ trace }: RunResult): number {
  const until = (ASKED_MS + TIMEOUT_MS) * 1_000;
  const own = (trace?.events ?? []).filter(
    ({ node, at, kind }) => trace?.nodes[node]?.name === 'shop' && at < until && kind !== 'drop',
  );
  let sum = 0;
  for (const { at, kind, label, data } of own) {
    for (const letter of JSON.stringify([at, kind, label, data])) {
      sum = (Math.imul(sum, 31) + (letter.codePointAt(0) ?? 0)) >>> 0;
    }
  }
  return sum % 1_000_000;
}
