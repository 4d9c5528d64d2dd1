import type { Bounds, GrowingBound } from '@holdfast/explore';
import { InputError } from '../inputError.ts';
import { countNamed, FORM, parseBounds } from './parseBounds.ts';

/** Bounds as they were typed: those with one value, and those that are to be raised. */
export interface GivenBounds {
  readonly fixed: Bounds;
  readonly growing: readonly GrowingBound[];
}

const RANGE = /^\s*([^=\s]+)\s*=\s*(\d+)\.\.(\d+|any)\s*$/;

/** Bounds of which some may be ranges: `crashes=1,messages=1..6,depth=1..any`. Throws `InputError`. */
export function parseGrowingBounds(text: string): GivenBounds {
  const items = text.split(',');
  const growing = items.flatMap((item): GrowingBound[] => {
    const [, key = '', from = '', to = ''] = RANGE.exec(item) ?? [];
    return from === '' ? [] : [growingBound(item, key, Number(from), to === 'any' ? Infinity : Number(to))];
  });
  if (growing.filter(({ to }) => to === Infinity).length > 1)
    throw new InputError(`Cannot raise two bounds without end: ${text}`, 'give all but one an end');
  const rest = items.filter((item) => !RANGE.test(item));
  return { fixed: rest.length === 0 ? {} : parseBounds(rest.join(',')), growing };
}

function growingBound(item: string, key: string, from: number, to: number): GrowingBound {
  const name = /^timers\../.test(key) ? key : countNamed(key);
  if (name === undefined) throw new InputError(`Cannot use '${item}' as a bound`, FORM);
  if (from > to)
    throw new InputError(`Cannot raise ${key} from ${from} to ${to}`, 'begin with the smaller one');
  return { name, from, to };
}
