import type { Plain } from '@holdfast/plain';
import type { Operation } from '../history/operation.ts';
import { checkAvailability } from '../plain/availability.ts';
import { checkBank } from '../plain/bank.ts';
import type { Checker, CheckerVerdict } from '../plain/checker.ts';
import { counterBoundsChecker, gCounterChecker, pnCounterChecker } from '../plain/counter.ts';
import { checkLatency } from '../plain/latency.ts';
import { checkLog } from '../plain/log.ts';
import { checkLongFork } from '../plain/longFork.ts';
import { checkSetFinal } from '../plain/setFinal.ts';
import { checkSetFull } from '../plain/setFull.ts';
import { checkQueue, checkTotalQueue, type TotalQueueOptions } from '../plain/totalQueue.ts';
import type { CheckerSetting, NamedChecker, Settings } from './entry.ts';
import { booleanIn, CheckerSettingError, given, numberIn } from './settings.ts';
import { answersAre, hasOnly, hasSome, type HistoryShape, isOfTransactions } from './shape.ts';

function plain(
  checker: Omit<NamedChecker, 'family' | 'settings'> & Partial<Pick<NamedChecker, 'settings'>>,
): NamedChecker {
  return { settings: [], ...checker, family: 'plain' };
}

const number = (name: string, about: string): CheckerSetting => ({ name, kind: 'number', about });
const boolean = (name: string, about: string): CheckerSetting => ({ name, kind: 'boolean', about });

const ADDS = ['add', 'broadcast'] as const;
const STEPS = ['add', 'increment', 'inc', 'decrement', 'dec'] as const;
const PUTS = ['enqueue', 'offer'] as const;
const QUEUE = [...PUTS, 'add', 'dequeue', 'poll', 'remove', 'drain', 'peek'] as const;

const isSet = (shape: HistoryShape): boolean =>
  hasOnly(shape, ['read', ...ADDS]) &&
  hasSome(shape, ADDS) &&
  answersAre(shape, ['read'], ({ output }) => Array.isArray(output));
const isCounter = (shape: HistoryShape): boolean =>
  hasOnly(shape, ['read', 'r', ...STEPS]) &&
  hasSome(shape, STEPS) &&
  answersAre(shape, ['read', 'r'], ({ output }) => typeof output === 'number');
const isQueue = (shape: HistoryShape): boolean => hasOnly(shape, QUEUE) && hasSome(shape, PUTS);
const isBank = (shape: HistoryShape): boolean =>
  hasSome(shape, ['transfer']) && hasOnly(shape, ['transfer', 'read', 'txn']);
const isOfAny = (shape: HistoryShape): boolean => shape.sample.length > 0;

const counterOf =
  (make: (options: { finalFrom?: number }) => Checker): NamedChecker['judge'] =>
  (history, { settings }) =>
    make(given({ finalFrom: numberIn(settings, 'finalFrom') })).check(history);

function queueOptions(settings: Settings | undefined): TotalQueueOptions {
  const { delivery } = settings ?? {};
  if (delivery !== undefined && delivery !== 'exactly-once' && delivery !== 'at-least-once') {
    const found = `it is ${JSON.stringify(delivery)}`;
    throw new CheckerSettingError('total-queue', 'delivery', found, "give 'exactly-once' or 'at-least-once'");
  }
  const drained = booleanIn(settings, 'drained');
  return { ...(delivery === undefined ? {} : { delivery }), ...(drained === undefined ? {} : { drained }) };
}

/** Whether keys are written once each, one to a transaction. */
function isLongFork(shape: HistoryShape): boolean {
  if (!isOfTransactions(shape)) return false;
  const written = new Set<Plain>();
  const reads = shape.sample.some((operation) => stepsOf(operation).filter(([f]) => f === 'r').length > 1);
  const isOnce = shape.sample.every((operation) => {
    const writes = stepsOf(operation).filter(([f]) => f === 'w');
    if (writes.length === 0) return stepsOf(operation).every(([f]) => f === 'r');
    const [, key = null] = writes[0] ?? [];
    if (stepsOf(operation).length > 1 || written.has(key)) return false;
    written.add(key);
    return true;
  });
  return isOnce && reads && written.size > 0;
}

function isLog(shape: HistoryShape): boolean {
  if (hasOnly(shape, ['send', 'poll', 'assign', 'subscribe', 'seek'])) return hasSome(shape, ['send']);
  return (
    hasSome(shape, ['txn', 'send', 'poll']) &&
    shape.sample.some((operation) => stepsOf(operation).some(([f]) => f === 'send' || f === 'poll'))
  );
}

function stepsOf({ input }: Operation): readonly (readonly Plain[])[] {
  return Array.isArray(input) ? input.filter((step): step is readonly Plain[] => Array.isArray(step)) : [];
}

const FINAL_FROM = number('finalFrom', 'from when on reads are final (each last read after all adds)');
const WINDOW: readonly CheckerSetting[] = [
  number('from', 'from when on operations count, in the unit of the history'),
  number('until', 'until when'),
];

