import { equalPlain, type Plain } from '@holdfast/plain';
import type { Machine } from './machine.ts';

/** What a key-value store does. */
export type KvOperation =
  /** The value, or null. */
  | { readonly f: 'get'; readonly key: string }
  /** Answers null. */
  | { readonly f: 'put'; readonly key: string; readonly value: Plain }
  /** Writes `to` if the value is `from` (null: absent). Answers whether it was. */
  | { readonly f: 'cas'; readonly key: string; readonly from: Plain; readonly to: Plain }
  /** Adds to the list at the key; what is not a list becomes one. Answers the new length. */
  | { readonly f: 'append'; readonly key: string; readonly value: Plain }
  /** Answers whether the key was there. */
  | { readonly f: 'delete'; readonly key: string };

/** Values by key. Null and absent are the same. */
export type KvState = Record<string, Plain>;

// Plain objects treat this one name as something else.
const safe = (key: string): string => (key === '__proto__' ? '__proto__ ' : key);

function read(state: KvState, key: string): Plain {
  const name = safe(key);
  return Object.hasOwn(state, name) ? (state[name] ?? null) : null;
}

function write(state: KvState, key: string, value: Plain): void {
  const name = safe(key);
  if (value === null) delete state[name];
  else state[name] = value;
}

function apply(state: KvState, operation: KvOperation): Plain {
  const { key } = operation;
  switch (operation.f) {
    case 'get':
      return read(state, key);
    case 'put':
      write(state, key, operation.value);
      return null;
    case 'cas':
      if (!equalPlain(read(state, key), operation.from)) return false;
      write(state, key, operation.to);
      return true;
    case 'append': {
      const before = read(state, key);
      // A new list each time: values handed out as results never change.
      const list = Array.isArray(before) ? [...(before as Plain[]), operation.value] : [operation.value];
      write(state, key, list);
      return list.length;
    }
    case 'delete': {
      const there = read(state, key) !== null;
      write(state, key, null);
      return there;
    }
    default:
      return unsupported(operation);
  }
}

function unsupported(operation: unknown): Plain {
  return { error: 'unsupported operation', operation: operation as Plain };
}

function isOperation(command: Plain): command is Plain & { readonly f: string; readonly key: string } {
  if (typeof command !== 'object' || command === null || Array.isArray(command)) return false;
  const { f, key } = command as { readonly f?: Plain; readonly key?: Plain };
  return typeof f === 'string' && typeof key === 'string';
}

/** A key-value store: get, put, compare-and-set, append to a list, delete. A command that is none of these answers `{ error }`. */
export const kv: Machine<KvState> = {
  name: 'kv',
  init: () => ({}),
  apply(state: KvState, command: Plain): Plain {
    return isOperation(command) ? apply(state, command as unknown as KvOperation) : unsupported(command);
  },
  query(state: KvState, command: Plain): Plain {
    return isOperation(command) && command.f === 'get' ? read(state, command.key) : unsupported(command);
  },
};
