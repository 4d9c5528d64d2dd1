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
  /** `of` names the class of an object that has one. */
  | { readonly t: 'fields'; readonly of?: string; readonly v: Readonly<Record<string, Captured>> };

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

/** Which fields, by name and value, are forgotten: numbers become 0, maps empty, all else is as a new object has it. */
export type Forgets = (name: string, value: unknown) => boolean;

/** A class whose objects may be kept in lists and maps. */
export interface Kept {
  readonly name: string;
  readonly prototype: object;
}

/**
 * Takes what an object and everything in it remembers, fields, lists, maps and sets, the last two in the order of their contents, so that two
 * objects that remember the same are the same; and puts it back into a new one. Functions, accessors and what `forgets` names are left out.
 * Objects of classes are filled where a new object has them too; those in lists and maps must be of the classes given.
 */
export class Memory {
  private readonly forgets: Forgets;
  private readonly classes: ReadonlyMap<string, object>;

  constructor(forgets: Forgets, classes: readonly Kept[] = []) {
    this.forgets = forgets;
    this.classes = new Map(classes.map(({ name, prototype }) => [name, prototype]));
  }

  /** Throws `MemoryError` for what is no data. */
  capture(value: unknown, path = 'it'): Captured {
    if (value === undefined) return { t: 'none' };
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
    if (typeof value === 'number') return value;
    if (typeof value !== 'object') throw new MemoryError(path, typeof value);
    if (Array.isArray(value)) return { t: 'list', v: Array.from(value, (item) => this.capture(item, path)) };
    if (value instanceof Set)
      return { t: 'set', v: inOrder([...value].map((item) => this.capture(item, path))) };
    if (value instanceof Map) {
      const pairs = [...value].map(
        ([key, item]) => [this.capture(key, path), this.capture(item, `${path}[${String(key)}]`)] as const,
      );
      return { t: 'map', v: inOrder(pairs) };
    }
    const fields: Record<string, Captured> = {};
    for (const [name, item] of Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (typeof item === 'function') continue;
      const kept = this.forgets(name, item) ? blank(item) : this.capture(item, `${path}.${name}`);
      if (kept !== undefined) fields[name] = kept;
    }
    return isInstance(value) ? { t: 'fields', of: nameOf(value), v: fields } : { t: 'fields', v: fields };
  }

  /** Throws `MemoryError` where the object is of another make. */
  restore(target: object, captured: Captured, path = 'it'): void {
    if (typeof captured !== 'object' || captured === null || captured.t !== 'fields')
      throw new MemoryError(path, 'no object with fields');
    const fields = target as Record<string, unknown>;
    for (const [name, item] of Object.entries(captured.v)) {
      const there = fields[name];
      if (isInstance(there)) this.restore(there, item, `${path}.${name}`);
      else if (there instanceof Map || there instanceof Set) this.refill(there, item, `${path}.${name}`);
      else fields[name] = this.revived(item, `${path}.${name}`);
    }
  }

  private refill(target: Map<unknown, unknown> | Set<unknown>, captured: Captured, path: string): void {
    const value = this.revived(captured, path);
    target.clear();
    if (target instanceof Map)
      for (const [key, item] of value as Map<unknown, unknown>) target.set(key, item);
    else for (const item of value as Set<unknown>) target.add(item);
  }

  private revived(captured: Captured, path: string): unknown {
    if (typeof captured !== 'object' || captured === null) return captured;
    const one = (item: Captured): unknown => this.revived(item, path);
    switch (captured.t) {
      case 'none':
        return undefined;
      case 'list':
        return captured.v.map(one);
      case 'set':
        return new Set(captured.v.map(one));
      case 'map':
        return new Map(captured.v.map(([key, item]) => [one(key), one(item)]));
      case 'fields': {
        const fields = Object.fromEntries(
          Object.entries(captured.v).map(([name, item]) => [name, one(item)]),
        );
        if (captured.of === undefined) return fields;
        const prototype = this.classes.get(captured.of);
        if (prototype === undefined)
          throw new MemoryError(path, `of class ${captured.of}, which was not named`);
        return Object.assign(Object.create(prototype) as object, fields);
      }
    }
  }
}

/** An object in a list or map is not made anew, so that its counts need a beginning. */
function blank(value: unknown): Captured | undefined {
  if (typeof value === 'number') return 0;
  return value instanceof Map ? { t: 'map', v: [] } : undefined;
}

function nameOf(value: object): string {
  return (Object.getPrototypeOf(value) as { readonly constructor: { readonly name: string } }).constructor
    .name;
}

/** An object with methods of its own, which a copy of its fields would not have. */
function isInstance(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || value instanceof Map || value instanceof Set)
    return false;
  return !Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype;
}

function inOrder<T>(items: readonly T[]): T[] {
  const texts = items.map((item) => [encodePlain(item), item] as const);
  return texts.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, item]) => item);
}
