/**
 * Plain data: what protocol state, messages, commands and histories are made of. Because it is plain,
 * cloning, comparing, hashing and encoding are derived here once and nobody writes them by hand.
 *
 * Allowed: null, booleans, finite numbers, strings, arrays, and objects with string keys (a key whose value is
 * `undefined` counts as absent). Not allowed: functions, class instances, Map, Set, NaN, infinities, bigint, cycles.
 */
export type Plain =
  | null
  | boolean
  | number
  | string
  | readonly Plain[]
  | { readonly [key: string]: Plain | undefined };

/** Thrown when a value that must be plain is not; `path` says where. */
export class NotPlainError extends TypeError {
  readonly code = 'NOT_PLAIN';
  readonly path: string;
  constructor(path: string, found: string) {
    super(
      `Cannot treat ${path} as plain data: found ${found}; use null, booleans, finite numbers, strings, arrays or plain objects`,
    );
    this.name = 'NotPlainError';
    this.path = path;
  }
}

/** Throws `NotPlainError` naming the first place in `value` that is not plain data. */
export function assertPlain(value: unknown, path = 'value'): asserts value is Plain {
  switch (typeof value) {
    case 'boolean':
    case 'string':
      return;
    case 'number':
      if (!Number.isFinite(value)) throw new NotPlainError(path, String(value));
      return;
    case 'object':
      assertPlainObject(value, path);
      return;
    default:
      throw new NotPlainError(path, typeof value);
  }
}

function assertPlainObject(value: object | null, path: string): void {
  if (value === null) return;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) assertPlain(value[i], `${path}[${i}]`);
    return;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new NotPlainError(path, `an instance of ${value.constructor?.name ?? 'an unnamed class'}`);
  }
  for (const [key, item] of Object.entries(value)) {
    if (item !== undefined) assertPlain(item, `${path}.${key}`);
  }
}
