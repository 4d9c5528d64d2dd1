import type { Plain } from '@holdfast/plain';
import type { Operation } from '../history/operation.ts';
import { UnsupportedOperationError } from '../models/model.ts';

/** One message sent; `offset` when the acknowledgement told it. */
export interface Sent {
  readonly key: string;
  readonly value: Plain;
  readonly offset: number | undefined;
}

/** One message polled. */
export interface Polled {
  readonly key: string;
  readonly offset: number;
  readonly value: Plain;
}

/** What one operation did to logs, in its own order. */
export interface LogWork {
  readonly sent: readonly Sent[];
  readonly polled: readonly Polled[];
}

const EXPECTED =
  "use f 'send' with a value and its offset as output, 'poll' with {key: [[offset, value], ...]} as output, or 'txn' with " +
  "['send', key, value] and ['poll']";

/** What an operation sent and polled; undefined for operations that do neither. */
export function logWorkOf(operation: Operation): LogWork | undefined {
  const { f, key = '', input, output, outcome } = operation;
  const isTransaction = f === 'txn' || isMicroList(input);
  if (f !== 'send' && f !== 'poll' && !isTransaction) return undefined;
  if (isTransaction) return workOfSteps(operation, outcome === 'ok' ? output : input);
  if (f === 'send') {
    return {
      sent: [{ key, value: input, offset: typeof output === 'number' ? output : undefined }],
      polled: [],
    };
  }
  if (outcome !== 'ok') return { sent: [], polled: [] };
  const polled = operation.key === undefined ? byKey(operation, output) : messages(operation, key, output);
  return { sent: [], polled };
}

function isMicroList(input: Plain): boolean {
  return Array.isArray(input) && input.length > 0 && input.every(isMicro);
}

function isMicro(step: Plain): boolean {
  return Array.isArray(step) && (step[0] === 'send' || step[0] === 'poll');
}

function workOfSteps(operation: Operation, steps: Plain): LogWork {
  const sent: Sent[] = [];
  const polled: Polled[] = [];
  if (!Array.isArray(steps)) throw new UnsupportedOperationError('log', operation, EXPECTED);
  for (const step of steps as readonly Plain[]) {
    const [kind, second, third] = Array.isArray(step) ? (step as readonly Plain[]) : [];
    if (kind === 'poll') {
      if (operation.outcome === 'ok') polled.push(...byKey(operation, second ?? null));
    } else if (kind === 'send' && (typeof second === 'string' || typeof second === 'number')) {
      sent.push(sentOf(String(second), third ?? null, operation.outcome === 'ok'));
    } else throw new UnsupportedOperationError('log', operation, EXPECTED);
  }
  return { sent, polled };
}

/** An acknowledged message is `[offset, value]`, or its value alone where the broker told no offset. */
function sentOf(key: string, told: Plain, isAcknowledged: boolean): Sent {
  if (isAcknowledged && Array.isArray(told) && told.length === 2) {
    const [offset, value] = told as readonly Plain[];
    return { key, value: value ?? null, offset: typeof offset === 'number' ? offset : undefined };
  }
  return { key, value: told, offset: undefined };
}

function byKey(operation: Operation, output: Plain): Polled[] {
  if (output === null) return [];
  if (typeof output !== 'object' || Array.isArray(output)) {
    throw new UnsupportedOperationError('log', operation, EXPECTED);
  }
  return Object.entries(output).flatMap(([key, list]) => messages(operation, key, list ?? null));
}

function messages(operation: Operation, key: string, list: Plain): Polled[] {
  if (list === null) return [];
  if (!Array.isArray(list)) throw new UnsupportedOperationError('log', operation, EXPECTED);
  return (list as readonly Plain[]).map((message): Polled => {
    const [offset, value] = Array.isArray(message) ? (message as readonly Plain[]) : [];
    if (typeof offset !== 'number') throw new UnsupportedOperationError('log', operation, EXPECTED);
    return { key, offset, value: value ?? null };
  });
}
