import { encodePlain } from '@holdfast/plain';
import { Interner } from '../interner.ts';
import { SpecError } from './spec.ts';

/** A variable of a specification and the parts it is made of. */
export interface Field {
  readonly name: string;
  readonly kind: 'list' | 'record' | 'value';
  /** Keys of a record, indexes of a list; one empty key for a value. */
  readonly keys: readonly string[];
  /** Its first part; the others follow. */
  readonly first: number;
  /** The values its parts take; one domain for all of them keeps the numbers small. */
  readonly domain: Interner;
}

/** How states of one specification lie in a vector: one word per part. */
export class Layout {
  readonly fields: readonly Field[];
  readonly size: number;
  /** Per part, its field. */
  readonly fieldOf: readonly Field[];
  private readonly spec: string;

  constructor(spec: string, example: object) {
    this.spec = spec;
    const fields: Field[] = [];
    let first = 0;
    for (const [name, value] of Object.entries(example) as [string, unknown][]) {
      const composite = typeof value === 'object' && value !== null;
      const keys = composite ? Object.keys(value) : [''];
      const kind = !composite ? 'value' : Array.isArray(value) ? 'list' : 'record';
      fields.push({ name, kind, keys, first, domain: new Interner() });
      first += keys.length;
    }
    this.fields = fields;
    this.size = first;
    this.fieldOf = fields.flatMap((field) => field.keys.map(() => field));
  }

  field(name: string): Field {
    const found = this.fields.find((field) => field.name === name);
    if (found === undefined) throw new SpecError(this.spec, `it has no variable '${name}'`);
    return found;
  }

  /** Distinct values over all parts. */
  get values(): number {
    return this.fields.reduce((sum, field) => sum + field.domain.size, 0);
  }

  /** A state as a vector. Throws `SpecError` when it has another shape. */
  encode(state: object): Int32Array {
    const words = new Int32Array(this.size);
    const source = state as Record<string, unknown>;
    if (Object.keys(source).length !== this.fields.length) throw this.misshapen(state);
    for (const { name, kind, keys, first, domain } of this.fields) {
      const value = source[name];
      if (kind === 'value') {
        words[first] = domain.intern(value);
        continue;
      }
      if (typeof value !== 'object' || value === null || Object.keys(value).length !== keys.length)
        throw this.misshapen(state);
      keys.forEach((key, i) => {
        if (!(key in value)) throw this.misshapen(state);
        words[first + i] = domain.intern((value as Record<string, unknown>)[key]);
      });
    }
    return words;
  }

  decode(words: Int32Array, from: number): Record<string, unknown> {
    const state: Record<string, unknown> = {};
    for (const { name, kind, keys, first, domain } of this.fields) {
      const values = keys.map((_, i) => domain.value(words[from + first + i] as number));
      if (kind === 'value') state[name] = values[0];
      else
        state[name] = kind === 'list' ? values : Object.fromEntries(keys.map((key, i) => [key, values[i]]));
    }
    return state;
  }

  /** What a part is called: `rm[2]`. */
  partName(part: number): string {
    const field = this.fieldOf[part] as Field;
    return field.kind === 'value' ? field.name : `${field.name}[${field.keys[part - field.first] ?? ''}]`;
  }

  private misshapen(state: object): SpecError {
    return new SpecError(
      this.spec,
      `all initial states must have the same variables, elements and keys: ${encodePlain(state)}`,
    );
  }
}
