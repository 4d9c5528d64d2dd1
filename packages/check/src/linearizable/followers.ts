import type { UnknownKind } from './problem.ts';
import type { Rules } from './rules.ts';

/** Which unknown operations could come next and would notice the state: those that are legal in it and do not overwrite. */
export class Followers {
  private readonly kinds: readonly UnknownKind[];
  private readonly rules: Rules;
  private sensitive: readonly number[] | undefined;
  private readonly known: (readonly number[] | undefined)[] = [];

  constructor(kinds: readonly UnknownKind[], rules: Rules) {
    this.kinds = kinds;
    this.rules = rules;
  }

  /** The kinds, by number; remembered by state. */
  of(state: number): readonly number[] {
    const known = this.known[state];
    if (known !== undefined) return known;
    this.sensitive ??= this.findSensitive();
    const found = this.sensitive.filter((k) => this.rules.next(state, this.kinds[k]?.class ?? 0) !== -1);
    this.known[state] = found;
    return found;
  }

  private findSensitive(): readonly number[] {
    const { kinds, rules } = this;
    const found: number[] = [];
    for (let k = 0; k < kinds.length; k++)
      if (rules.overwrites[(kinds[k] as UnknownKind).class] !== 1) found.push(k);
    return found;
  }
}
