import { encodePlain, type Plain } from '@holdfast/plain';
import type { CheckerSetting, NamedChecker, Settings } from './entry.ts';

/** Thrown when a checker is told something it has no ear for, or not told what it cannot do without. */
export class CheckerSettingError extends RangeError {
  readonly code = 'CHECKER_SETTING';
  readonly checker: string;
  readonly setting: string;
  constructor(checker: string, setting: string, problem: string, mend: string) {
    super(`Cannot judge by '${checker}' with setting '${setting}': ${problem}; ${mend}`);
    this.name = 'CheckerSettingError';
    this.checker = checker;
    this.setting = setting;
  }
}

const KINDS: Readonly<
  Record<CheckerSetting['kind'], readonly [what: string, is: (value: Plain) => boolean]>
> = {
  number: ['a number', (value) => typeof value === 'number'],
  boolean: ['true or false', (value) => typeof value === 'boolean'],
  text: ['a text', (value) => typeof value === 'string'],
  texts: [
    'a list of texts',
    (value) => Array.isArray(value) && value.every((each) => typeof each === 'string'),
  ],
  value: ['a value', () => true],
};

/** Throws `CheckerSettingError` for a setting the checker does not have, one of another kind, and one that is missing. */
export function checkSettings(checker: Pick<NamedChecker, 'name' | 'settings'>, settings: Settings): void {
  const { name, settings: known } = checker;
  for (const [setting, value] of Object.entries(settings)) {
    const found = known.find((each) => each.name === setting);
    if (found === undefined) {
      const mend =
        known.length === 0 ? 'it has none, leave it out' : `it has ${known.map((s) => s.name).join(', ')}`;
      throw new CheckerSettingError(name, setting, 'there is none of that name', mend);
    }
    const [what, is] = KINDS[found.kind];
    if (is(value)) continue;
    throw new CheckerSettingError(
      name,
      setting,
      `it is ${encodePlain(value)}`,
      `give ${what}: ${found.about}`,
    );
  }
  const missing = known.find((each) => each.isNeeded === true && settings[each.name] === undefined);
  if (missing === undefined) return;
  throw new CheckerSettingError(
    name,
    missing.name,
    'it is not given, and there is nothing to judge by without it',
    `give ${KINDS[missing.kind][0]}: ${missing.about}`,
  );
}

/** A number among settings. */
export function numberIn(settings: Settings | undefined, name: string): number | undefined {
  const value = settings?.[name];
  return typeof value === 'number' ? value : undefined;
}

/** True or false among settings. */
export function booleanIn(settings: Settings | undefined, name: string): boolean | undefined {
  const value = settings?.[name];
  return typeof value === 'boolean' ? value : undefined;
}

/** The settings that are given, under the names of a checker's own options. */
export function given<K extends string, V>(values: Readonly<Record<K, V | undefined>>): { [P in K]?: V } {
  const kept: { [P in K]?: V } = {};
  for (const [name, value] of Object.entries(values) as [K, V | undefined][]) {
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}
