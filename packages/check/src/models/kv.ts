import { equalPlain, type Plain } from '@holdfast/plain';
import type { Operation } from '../history/operation.ts';
import { casStep, casValues, compareOf, describeCas } from './cas.ts';
import { readGrownText, type TextAction } from './grownText.ts';
import {
  type CompareView,
  illegal,
  type Model,
  type RegisterView,
  UnsupportedOperationError,
} from './model.ts';
import { keyOf } from './register.ts';
import { showValue } from './words.ts';

const EXPECTED =
  "use f 'get', 'put', 'append' (strings), 'cas' with input [expected, next], or 'delete', and a key";

type KvKind = 'get' | 'put' | 'append' | 'cas' | 'delete';

const KINDS: ReadonlyMap<string, KvKind> = new Map([
  ['get', 'get'],
  ['read', 'get'],
  ['put', 'put'],
  ['set', 'put'],
  ['write', 'put'],
  ['append', 'append'],
  ['cas', 'cas'],
  ['delete', 'delete'],
  ['del', 'delete'],
]);

const KV_REGISTER: RegisterView = {
  initial: null,
  kindOf(operation) {
    const kind = KINDS.get(operation.f);
    if (kind === 'get') return 'read';
    // An empty text reads like a key without a value.
    return kind === 'put' && operation.input !== '' ? 'write' : 'other';
  },
  valueOf(operation) {
    if (KINDS.get(operation.f) === 'put') return operation.input;
    return operation.output === '' ? null : operation.output;
  },
  compareOf(operation): CompareView | undefined {
    const compare = compareOf(operation);
    // Expected and set, an empty text is another value than none; read, it is not.
    return compare?.expected === '' || compare?.next === '' ? undefined : compare;
  },
};

/**
 * A key-value store, judged key by key. The state of a key is its value, null when it has none.
 *
 * - `get` (or `read`): output the value; a key without a value answers null or `''`.
 * - `put` (or `write`, `set`): input the value, output ignored.
 * - `append`: input a string put behind the value (a key without one counts as `''`), output ignored.
 * - `cas`: input `[expected, next]`, expected null for "no value". `ok` means it set, unless the output is false: then it
 *   found another value. A `fail` had no effect and says nothing.
 * - `delete` (or `del`): removes the value; an output of true or false must say whether there was one.
 */
export function kvModel(): Model<Plain> {
  return {
    name: 'kv',
    init: () => null,
    step: kvStep,
    key: keyOf,
    observes: (operation) => {
      const kind = KINDS.get(operation.f);
      if (kind === 'get') return true;
      return (
        operation.outcome === 'ok' && operation.output === false && (kind === 'cas' || kind === 'delete')
      );
    },
    overwrites: (operation) => {
      const kind = KINDS.get(operation.f);
      return kind === 'put' || (kind === 'delete' && typeof operation.output !== 'boolean');
    },
    canReach: (value, observation, changes) =>
      KINDS.get(observation.f) !== 'get' || canReachValue(value, observation, changes),
    register: KV_REGISTER,
    registerAmong: (operations) => readGrownText(operations, textActionOf),
    describe: describeKv,
  };
}

function textActionOf({ f }: Operation): TextAction {
  const kind = KINDS.get(f);
  if (kind === 'get') return 'read';
  if (kind === 'put') return 'set';
  return kind === 'append' ? 'append' : undefined;
}

/** One operation on one key's value. */
export function kvStep(value: Plain, operation: Operation): Plain | typeof illegal {
  const isKnown = operation.outcome !== 'unknown';
  switch (KINDS.get(operation.f)) {
    case 'get':
      return !isKnown || matchesValue(value, operation.output) ? value : illegal;
    case 'put':
      return operation.input;
    case 'append':
      return appended(value, operation);
    case 'cas': {
      const values = casValues(operation);
      if (values === undefined) throw new UnsupportedOperationError('kv', operation, EXPECTED);
      return casStep(value, operation, values);
    }
    case 'delete':
      if (isKnown && typeof operation.output === 'boolean' && operation.output !== (value !== null))
        return illegal;
      return null;
    default:
      throw new UnsupportedOperationError('kv', operation, EXPECTED);
  }
}

function matchesValue(value: Plain, output: Plain): boolean {
  return value === null ? output === null || output === '' : equalPlain(value, output);
}

function appended(value: Plain, operation: Operation): Plain | typeof illegal {
  if (typeof operation.input !== 'string') throw new UnsupportedOperationError('kv', operation, EXPECTED);
  if (value === null) return operation.input;
  return typeof value === 'string' ? value + operation.input : illegal;
}

/** Strings only grow by appends: the value read begins with the present one, or with one that some change sets. */
function canReachValue(value: Plain, observation: Operation, changes: readonly Operation[]): boolean {
  const { output } = observation;
  if (matchesValue(value, output)) return true;
  if (beginsWith(output, value ?? '') && changes.length > 0) return true;
  for (const change of changes) {
    if (change.f === 'append') continue;
    const kind = KINDS.get(change.f);
    if (kind === 'delete') return true;
    if (kind !== 'put' && kind !== 'cas') continue;
    const set = kind === 'put' ? change.input : (casValues(change)?.[1] ?? null);
    if (beginsWith(output, set) || matchesValue(set, output)) return true;
  }
  return false;
}

function beginsWith(output: Plain, value: Plain): boolean {
  return typeof value === 'string' && typeof output === 'string' && output.startsWith(value);
}

function describeKv(operation: Operation): string {
  const key = operation.key ?? 'the value';
  const { outcome, input, output } = operation;
  switch (KINDS.get(operation.f)) {
    case 'get':
      return outcome === 'ok' ? `read ${showValue(output)} from ${key}` : `read ${key}`;
    case 'put':
      return `wrote ${showValue(input)} to ${key}`;
    case 'append':
      return `appended ${showValue(input)} to ${key}`;
    case 'delete':
      return typeof output === 'boolean' ? `deleted ${key} (was there: ${output})` : `deleted ${key}`;
    default: {
      const values = casValues(operation);
      return describeCas(operation, [values?.[0] ?? null, values?.[1] ?? null], ` on ${key}`);
    }
  }
}
