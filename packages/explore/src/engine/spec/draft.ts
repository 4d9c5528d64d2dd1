import { Ints } from '../ints.ts';
import type { Field, Layout } from './layout.ts';
import { type Pick, SpecError } from './spec.ts';

/** Thrown through an action that picks from an empty list. */
const NOTHING_TO_PICK: unique symbol = Symbol('nothing to pick');

/**
 * A state as the code of a specification sees it: reads and writes go through it and are noticed. `events` holds, in order,
 * the first read of each part as (part, value) and each pick among several as (-(number of items), answer).
 */
export class Draft {
  readonly events: Ints = new Ints(64);
  /** Per part the value written, or -1. */
  readonly written: Int32Array;
  /** Parts written, in the order of their first write. */
  readonly writes: number[] = [];
  private readonly layout: Layout;
  private readonly spec: string;
  private readonly seen: Uint8Array;
  private readonly state: object;
  private readonly pick: Pick = (items) => this.answer(items);
  private words: Int32Array = new Int32Array(0);
  private from = 0;
  private picks: readonly number[] = [];
  private picked = 0;
  private writable = false;

  constructor(spec: string, layout: Layout) {
    this.spec = spec;
    this.layout = layout;
    this.written = new Int32Array(layout.size).fill(-1);
    this.seen = new Uint8Array(layout.size);
    this.state = this.whole();
  }

  /** Runs an action on a state with the first picks given and the rest 0; false when it is not enabled. */
  act(
    run: (state: never, pick: Pick) => boolean | void,
    words: Int32Array,
    from: number,
    picks: readonly number[],
  ): boolean {
    this.begin(words, from, picks, true);
    try {
      if (run(this.state as never, this.pick) === false) return false;
    } catch (error) {
      if (error === NOTHING_TO_PICK) return false;
      throw error;
    }
    // With the old values known, what the action changes in the hash is known as well.
    for (const part of this.writes) this.readOld(part);
    return true;
  }

  /** Evaluates a predicate on a state. */
  ask(holds: (state: never) => boolean, words: Int32Array, from: number): boolean {
    this.begin(words, from, [], false);
    return holds(this.state as never);
  }

  private begin(words: Int32Array, from: number, picks: readonly number[], writable: boolean): void {
    this.words = words;
    this.from = from;
    this.picks = picks;
    this.picked = 0;
    this.writable = writable;
    for (const part of this.writes) this.written[part] = -1;
    this.writes.length = 0;
    this.seen.fill(0);
    this.events.length = 0;
  }

  private answer<T>(items: readonly T[]): T {
    if (items.length === 0) throw NOTHING_TO_PICK;
    if (items.length === 1) return items[0] as T;
    const choice = this.picks[this.picked++] ?? 0;
    this.events.push(-items.length);
    this.events.push(choice);
    return items[choice] as T;
  }

  private readOld(part: number): number {
    const id = this.words[this.from + part] as number;
    if (this.seen[part] === 0) {
      this.seen[part] = 1;
      this.events.push(part);
      this.events.push(id);
    }
    return id;
  }

  private read(field: Field, part: number): unknown {
    const own = this.written[part] as number;
    return field.domain.value(own >= 0 ? own : this.readOld(part));
  }

  private write(field: Field, part: number, value: unknown): void {
    if (!this.writable) throw new SpecError(this.spec, `a property must not change '${field.name}'`);
    if (this.written[part] === -1) this.writes.push(part);
    this.written[part] = field.domain.intern(value);
  }

  private whole(): object {
    const target: Record<string, unknown> = {};
    const fields = new Map(this.layout.fields.map((field) => [field.name, field]));
    const parts = new Map<string, object>();
    for (const field of this.layout.fields) {
      target[field.name] = undefined;
      if (field.kind !== 'value') parts.set(field.name, this.elements(field));
    }
    const fieldNamed = (key: string | symbol): Field => {
      const field = fields.get(String(key));
      if (field === undefined)
        throw new SpecError(this.spec, `it uses a variable it does not have: '${String(key)}'`);
      return field;
    };
    const get = (key: string | symbol): unknown => {
      const composite = parts.get(String(key));
      if (composite !== undefined) return composite;
      const field = fieldNamed(key);
      return this.read(field, field.first);
    };
    return new Proxy(target, {
      get: (_, key) => get(key),
      set: (_, key, value: unknown) => {
        const field = fieldNamed(key);
        if (field.kind === 'value') this.write(field, field.first, value);
        else this.writeAll(field, value);
        return true;
      },
      getOwnPropertyDescriptor: (_, key) => ({
        value: get(key),
        writable: true,
        enumerable: true,
        configurable: true,
      }),
    });
  }

  /** A whole array or object assigned: element by element. */
  private writeAll(field: Field, value: unknown): void {
    const source = value as Record<string, unknown>;
    if (typeof value !== 'object' || value === null || Object.keys(source).length !== field.keys.length)
      throw new SpecError(this.spec, `'${field.name}' must keep its elements`);
    // All read before the first is written: the value may be made of the variable itself.
    const values = field.keys.map((key) => source[key]);
    field.keys.forEach((_, i) => this.write(field, field.first + i, values[i]));
  }

  private elements(field: Field): object {
    const { keys, first, name } = field;
    const target: object = field.kind === 'list' ? keys.map(() => undefined) : {};
    const position = new Map(keys.map((key, i) => [key, first + i]));
    if (field.kind === 'record') for (const key of keys) (target as Record<string, unknown>)[key] = undefined;
    return new Proxy(target, {
      get: (_, key, receiver) => {
        const part = typeof key === 'string' ? position.get(key) : undefined;
        return part === undefined ? (Reflect.get(target, key, receiver) as unknown) : this.read(field, part);
      },
      set: (_, key, value: unknown) => {
        const part = typeof key === 'string' ? position.get(key) : undefined;
        if (part === undefined)
          throw new SpecError(this.spec, `'${name}' must keep its elements: there is no '${String(key)}'`);
        this.write(field, part, value);
        return true;
      },
      getOwnPropertyDescriptor: (_, key) => {
        const part = typeof key === 'string' ? position.get(key) : undefined;
        if (part === undefined) return Reflect.getOwnPropertyDescriptor(target, key);
        return { value: this.read(field, part), writable: true, enumerable: true, configurable: true };
      },
      deleteProperty: () => {
        throw new SpecError(this.spec, `'${name}' must keep its elements`);
      },
    });
  }
}
