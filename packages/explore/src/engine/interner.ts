import { clonePlain, equalPlain, hashPlain } from '@holdfast/plain';

/**
 * Gives every distinct plain value a small number, dense from 0. Exact: a hash finds candidates, `equalPlain` decides. What it
 * keeps is a frozen copy, so that nobody's later change reaches it.
 */
export class Interner<T = unknown> {
  private readonly values: T[] = [];
  private readonly buckets = new Map<number, number | number[]>();

  get size(): number {
    return this.values.length;
  }

  intern(value: unknown): number {
    const hash = hashPlain(value);
    const bucket = this.buckets.get(hash);
    if (bucket === undefined) {
      const id = this.append(value);
      this.buckets.set(hash, id);
      return id;
    }
    if (typeof bucket === 'number') {
      if (equalPlain(this.values[bucket], value)) return bucket;
      const id = this.append(value);
      this.buckets.set(hash, [bucket, id]);
      return id;
    }
    for (const id of bucket) if (equalPlain(this.values[id], value)) return id;
    const id = this.append(value);
    bucket.push(id);
    return id;
  }

  value(id: number): T {
    return this.values[id] as T;
  }

  private append(value: unknown): number {
    return this.values.push(freeze(clonePlain(value)) as T) - 1;
  }
}

function freeze(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  for (const item of Object.values(value)) freeze(item);
  return Object.freeze(value);
}
