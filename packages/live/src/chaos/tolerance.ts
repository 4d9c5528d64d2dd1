import { equalPlain, type Plain } from '@holdfast/plain';
import { LiveError } from '../errors.ts';

/**
 * Whether what a probe gave is within its tolerance, as Chaos Toolkit reads it: a single value must be equal; two numbers are a range with both
 * ends, of a status the two allowed; more values are those allowed; an object says `regex`, `jsonpath` or `range`. An output that is an object with a `status` is judged by
 * that field, unless the tolerance looks elsewhere. Throws `LiveError` for a tolerance of another kind.
 */
export function isTolerated(output: unknown, tolerance: unknown): boolean {
  if (tolerance === undefined || tolerance === null) return true;
  if (Array.isArray(tolerance)) return isAmong(output, tolerance);
  if (typeof tolerance !== 'object') return statusOf(output) === tolerance;
  const { type, target, pattern, path, expect, range, count } = tolerance as Readonly<
    Record<string, unknown>
  >;
  const looked = typeof target === 'string' ? fieldOf(output, target) : statusOf(output);
  switch (type) {
    case 'regex':
      return new RegExp(String(pattern)).test(typeof looked === 'string' ? looked : JSON.stringify(looked));
    case 'range': {
      const value = Number(looked);
      const [low, high] = Array.isArray(range) ? range.map(Number) : [Number.NaN, Number.NaN];
      return value >= (low ?? Number.NaN) && value <= (high ?? Number.NaN);
    }
    case 'jsonpath': {
      const found = lookedUp(typeof target === 'string' ? looked : undefined, output, String(path));
      if (typeof count === 'number' && found.length !== count) return false;
      if (expect === undefined) return found.length > 0;
      const wanted = Array.isArray(expect) ? expect : [expect];
      return equalPlain(found as Plain, wanted as Plain);
    }
    default:
      throw new LiveError(
        'BAD_FILE',
        `Cannot judge by a tolerance of type ${JSON.stringify(type)}`,
        'use a value, a list, or an object of type regex, jsonpath, range or probe',
        tolerance,
      );
  }
}

function isAmong(value: unknown, tolerance: readonly unknown[]): boolean {
  // A status is one of those listed, also of two: only plain numbers have a range.
  const status = fieldOf(value, 'status');
  if (status !== undefined) return tolerance.includes(status);
  const [low, high] = tolerance;
  if (tolerance.length === 2 && typeof low === 'number' && typeof high === 'number') {
    return typeof value === 'number' && value >= low && value <= high;
  }
  return tolerance.includes(value);
}

/** In the target, else in the whole answer, else in its body or output. */
function lookedUp(looked: unknown, output: unknown, path: string): unknown[] {
  if (looked !== undefined) return valuesAt(asJson(looked), path);
  const whole = valuesAt(asJson(output), path);
  return whole.length > 0 ? whole : valuesAt(asJson(bodyOf(output)), path);
}

function statusOf(output: unknown): unknown {
  return fieldOf(output, 'status') ?? output;
}

function bodyOf(output: unknown): unknown {
  return fieldOf(output, 'body') ?? fieldOf(output, 'stdout') ?? output;
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

function asJson(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

/** The part of JSONPath that tolerances use: `$.a.b`, `[0]`, `[*]`, `*`, `..name`. Throws `LiveError` for anything else. */
export function valuesAt(root: unknown, path: string): unknown[] {
  const steps = path.match(/\.\.[\w-]+|\.?\*|\.?[\w-]+|\[\d+\]|\[\*\]|\['[^']+'\]|^\$/g) ?? [];
  if (steps.join('') !== path)
    throw new LiveError(
      'BAD_FILE',
      `Cannot read '${path}' as a JSON path`,
      'use $.name, [0], [*], ..name',
      path,
    );
  let found: unknown[] = [root];
  for (const step of steps) {
    if (step === '$') continue;
    if (step.startsWith('..')) found = found.flatMap((value) => everywhere(value, step.slice(2)));
    else {
      const name = step.replace(/^\.|^\['?|'?\]$/g, '');
      found = found.flatMap((value) => childrenOf(value, name));
    }
  }
  return found;
}

function childrenOf(value: unknown, name: string): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  if (name === '*') return Object.values(value);
  return Object.hasOwn(value, name) ? [fieldOf(value, name)] : [];
}

function everywhere(value: unknown, name: string): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return [...childrenOf(value, name), ...Object.values(value).flatMap((inner) => everywhere(inner, name))];
}
