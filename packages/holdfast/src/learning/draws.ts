import { finish, hashString, mix } from '@holdfast/plain';

/** Draws for making a task: the same for the same seed and purpose, in any process. */
export class Draws {
  private readonly seed: number;
  private count = 0;

  constructor(seed: number, purpose: string) {
    this.seed = mix(hashString(purpose), seed >>> 0);
  }

  /** A whole number of at least 0 and below a limit. */
  below(limit: number): number {
    return (finish(mix(this.seed, this.count++)) >>> 0) % limit;
  }

  /** A whole number between two, both included. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  /** One of a list that is not empty. */
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  /** All of a list in another order. */
  shuffled<T>(list: readonly T[]): T[] {
    const rest = [...list];
    const out: T[] = [];
    while (rest.length > 0) out.push(...rest.splice(this.below(rest.length), 1));
    return out;
  }
}
