import type { Plain } from '@holdfast/plain';
import type { Operation } from '../history/operation.ts';
import { casValues, compareFailed } from '../models/cas.ts';
import type { Model } from '../models/model.ts';

/** The value an operation leaves behind whatever was there, as far as it changes a register. */
export type WrittenValue = { readonly value: Plain };

/**
 * What an operation writes to a register: a value; `nothing` when it reads, or was told that it changed nothing; `not a write` when what
 * it leaves depends on what was there. A compare-and-set that matched wrote its second value, a delete null.
 */
export function writesAs(operation: Operation, model: Model): WrittenValue | 'nothing' | 'not a write' {
  const kind = model.register?.kindOf(operation);
  if (kind === 'write') return { value: operation.input };
  if (kind === 'read' || model.observes?.(operation) === true) return 'nothing';
  if (operation.f === 'cas') {
    const values = casValues(operation);
    if (values === undefined) return 'not a write';
    return compareFailed(operation) ? 'nothing' : { value: values[1] };
  }
  return operation.f === 'delete' || operation.f === 'del' ? { value: null } : 'not a write';
}
