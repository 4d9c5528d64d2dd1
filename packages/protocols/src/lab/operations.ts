import type { Plain } from '@holdfast/plain';
import type { KvOperation } from '../kv/kv.ts';
import type { LabCall, LabOperation } from './lab.ts';

/** Reads, writes and compare-and-sets of registers, judged by the model `cas-register`. */
export const REGISTER_OPERATIONS: readonly LabOperation[] = [
  { f: 'read', weight: 5, judged: true, atTheEnd: true },
  { f: 'write', weight: 3, judged: true, input: (draw) => draw.unique() },
  { f: 'cas', weight: 2, judged: true, input: (draw): Plain => [draw.latest, draw.unique()] },
];

/** Reads and writes of registers alone, judged by the model `register`. */
export const READ_WRITE_OPERATIONS: readonly LabOperation[] = REGISTER_OPERATIONS.filter(
  ({ f }) => f !== 'cas',
);

/** The key-value machine's operation for a call of `REGISTER_OPERATIONS`. Throws a `RangeError` for another. */
export function registerOperation({ f, key, input }: LabCall): KvOperation {
  switch (f) {
    case 'read':
      return { f: 'get', key };
    case 'write':
      return { f: 'put', key, value: input };
    case 'cas': {
      const [from, to] = input as readonly [Plain, Plain];
      return { f: 'cas', key, from, to };
    }
    default:
      throw new RangeError(
        `Cannot ask a register for '${f}' as it must be read, write or cas: choose one of these`,
      );
  }
}
