import { equalPlain, type Plain } from '@holdfast/plain';
import type { Operation } from '../history/operation.ts';
import { illegal, type Model, UnsupportedOperationError } from './model.ts';
import { keyOf } from './register.ts';
import { showValue } from './words.ts';

const EXPECTED = "use f 'append' with a value, or 'read' with null or an offset";

/**
 * One log per `key` that only grows, empty at first.
 *
 * - `append` (or `send`): input the value; an output that is a number is its offset, from 0, any other is ignored.
 * - `read` (or `poll`): input null, output the whole log as a list; or input an offset, output the value there, null when
 *   the log does not reach that far.
 */
export function appendLogModel(): Model<readonly Plain[]> {
  return {
    name: 'append-log',
    init: () => [],
    step(log, operation) {
      const { input, output, outcome } = operation;
      if (isLogRead(operation))
        return outcome === 'unknown' || equalPlain(seenBy(operation, log), output) ? log : illegal;
      if (operation.f !== 'append' && operation.f !== 'send') {
        throw new UnsupportedOperationError('append-log', operation, EXPECTED);
      }
      if (outcome === 'ok' && typeof output === 'number' && output !== log.length) return illegal;
      return [...log, input];
    },
    key: keyOf,
    observes: isLogRead,
    canReach: canReachLog,
    describe(operation) {
      const { key, input, output, outcome } = operation;
      const log = key ?? 'the log';
      if (!isLogRead(operation)) {
        return `appended ${showValue(input)} to ${log}${typeof output === 'number' ? ` at ${output}` : ''}`;
      }
      const place = input === null ? log : `${log} at ${showValue(input)}`;
      return outcome === 'ok' ? `read ${showValue(output)} from ${place}` : `read ${place}`;
    },
  };
}

function isLogRead(operation: Operation): boolean {
  return operation.f === 'read' || operation.f === 'poll';
}

function seenBy(operation: Operation, log: readonly Plain[]): Plain {
  const { input } = operation;
  if (input === null) return log;
  if (typeof input !== 'number') throw new UnsupportedOperationError('append-log', operation, EXPECTED);
  return log[input] ?? null;
}

/** Nothing is ever taken back: what stands in the log must be what was seen. */
function canReachLog(log: readonly Plain[], observation: Operation, changes: readonly Operation[]): boolean {
  const { input, output } = observation;
  if (input !== null) {
    const value = log[input as number];
    return value === undefined ? output === null || changes.length > 0 : equalPlain(value, output);
  }
  if (!Array.isArray(output) || output.length < log.length) return false;
  return (
    log.every((value, i) => equalPlain(value, output[i])) &&
    (output.length === log.length || changes.length > 0)
  );
}
