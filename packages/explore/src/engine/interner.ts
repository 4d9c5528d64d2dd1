import { clonePlain, equalPlain, hashPlain } from '@holdfast/plain';
import { type Agreement, type Numbered, textWords, wordsText } from './share/numbered.ts';

/**
 * Gives every distinct plain value a small number, dense from 0. Exact: a hash finds candidates, `equalPlain` decides. What it
 * keeps is a frozen copy, so that nobody's later change reaches it.
 */
export class Interner<T = unknown> implements Numbered {
  private readonly values: T[] = [];
  private readonly buckets = new Map<number, number | number[]>();
  private agreement: Agreement | undefined;

  get size(): number {
    return this.values.length;
  }

  intern(value: unknown): number {
    const hash = hashPlain(value);
    const known = this.find(value, hash);
    if (known >= 0) return known;
    if (this.agreement === undefined) return this.append(freeze(clonePlain(value)), hash);
    return this.agreement.claim(
      () => this.find(value, hash),
      () => valueWords(value),
      () => this.append(freeze(clonePlain(value)), hash),
    );
  }

  /** The same, where the value is likely to be the one under a number: then it costs a comparison only. */
  internLike(value: unknown, id: number): number {
    return equalPlain(this.values[id], value) ? id : this.intern(value);
  }

  value(id: number): T {
    return this.values[id] as T;
  }

  entry(id: number): ArrayLike<number> {
    return valueWords(this.values[id]);
  }

  adopt(words: Int32Array, from: number): void {
    const value: unknown = JSON.parse(wordsText(words, from));
    this.append(freeze(value), hashPlain(value));
  }

  share(agreement: Agreement): void {
    this.agreement = agreement;
  }

  private find(value: unknown, hash: number): number {
    const bucket = this.buckets.get(hash);
    if (bucket === undefined) return -1;
    if (typeof bucket === 'number') return equalPlain(this.values[bucket], value) ? bucket : -1;
    for (const id of bucket) if (equalPlain(this.values[id], value)) return id;
    return -1;
  }

  private append(value: unknown, hash: number): number {
    const id = this.values.push(value as T) - 1;
    const bucket = this.buckets.get(hash);
    if (bucket === undefined) this.buckets.set(hash, id);
    else if (typeof bucket === 'number') this.buckets.set(hash, [bucket, id]);
    else bucket.push(id);
    return id;
  }
}

/** As JSON, keys in their order: what a core makes of a value may depend on it, and does so alike in every thread. */
function valueWords(value: unknown): Int32Array {
  return textWords(value === undefined ? 'null' : JSON.stringify(value));
}

function freeze(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  for (const item of Object.values(value)) freeze(item);
  return Object.freeze(value);
}
