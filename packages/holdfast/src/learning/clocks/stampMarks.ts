import {
  LAMPORT_MISCONCEPTIONS,
  lamportRule,
  type MessageDrawing,
  type Misconception,
  orderOf,
  type StampRule,
  VECTOR_MISCONCEPTIONS,
  vectorRule,
  vectorText,
  wide,
} from '@holdfast/report';
import { AnswerError } from '../errors.ts';
import { type Mark, numberIn } from '../marks.ts';

interface StampKind<Stamp> {
  readonly what: string;
  readonly rule: StampRule<Stamp>;
  readonly misconceptions: readonly Misconception<Stamp>[];
  readonly right: (event: MessageDrawing['events'][number]) => Stamp;
  readonly shown: (stamp: Stamp) => string;
  readonly why: (own: string | undefined, sent: string | undefined) => string;
}

/** Marks Lamport stamps given by event name, cell by cell. */
export function markLamports(
  trace: MessageDrawing,
  given: Readonly<Record<string, unknown>>,
): readonly Mark[] {
  return markStamps(trace, (name) => numberIn(given, name), {
    what: 'Lamport stamp',
    rule: lamportRule,
    misconceptions: LAMPORT_MISCONCEPTIONS,
    right: ({ lamport = 0 }) => lamport,
    shown: String,
    why: (own = '0', sent) =>
      sent === undefined
        ? `one more than ${own}, its own last`
        : `one more than the greater of ${own}, its own last, and ${sent}, that of the message`,
  });
}

/** Marks vector stamps given by event name as lists of counts in the order of the processes, cell by cell. */
export function markVectors(
  trace: MessageDrawing,
  given: Readonly<Record<string, unknown>>,
): readonly Mark[] {
  const size = trace.nodes.length;
  const none = vectorText(wide([], size));
  return markStamps(trace, (name) => vectorIn(given[name], name, size), {
    what: 'vector stamp',
    rule: vectorRule,
    misconceptions: VECTOR_MISCONCEPTIONS,
    right: ({ vector = [] }) => vector,
    shown: (vector) => vectorText(wide(vector, size)),
    why: (own = none, sent) =>
      sent === undefined
        ? `${own}, its own last, with one more of its own`
        : `the greater of each entry of ${own}, its own last, and ${sent}, that of the message, with one more of its own`,
  });
}

function vectorIn(value: unknown, name: string, size: number): readonly number[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value) && value.every((each) => each === null)) return undefined;
  const isVector = Array.isArray(value) && value.length === size && value.every(Number.isSafeInteger);
  if (!isVector) throw new AnswerError(name, `a list of ${size} whole numbers`, value);
  return value as readonly number[];
}

/**
 * Marks each cell by the right stamps. A cell that is wrong and follows by the right rule from the learner's own earlier stamps is said to; of the others,
 * the belief is the wrong rule that explains it from those stamps, and of several the one that explains most of the whole sheet.
 */
function markStamps<Stamp>(
  trace: MessageDrawing,
  givenOf: (name: string) => Stamp | undefined,
  kind: StampKind<Stamp>,
): readonly Mark[] {
  const { events, nodes } = trace;
  const { causes } = orderOf(trace);
  const { what, rule, misconceptions, right, shown, why } = kind;
  const given = events.map(({ name }) => givenOf(name));
  /** What a rule gives an event, from the stamps that the learner gave its causes. */
  const from = (by: StampRule<Stamp>, i: number): string => {
    const { own = -1, sent = -1 } = causes[i] ?? {};
    const nodeOf = (event: number): number => nodes.indexOf(events[event]?.node ?? '');
    return shown(
      by(own < 0 ? undefined : given[own], sent < 0 ? undefined : given[sent], nodeOf(i), nodeOf(sent)),
    );
  };
  const isBy = (by: StampRule<Stamp>, i: number): boolean => {
    const stamp = given[i];
    return stamp !== undefined && shown(stamp) === from(by, i);
  };
  const explained = (by: StampRule<Stamp>): number => events.filter((_, i) => isBy(by, i)).length;
  const ranked = misconceptions.toSorted((a, b) => explained(b.rule) - explained(a.rule));
  const rightText = (i: number): string | undefined => {
    const event = events[i];
    return event === undefined ? undefined : shown(right(event));
  };
  return events.map((event, i): Mark => {
    const stamp = given[i];
    const expected = shown(right(event));
    const text = stamp === undefined ? '' : shown(stamp);
    const isRight = text === expected;
    const { own = -1, sent = -1 } = causes[i] ?? {};
    const carried = !isRight && isBy(rule, i);
    const because = `${why(rightText(own), rightText(sent))}${carried ? '; yours follows from your earlier ones' : ''}`;
    const belief = isRight || carried ? undefined : ranked.find((each) => isBy(each.rule, i))?.says;
    const mark = { item: `${what} of ${event.name}`, right: isRight, given: text, expected, because };
    return belief === undefined ? mark : { ...mark, belief };
  });
}
