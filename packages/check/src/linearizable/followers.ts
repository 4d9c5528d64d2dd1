import type { UnknownKind } from './problem.ts';
import type { Rules } from './rules.ts';

/** Which unknown operations could come next and would notice the state: those that are legal in it and do not overwrite. */
export class Followers {
  private readonly kinds: readonly UnknownKind[];
  private readonly rules: Rules;
  private readonly sensitive: readonly number[];
  private readonly known: (readonly number[] | undefined)[] = [];

  constructor(kinds: readonly UnknownKind[], rules: Rules) {
    this.kinds = kinds;
    this.rules = rules;
    this.sensitive = kinds.flatMap((kind, k) => (rules.overwrites[kind.class] === 1 ? [] : [k]));
  }

  /** The kinds, by number; remembered by state. */
  of(state: number): readonly number[] {
    const known = this.known[state];
    if (known !== undefined) return known;
    const found = this.sensitive.filter((k) => this.rules.next(state, this.kinds[k]?.class ?? 0) !== -1);
    this.known[state] = found;
    return found;
  }
}
