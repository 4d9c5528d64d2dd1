import type { Draft } from '../faults/pairs.ts';
import type { FaultStep } from './file.ts';

/** Kinds whose `hosts` may be absent: all links. */
const OF_LINKS: ReadonlySet<string> = new Set([
  'loss',
  'duplicate',
  'corrupt',
  'reorder',
  'slow-link',
  'narrow-link',
  'black-hole',
]);

/** A fault of a file as the world's vocabulary has it: milliseconds become microseconds, absent names mean what the world's mean. */
export function faultOf(step: FaultStep): Draft {
  const { atMs = 0, forMs = 0, downMs, upMs, holdMs, stepMs, as: _name, ...rest } = step;
  const { unlisted = 'with-all', hosts = [], ...others } = rest as Record<string, unknown>;
  const kept = {
    ...others,
    atUs: Math.round(atMs * 1_000),
    forUs: Math.round(forMs * 1_000),
    ...microseconds({ downUs: downMs, upUs: upMs, holdUs: holdMs, amount: stepMs }),
    ...(step.kind === 'partition' ? { unlisted } : {}),
    ...(OF_LINKS.has(step.kind) ? { hosts } : {}),
  };
  // The schema has checked the names; numbers and members are checked when it strikes.
  return kept as unknown as Draft;
}

function microseconds(times: Readonly<Record<string, unknown>>): Record<string, number> {
  const given = Object.entries(times).filter(
    (entry): entry is [string, number] => typeof entry[1] === 'number',
  );
  return Object.fromEntries(given.map(([name, ms]) => [name, Math.round(ms * 1_000)]));
}
