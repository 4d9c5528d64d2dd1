import type { MessageDrawing } from './drawing.ts';
import { arrowProblems, type DrawnOrder, orderOf } from './order.ts';
import {
  LAMPORT_MISCONCEPTIONS,
  lamportRule,
  type Misconception,
  stampsBy,
  type StampRule,
  VECTOR_MISCONCEPTIONS,
  vectorRule,
  wide,
} from './stamps.ts';

/** One thing that is wrong with a drawing. */
export interface DrawingFinding {
  readonly part: 'arrows' | 'Lamport stamps' | 'vector stamps' | 'concurrent pairs';
  /** One sentence naming the events. */
  readonly message: string;
}

/**
 * Everything that is wrong with a message trace as somebody drew it: arrows that make no order, stamps that do not follow the rules, pairs
 * that are called concurrent and are not, or are and are not called so. Everything is made again from nodes and messages alone.
 */
export function checkMessageDrawing(drawing: MessageDrawing): readonly DrawingFinding[] {
  const arrows = arrowProblems(drawing);
  if (arrows.length > 0) return arrows.map((message) => ({ part: 'arrows', message }));
  const order = orderOf(drawing);
  return [...lamports(drawing, order), ...vectors(drawing, order), ...pairs(drawing, order)];
}

/** The drawing with every stamp and pair as the rules have them. Its arrows must be in order. */
export function completed(drawing: MessageDrawing): MessageDrawing {
  const order = orderOf(drawing);
  const lamport = stampsBy(drawing, order, lamportRule);
  const vector = stampsBy(drawing, order, vectorRule);
  const size = drawing.nodes.length;
  return {
    ...drawing,
    events: drawing.events.map((event, i) => ({
      ...event,
      lamport: lamport[i] ?? 0,
      vector: wide(vector[i] ?? [], size),
    })),
    concurrent: concurrentPairs(drawing, order),
  };
}

/** All pairs of which neither can have influenced the other, in the order of the events. */
export function concurrentPairs(
  { events }: MessageDrawing,
  { before }: DrawnOrder,
): readonly (readonly [string, string])[] {
  return events.flatMap((a, i) =>
    events.flatMap((b, k): (readonly [string, string])[] =>
      k > i && !before(i, k) && !before(k, i) ? [[a.name, b.name]] : [],
    ),
  );
}

function lamports(drawing: MessageDrawing, order: DrawnOrder): DrawingFinding[] {
  const drawn = drawing.events.map(({ lamport }) => lamport);
  return stamped(drawing, order, {
    part: 'Lamport stamps',
    drawn,
    rule: lamportRule,
    misconceptions: LAMPORT_MISCONCEPTIONS,
    shown: String,
    why: (own, sent) =>
      sent === undefined
        ? `one more than ${own ?? 0}, its own last`
        : `one more than the greater of ${own ?? 0}, its own last, and ${sent}, that of the message`,
  });
}

function vectors(drawing: MessageDrawing, order: DrawnOrder): DrawingFinding[] {
  const size = drawing.nodes.length;
  const shown = (vector: readonly number[]): string => `[${wide(vector, size).join(' ')}]`;
  return stamped(drawing, order, {
    part: 'vector stamps',
    drawn: drawing.events.map(({ vector }) => vector),
    rule: vectorRule,
    misconceptions: VECTOR_MISCONCEPTIONS,
    shown,
    why: (own = [], sent) =>
      sent === undefined
        ? `its own last, ${shown(own)}, with one more of its own`
        : `the greater of each entry of ${shown(own)}, its own last, and ${shown(sent)}, that of the message, with one more of its own`,
  });
}

interface Kind<Stamp> {
  readonly part: DrawingFinding['part'];
  readonly drawn: readonly (Stamp | undefined)[];
  readonly rule: StampRule<Stamp>;
  readonly misconceptions: readonly Misconception<Stamp>[];
  readonly shown: (stamp: Stamp) => string;
  readonly why: (own: Stamp | undefined, sent: Stamp | undefined) => string;
}

function stamped<Stamp>(drawing: MessageDrawing, order: DrawnOrder, kind: Kind<Stamp>): DrawingFinding[] {
  const { part, drawn, rule, misconceptions, shown, why } = kind;
  const right = stampsBy(drawing, order, rule);
  const isAs = (stamps: readonly Stamp[]): boolean =>
    drawn.every((stamp, i) => stamp !== undefined && shown(stamp) === shown(stamps[i] as Stamp));
  if (isAs(right)) return [];
  const found = misconceptions.find((each) => isAs(stampsBy(drawing, order, each.rule)));
  const head: DrawingFinding[] =
    found === undefined ? [] : [{ part, message: `all of them follow another rule: ${found.says}` }];
  const wrong = drawing.events.flatMap(({ name }, i): DrawingFinding[] => {
    const [stamp, should] = [drawn[i], right[i] as Stamp];
    if (stamp === undefined) return [{ part, message: `${name} has none; it is ${shown(should)}` }];
    if (shown(stamp) === shown(should)) return [];
    const { own = -1, sent = -1 } = order.causes[i] ?? {};
    const because = why(own < 0 ? undefined : right[own], sent < 0 ? undefined : right[sent]);
    return [{ part, message: `${name} has ${shown(stamp)}; it is ${shown(should)}: ${because}` }];
  });
  return [...head, ...wrong];
}

function pairs(drawing: MessageDrawing, order: DrawnOrder): DrawingFinding[] {
  const { events, concurrent } = drawing;
  const part = 'concurrent pairs';
  if (concurrent === undefined) return [{ part, message: 'they are not listed' }];
  const key = (a: string, b: string): string => (a < b ? `${a} and ${b}` : `${b} and ${a}`);
  const drawn = new Set(concurrent.map(([a, b]) => key(a, b)));
  const right = new Set(concurrentPairs(drawing, order).map(([a, b]) => key(a, b)));
  const indexOf = (name: string): number => events.findIndex((event) => event.name === name);
  const extra = concurrent.flatMap(([a, b]): DrawingFinding[] => {
    if (right.has(key(a, b))) return [];
    if (a === b) return [{ part, message: `${a} is no pair` }];
    const [i, k] = [indexOf(a), indexOf(b)];
    const [first, second] = order.before(i, k) ? [i, k] : [k, i];
    const way = order.chain(first, second).map((at) => events[at]?.name ?? '');
    return [{ part, message: `${key(a, b)} are none: ${way.join(' -> ')}` }];
  });
  const missing = [...right]
    .filter((pair) => !drawn.has(pair))
    .map(
      (pair): DrawingFinding => ({
        part,
        message: `${pair} are missing: no chain of messages leads from one to the other`,
      }),
    );
  return [...extra, ...missing];
}
