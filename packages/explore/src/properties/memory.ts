import { encodePlain } from '@holdfast/plain';

/** What an object keeps, as plain data that is the same however it came about. */
export type Captured =
  | null
  | boolean
  | number
  | string
  | { readonly t: 'none' }
  | { readonly t: 'list' | 'set'; readonly v: readonly Captured[] }
  | { readonly t: 'map'; readonly v: readonly (readonly [Captured, Captured])[] }
  | { readonly t: 'fields'; readonly v: Readonly<Record<string, Captured>> };

/** Thrown for what cannot be captured, or put back. */
export class MemoryError extends TypeError {
  readonly code = 'BAD_MEMORY';
  readonly path: string;
  constructor(path: string, what: string) {
    super(`Cannot keep what is remembered at ${path} as it must be plain data, maps and sets: it is ${what}`);
    this.name = 'MemoryError';
    this.path = path;
  }
}

/** Whether a part is left as a new object has it. */
export type Skip = (value: object) => boolean;

/**
 * What an object and everything in it remembers: fields, lists, maps and sets, the last two in the order of their contents, so that two
 * objects that remember the same are the same. Functions, accessors and parts that `skip` names are left out. Throws `MemoryError`.
 */
export function capture(value: unknown, skip: Skip, path = 'it'): Captured {
  if (value === undefined) return { t: 'none' };
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return value;
  if (typeof value !== 'object') throw new MemoryError(path, typeof value);
  if (Array.isArray(value)) return { t: 'list', v: Array.from(value, (item) => capture(item, skip, path)) };
  if (value instanceof Set)
    return { t: 'set', v: inOrder([...value].map((item) => capture(item, skip, path))) };
  if (value instanceof Map) {
    const pairs = [...value].map(
      ([key, item]) => [capture(key, skip, path), capture(item, skip, `${path}[${String(key)}]`)] as const,
    );
    return { t: 'map', v: inOrder(pairs) };
  }
  const fields: Record<string, Captured> = {};
  for (const [name, item] of Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (typeof item === 'function' || (typeof item === 'object' && item !== null && skip(item))) continue;
    fields[name] = capture(item, skip, `${path}.${name}`);
  }
  return { t: 'fields', v: fields };
}

/** Puts what was captured back into a new object of the same make. Throws `MemoryError`. */
export function restore(target: object, captured: Captured, path = 'it'): void {
  if (typeof captured !== 'object' || captured === null || captured.t !== 'fields')
    throw new MemoryError(path, 'no object with fields');
  const fields = target as Record<string, unknown>;
  for (const [name, item] of Object.entries(captured.v)) {
    const there = fields[name];
    if (isInstance(there)) restore(there, item, `${path}.${name}`);
    else if (there instanceof Map || there instanceof Set) refill(there, item);
    else fields[name] = revived(item);
  }
}

/** An object with methods of its own, which a copy of its fields would not have. */
function isInstance(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || value instanceof Map || value instanceof Set)
    return false;
  return !Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype;
}

function refill(target: Map<unknown, unknown> | Set<unknown>, captured: Captured): void {
  const value = revived(captured);
  target.clear();
  if (target instanceof Map) for (const [key, item] of value as Map<unknown, unknown>) target.set(key, item);
  else for (const item of value as Set<unknown>) target.add(item);
}

function revived(captured: Captured): unknown {
  if (typeof captured !== 'object' || captured === null) return captured;
  switch (captured.t) {
    case 'none':
      return undefined;
    case 'list':
      return captured.v.map(revived);
    case 'set':
      return new Set(captured.v.map(revived));
    case 'map':
      return new Map(captured.v.map(([key, item]) => [revived(key), revived(item)]));
    case 'fields':
      return Object.fromEntries(Object.entries(captured.v).map(([name, item]) => [name, revived(item)]));
  }
}

function inOrder<T>(items: readonly T[]): T[] {
  const texts = items.map((item) => [encodePlain(item), item] as const);
  return texts.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, item]) => item);
}
