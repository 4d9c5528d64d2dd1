import { equalPlain, type Plain } from '@holdfast/plain';
import type { History, Operation } from '../../src/history/operation.ts';
import type { Model } from '../../src/models/model.ts';

/** Staleness straight from the definitions, for a handful of operations. Shares nothing with the judges but the model's view. */
interface Reads {
  readonly operations: readonly Operation[];
  readonly isRead: (operation: Operation) => boolean;
  readonly valueOf: (operation: Operation) => Plain;
  readonly keyOf: (operation: Operation) => string;
  readonly initial: Plain;
}

function readsOf<S>(history: History, model: Model<S>): Reads {
  const view = model.register;
  if (view === undefined) throw new TypeError('Cannot read a model without registers');
  return {
    operations: history.operations.filter(
      (o) => o.outcome === 'ok' || (o.outcome === 'unknown' && view.kindOf(o) === 'write'),
    ),
    isRead: (o) => view.kindOf(o) === 'read',
    valueOf: (o) => view.valueOf(o),
    keyOf: (o) => model.key?.(o) ?? '',
    initial: view.initial,
  };
}

function isBefore(a: Operation, b: Operation): boolean {
  if (a.completedAt < b.invokedAt) return true;
  return a.process === b.process && a.id < b.id && a.completedAt <= b.invokedAt;
}

/** Regular: the value of an overlapping write, or of one before with no other write in between. Safe: only without overlap. */
export function isRegular<S>(history: History, model: Model<S>, kind: 'regular' | 'safe'): boolean {
  const { operations, isRead, valueOf, keyOf, initial } = readsOf(history, model);
  return operations.filter(isRead).every((read) => {
    const writes = operations.filter((o) => !isRead(o) && keyOf(o) === keyOf(read));
    const overlapping = writes.filter((w) => !isBefore(w, read) && !isBefore(read, w));
    if (kind === 'safe' && overlapping.length > 0) return true;
    const over = writes.filter((w) => isBefore(w, read));
    const newest = over.filter((w) => !over.some((other) => isBefore(w, other)));
    if (over.length === 0 && equalPlain(valueOf(read), initial)) return true;
    return [...overlapping, ...newest].some((w) => equalPlain(valueOf(w), valueOf(read)));
  });
}

/** One order that keeps real time, reads begun `earlier`, in which each read returns one of the last `1 + behind` values. */
export function isStaleAtMost<S>(history: History, model: Model<S>, behind: number, earlier = 0): boolean {
  const { operations, isRead, valueOf, keyOf, initial } = readsOf(history, model);
  const comes = (a: Operation, b: Operation): boolean => {
    if (earlier === 0 || !(isRead(a) || isRead(b))) return isBefore(a, b);
    return a.completedAt < b.invokedAt - (isRead(b) ? earlier : 0);
  };
  const place = (left: readonly Operation[], values: ReadonlyMap<string, readonly Plain[]>): boolean => {
    if (left.every((o) => o.outcome === 'unknown')) return true;
    return left.some((o) => {
      if (left.some((other) => other !== o && comes(other, o))) return false;
      const rest = left.filter((other) => other !== o);
      const last = values.get(keyOf(o)) ?? [initial];
      if (!isRead(o))
        return place(rest, new Map(values).set(keyOf(o), [...last, valueOf(o)].slice(-1 - behind)));
      return last.some((value) => equalPlain(value, valueOf(o))) && place(rest, values);
    });
  };
  return place(operations, new Map());
}
