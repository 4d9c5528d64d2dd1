import type { Plain } from '@holdfast/plain';
import type { KvOperation } from '@holdfast/protocols';
import type { Call } from '../../experiment/subject.ts';

/** Operations a key-value subject offers, as clients name them. */
export const KV_OPERATIONS: readonly string[] = ['read', 'write', 'cas', 'append', 'delete'];

/** The store's operation for a client's call. */
export function kvOperation({ f, key, input }: Call): KvOperation {
  switch (f) {
    case 'read':
      return { f: 'get', key };
    case 'write':
      return { f: 'put', key, value: input };
    case 'append':
      return { f: 'append', key, value: input };
    case 'delete':
      return { f: 'delete', key };
    case 'cas': {
      const [from, to] = input as readonly [Plain, Plain];
      return { f: 'cas', key, from, to };
    }
    default:
      throw new RangeError(
        `Cannot issue '${f}' to a key-value store: its operations are ${KV_OPERATIONS.join(', ')}`,
      );
  }
}

/** Whether the call, having answered this, changed something. */
export function changedSomething(call: Call, output: Plain): boolean {
  return (
    call.f === 'write' ||
    call.f === 'append' ||
    ((call.f === 'cas' || call.f === 'delete') && output === true)
  );
}

/** A call in words: `write 7 to k1 by process 3`. */
export function callWords({ f, key, input, process }: Call): string {
  if (f === 'cas') {
    const [from, to] = input as readonly [Plain, Plain];
    return `the compare-and-set of ${key} from ${JSON.stringify(from)} to ${JSON.stringify(to)} by process ${process}`;
  }
  return `the ${f}${input === null ? '' : ` of ${JSON.stringify(input)}`} on ${key} by process ${process}`;
}
