import { concurrentPairs, type MessageDrawing, orderOf } from '@holdfast/report';
import { AnswerError } from '../errors.ts';
import { listIn, type Mark, markText, textIn } from '../marks.ts';
import { lamportOf } from './trace.ts';

/** How the first of two events stands to the second. */
export const RELATIONS = ['before', 'after', 'concurrent'] as const;
/** One of them. */
export type Relation = (typeof RELATIONS)[number];

const BY_LAMPORT =
  'the smaller Lamport stamp happened before: a cause has the smaller stamp, and so has many an event that is no cause';
const BACKWARDS = 'the order is read backwards: a message leads from its sending to its receipt';
const APART =
  'events of different processes are concurrent: not when a chain of messages leads from one to the other';

/** How one event of a trace stands to another, by following messages. */
export function relationOf(trace: MessageDrawing, a: string, b: string): Relation {
  const { before } = orderOf(trace);
  const [i, k] = [indexOf(trace, a), indexOf(trace, b)];
  if (before(i, k)) return 'before';
  return before(k, i) ? 'after' : 'concurrent';
}

/** Marks one relation: `before`, `after` or `concurrent`. */
export function markRelation(
  trace: MessageDrawing,
  [a, b]: readonly [string, string],
  given: Readonly<Record<string, unknown>>,
): Mark {
  const key = `${a} ${b}`;
  const answer = textIn(given, key).toLowerCase();
  if (answer !== '' && !RELATIONS.some((relation) => relation === answer))
    throw new AnswerError(`'${key}'`, RELATIONS.join(', '), answer);
  const expected = relationOf(trace, a, b);
  const [x, y] = [lamportOf(trace, a), lamportOf(trace, b)];
  const byStamp: Relation = x < y ? 'before' : 'after';
  const backwards: Relation = expected === 'before' ? 'after' : 'before';
  return markText(`${a} and ${b}`, answer, {
    expected,
    because: whyOf(trace, a, b),
    beliefs:
      expected === 'concurrent'
        ? [{ answer: byStamp, belief: BY_LAMPORT }]
        : [
            { answer: backwards, belief: BACKWARDS },
            { answer: 'concurrent', belief: APART },
          ],
  });
}

/** Marks the list of all concurrent pairs: each pair that belongs there, and each that does not. */
export function markConcurrent(
  trace: MessageDrawing,
  given: Readonly<Record<string, unknown>>,
): readonly Mark[] {
  const names = new Set(trace.events.map(({ name }) => name));
  const listed = new Set(
    listIn(given, 'concurrent').map((pair) => {
      const [a, b] = Array.isArray(pair) ? (pair as readonly unknown[]) : [];
      const ok =
        Array.isArray(pair) &&
        pair.length === 2 &&
        [a, b].every((x) => typeof x === 'string' && names.has(x));
      if (!ok) throw new AnswerError("an entry of 'concurrent'", 'a pair of events of the trace', pair);
      return keyOf(a as string, b as string);
    }),
  );
  const right = concurrentPairs(trace, orderOf(trace)).map(([a, b]) => [a, b, keyOf(a, b)] as const);
  const keys = new Set(right.map(([, , key]) => key));
  const missing = listed.size === 0 ? '' : 'not listed';
  const belonging = right.map(([a, b, key]): Mark => {
    const has = listed.has(key);
    return {
      item: `pair ${key}`,
      right: has,
      given: has ? 'concurrent' : missing,
      expected: 'concurrent',
      because: whyOf(trace, a, b),
    };
  });
  const others = [...listed]
    .filter((key) => !keys.has(key))
    .map((key): Mark => {
      const [a = '', b = ''] = key.split(' ');
      return {
        item: `pair ${key}`,
        right: false,
        given: 'concurrent',
        expected: a === b ? 'no pair' : `${a} ${relationOf(trace, a, b)} ${b}`,
        because: whyOf(trace, a, b),
        ...(a === b ? {} : { belief: APART }),
      };
    });
  return [...belonging, ...others];
}

/** Marks a pair that shows the converse of Lamport's guarantee false: the smaller stamp, and yet no cause. */
export function markConverse(trace: MessageDrawing, given: Readonly<Record<string, unknown>>): Mark {
  const list = listIn(given, 'converse').filter((name) => name !== null);
  const example = concurrentPairs(trace, orderOf(trace)).find(
    ([x, y]) => lamportOf(trace, x) !== lamportOf(trace, y),
  );
  const [low = '', high = ''] = (example ?? []).toSorted((x, y) => lamportOf(trace, x) - lamportOf(trace, y));
  const item = 'a pair that proves the converse false';
  const expected = `such as ${low} and ${high}`;
  if (list.length === 0) return { item, right: false, given: '', expected, because: whyOf(trace, low, high) };
  const [a, b] = list;
  if (list.length !== 2 || ![a, b].every((name) => trace.events.some((event) => event.name === name)))
    throw new AnswerError("'converse'", 'a pair of events of the trace', given['converse']);
  const [first, second] = [a as string, b as string];
  const smaller = lamportOf(trace, first) < lamportOf(trace, second);
  const relation = relationOf(trace, first, second);
  const stamps = `stamps ${lamportOf(trace, first)} and ${lamportOf(trace, second)}`;
  return {
    item,
    right: smaller && relation === 'concurrent',
    given: `${first} and ${second}`,
    expected,
    because: `${stamps}; ${whyOf(trace, first, second)}`,
    ...(relation === 'concurrent' || !smaller ? {} : { belief: BY_LAMPORT }),
  };
}

function whyOf(trace: MessageDrawing, a: string, b: string): string {
  const order = orderOf(trace);
  const [i, k] = [indexOf(trace, a), indexOf(trace, b)];
  if (i === k) return 'it is one event';
  if (!order.before(i, k) && !order.before(k, i)) return 'no chain of messages leads from one to the other';
  const [first, second] = order.before(i, k) ? [i, k] : [k, i];
  return order
    .chain(first, second)
    .map((at) => trace.events[at]?.name ?? '')
    .join(' -> ');
}

function indexOf({ events }: MessageDrawing, name: string): number {
  return events.findIndex((event) => event.name === name);
}

function keyOf(a: string, b: string): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}
