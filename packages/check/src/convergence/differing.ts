import { encodePlain, equalPlain, type Plain } from '@holdfast/plain';

/** A part of the state that replicas do not agree on. */
export interface DifferingKey {
  /** The key of the state object; '' when states are not objects. */
  readonly key: string;
  /** What each replica has there, by name; undefined where the key is absent. */
  readonly values: ReadonlyMap<string, Plain | undefined>;
}

/** The keys on which named states differ, sorted; empty when all are equal. */
export function differingKeys(states: ReadonlyMap<string, Plain>): DifferingKey[] {
  const all = [...states.values()];
  if (all.every((state) => equalPlain(state, all[0]))) return [];
  if (!all.every(isRecord)) return [{ key: '', values: new Map(states) }];
  const keys = new Set(all.flatMap((state) => (isRecord(state) ? Object.keys(state) : [])));
  const differing: DifferingKey[] = [];
  for (const key of [...keys].sort()) {
    const values = new Map(
      [...states].map(([name, state]) => [name, isRecord(state) ? state[key] : undefined]),
    );
    const [first, ...others] = values.values();
    if (!others.every((value) => equalPlain(value, first))) differing.push({ key, values });
  }
  return differing;
}

const MOST_TOLD = 4;

/** Differing keys in words: `cart (A: [1], B: absent)`. */
export function tellDiffering(differing: readonly DifferingKey[]): string {
  const told = differing.slice(0, MOST_TOLD).map(({ key, values }) => {
    const each = [...values].map(
      ([name, value]) => `${name}: ${value === undefined ? 'absent' : encodePlain(value)}`,
    );
    return `${key === '' ? 'the state' : key} (${each.join(', ')})`;
  });
  if (differing.length > MOST_TOLD) told.push(`${differing.length - MOST_TOLD} more keys`);
  return told.join(', ');
}

function isRecord(state: Plain | undefined): state is { readonly [key: string]: Plain | undefined } {
  return typeof state === 'object' && state !== null && !Array.isArray(state);
}
