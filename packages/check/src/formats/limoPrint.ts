import type { Plain } from '@holdfast/plain';
import { eventsOf } from '../history/events.ts';
import type { History, Operation } from '../history/operation.ts';
import { HistoryPrintError } from './printError.ts';

const NAME = 'limo';

/** LiMo's objects, and what their methods are called there. */
const OBJECTS: Readonly<Record<string, ReadonlyMap<string, string>>> = {
  'atomic-queue': new Map([
    ['enqueue', 'enq'],
    ['dequeue', 'deq'],
  ]),
  'atomic-stack': new Map([
    ['push', 'push'],
    ['pop', 'pop'],
  ]),
  'atomic-set': new Map([
    ['add', 'add'],
    ['remove', 'rmv'],
    ['contains', 'ctn'],
  ]),
};

/** Methods that may find nothing. */
const TAKES: ReadonlySet<string> = new Set(['deq', 'pop']);
const WORD = /^[^\s(),]+$/;

/**
 * A history of one queue, stack or set as LiMo's call and return lines. They have no place for times, keys and failures; an operation of
 * unknown outcome is a call without return, after which its process is silent. Throws `HistoryPrintError` naming the first
 * operation that does not fit.
 */
export function printLimo(history: History): string {
  if (history.order === 'session')
    throw new HistoryPrintError(
      NAME,
      -1,
      'its order is only known per session, and LiMo wants one of all events',
    );
  const object = objectOf(history.operations);
  const names = OBJECTS[object] as ReadonlyMap<string, string>;
  const lines = [`# @object ${object}`];
  const silent = new Set<number>();
  for (const { operation, isInvocation } of eventsOf(history)) {
    const { process, outcome } = operation;
    const name = names.get(operation.f) as string;
    if (isInvocation) {
      refuse(operation, silent);
      if (outcome === 'unknown') silent.add(process);
      lines.push(`[${process}] call ${name}${argument(operation)}`);
    } else if (outcome === 'ok') {
      lines.push(`[${process}] return${result(operation, TAKES.has(name))}`);
    }
  }
  lines.push('');
  return lines.join('\n');
}

function objectOf(operations: readonly Operation[]): string {
  let fitting = Object.keys(OBJECTS);
  for (const { id, f } of operations) {
    fitting = fitting.filter((object) => OBJECTS[object]?.has(f) === true);
    if (fitting.length === 0) {
      const all = Object.entries(OBJECTS).map(
        ([object, names]) => `${object} (${[...names.keys()].join(', ')})`,
      );
      throw new HistoryPrintError(NAME, id, `its f '${f}' does not make one object of ${all.join(', ')}`);
    }
  }
  return fitting[0] as string;
}

function refuse({ id, process, key, outcome }: Operation, silent: ReadonlySet<number>): void {
  if (key !== undefined)
    throw new HistoryPrintError(NAME, id, 'it has a key, and a LiMo history is of one object');
  if (outcome === 'fail') throw new HistoryPrintError(NAME, id, 'the format has no word for one that failed');
  if (silent.has(process))
    throw new HistoryPrintError(NAME, id, `process ${process} goes on after an unknown outcome`);
  if (process < 0) throw new HistoryPrintError(NAME, id, `its process ${process} is below 0`);
}

function argument(operation: Operation): string {
  return operation.input === null ? '' : `(${word(operation, operation.input)})`;
}

function result(operation: Operation, isTake: boolean): string {
  if (operation.output === null) return isTake ? ' empty' : '';
  return ` ${word(operation, operation.output)}`;
}

/** A value as a word that is read back as the same value. */
function word({ id }: Operation, value: Plain): string {
  const isWhole = typeof value === 'number' && Number.isSafeInteger(value);
  if (isWhole || typeof value === 'boolean') return String(value);
  const isText = typeof value === 'string' && WORD.test(value);
  if (isText && !/^(?:empty|true|false|-?\d+)$/i.test(value)) return value;
  const shown = JSON.stringify(value);
  throw new HistoryPrintError(
    NAME,
    id,
    `the format holds whole numbers, true, false and words, and it has ${shown}`,
  );
}