/** One promise each, in one pass. */
export const plainCheckers: readonly NamedChecker[] = [
  plain({
    name: 'set-full',
    about: 'no element of a set is lost; how long each took to be seen',
    operations: 'add (broadcast), read of the whole set',
    settings: [boolean('linearizable', 'whether one stale read is a violation (false)')],
    fits: isSet,
    judge: (history, { settings }) =>
      checkSetFull(history, given({ linearizable: booleanIn(settings, 'linearizable') })),
  }),
  plain({
    name: 'set-final',
    about: 'the last read of a set has every element that was added',
    operations: 'add (broadcast), read of the whole set',
    fits: isSet,
    judge: (history) => checkSetFinal(history),
  }),
  plain({
    name: 'total-queue',
    about: 'what goes into the queue comes out, once, in any order',
    operations: 'enqueue, dequeue, drain',
    settings: [
      { name: 'delivery', kind: 'text', about: "'exactly-once' or 'at-least-once' ('exactly-once')" },
      boolean('drained', 'whether the queue was empty at the end (told from empty answers)'),
    ],
    fits: isQueue,
    judge: (history, { settings }) => checkTotalQueue(history, queueOptions(settings)),
  }),
  plain({
    name: 'queue',
    about: 'what comes out of the queue was put in, and comes out once',
    operations: 'enqueue, dequeue, drain',
    fits: isQueue,
    judge: (history) => checkQueue(history),
  }),
  plain({
    name: 'counter-bounds',
    about: 'reads of a counter lie within its increments',
    operations: 'add, increment, decrement, read',
    fits: isCounter,
    judge: (history) => counterBoundsChecker.check(history),
  }),
  plain({
    name: 'g-counter',
    about: 'a grow-only counter of replicas ends at the sum of its increments',
    operations: 'add, increment, read',
    settings: [FINAL_FROM],
    fits: (shape) => isCounter(shape) && !hasSome(shape, ['decrement', 'dec']),
    judge: counterOf(gCounterChecker),
  }),
  plain({
    name: 'pn-counter',
    about: 'a counter of replicas ends at the sum of its increments and decrements',
    operations: 'add, increment, decrement, read',
    settings: [FINAL_FROM],
    fits: isCounter,
    judge: counterOf(pnCounterChecker),
  }),
  plain({
    name: 'bank',
    about: 'money is neither created nor destroyed',
    operations: 'read of all balances, transfer; or txn',
    settings: [
      number('total', 'all money there is (what the first read shows)'),
      { name: 'accounts', kind: 'texts', about: 'the accounts a read shows (those of the first)' },
      boolean('overdraft', 'whether an account may be below zero (false)'),
    ],
    fits: isBank,
    judge: (history, { settings }) =>
      checkBank(history, {
        ...given({ total: numberIn(settings, 'total') }),
        ...given({ overdraft: booleanIn(settings, 'overdraft') }),
        ...given({ accounts: settings?.accounts as readonly string[] | undefined }),
      }),
  }),
  plain({
    name: 'long-fork',
    about: 'all readers see writes in one order',
    operations: "txn with one ['w', key, value], or with ['r', key, value] of several keys",
    fits: isLongFork,
    judge: (history) => checkLongFork(history),
  }),
  plain({
    name: 'log',
    about: 'a log of messages keeps each of them, once and in order (Kafka)',
    operations: 'send with its offset, poll of [offset, value] pairs, assign, subscribe, seek',
    fits: isLog,
    judge: (history) => checkLog(history),
  }),
  plain({
    name: 'availability',
    about: 'operations are answered: all of them, or a share',
    operations: 'any',
    settings: [
      number('minimum', 'the share that must be, from 0 to 1 (1)'),
      number('interval', 'the length of stretches that are judged each by itself'),
      number('grace', 'how long before the end an open operation is not counted (0)'),
      ...WINDOW,
    ],
    fits: isOfAny,
    judge: (history, { settings }) =>
      checkAvailability(history, numbers(settings, ['minimum', 'interval', 'grace', 'from', 'until'])),
  }),
  plain({
    name: 'latency',
    about: 'answers come in time',
    operations: 'any',
    settings: [
      { ...number('most', 'how long it may take, in the unit of the history'), isNeeded: true },
      number('quantile', 'for which share of them, from 0 to 1 (1: every one)'),
      { name: 'f', kind: 'text', about: "which operations ('*': all)" },
      ...WINDOW,
    ],
    fits: isOfAny,
    judge: (history, { settings }): CheckerVerdict => {
      const f = typeof settings?.f === 'string' ? settings.f : '*';
      const { most = 0, quantile = 1 } = numbers(settings, ['most', 'quantile']);
      return checkLatency(history, {
        limits: [{ f, quantile, most }],
        ...numbers(settings, ['from', 'until']),
      });
    },
  }),
];

function numbers<K extends string>(
  settings: Settings | undefined,
  names: readonly K[],
): { [P in K]?: number } {
  const found: { [P in K]?: number } = {};
  for (const name of names) {
    const value = numberIn(settings, name);
    if (value !== undefined) found[name] = value;
  }
  return found;
}
