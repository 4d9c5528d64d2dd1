import { type Bounds, BoundsError, resolveBounds } from '@holdfast/explore';
import { InputError } from '../inputError.ts';

const COUNTS = ['crashes', 'timeouts', 'requests', 'drops', 'duplicates', 'inFlight', 'rounds'] as const;
type Count = (typeof COUNTS)[number];

/** Other names people have for them. */
const ALIASES: Readonly<Record<string, Count>> = { messages: 'inFlight', depth: 'rounds', steps: 'rounds' };

/** How bounds are written, for whoever wrote them otherwise. */
export const FORM: string =
  'write --bounds as crashes=1,timeouts=2,timers.election=1,timers.*=0,drops=1,duplicates=1,requests=1,inFlight=4,' +
  'rounds=20,storage=at-once; `any` stands for no bound';

/** Bounds as a person types them: `crashes=1,timers.election=1,storage=at-once`. Throws `InputError`. */
export function parseBounds(text: string): Bounds {
  const counts: Partial<Record<Count, number>> = {};
  const timers: Record<string, number> = {};
  let storage: Bounds['storage'];
  for (const item of text.split(',')) {
    const [, key = '', value = ''] = /^\s*([^=\s]+)\s*=\s*(\S+)\s*$/.exec(item) ?? [];
    const count = countNamed(key);
    if (count !== undefined) counts[count] = countOf(item, value);
    else if (/^timers\../.test(key)) timers[key.slice('timers.'.length)] = countOf(item, value);
    else if (key === 'storage' && (value === 'at-once' || value === 'separate')) storage = value;
    else throw new InputError(`Cannot use '${item}' as a bound`, FORM);
  }
  return {
    ...counts,
    ...(Object.keys(timers).length === 0 ? {} : { timers }),
    ...(storage === undefined ? {} : { storage }),
  };
}

/** The count a key stands for; undefined for anything else. */
export function countNamed(key: string): Count | undefined {
  const plain = key.replaceAll('-', '').toLowerCase();
  return ALIASES[plain] ?? COUNTS.find((name) => name.toLowerCase() === plain);
}

function countOf(item: string, value: string): number {
  if (value === 'any') return Infinity;
  if (/^\d+$/.test(value)) return Number(value);
  throw new InputError(
    `Cannot use '${item}' as a bound: it must be a whole number of at least 0, or any`,
    FORM,
  );
}

/** A model's bounds with some replaced; timers one by one. Throws `InputError`. */
export function mergedBounds(own: Bounds, given: Bounds): Bounds {
  const timers = { ...own.timers, ...given.timers };
  const merged = { ...own, ...given, ...(Object.keys(timers).length === 0 ? {} : { timers }) };
  try {
    resolveBounds(merged);
  } catch (error) {
    if (error instanceof BoundsError) throw new InputError(error.message, FORM, { cause: error });
    throw error;
  }
  return merged;
}

/** Bounds as they are typed, so that the same exploration can be asked for again. */
export function printBounds(bounds: Bounds): string {
  const { timers = {}, ...rest } = bounds;
  const word = (value: number | string): string => (value === Infinity ? 'any' : String(value));
  return [
    ...Object.entries(rest).map(([key, value]) => `${key}=${word(value as number | string)}`),
    ...Object.entries(timers).map(([timer, value]) => `timers.${timer}=${word(value)}`),
  ].join(',');
}
