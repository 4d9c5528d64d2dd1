import type { MessageDrawing } from './drawing.ts';
import type { DrawnOrder } from './order.ts';

/** A rule by which one event gets its stamp from those of its causes; `undefined` where there is none. `from` is the sending node, -1 where nothing is received. */
export type StampRule<Stamp> = (
  own: Stamp | undefined,
  sent: Stamp | undefined,
  node: number,
  from: number,
) => Stamp;

/** A rule that learners follow in place of the right one, and what is wrong with it. */
export interface Misconception<Stamp> {
  readonly says: string;
  readonly rule: StampRule<Stamp>;
}

/** Lamport's rule: one more than the greater of what the node had and what it hears (Lamport 1978, IR1 and IR2). */
export const lamportRule: StampRule<number> = (own = 0, sent = 0) => Math.max(own, sent) + 1;

/** The rule of vectors: the greater of each entry, and one more of its own (Fidge 1988, Mattern 1989). */
export const vectorRule: StampRule<readonly number[]> = (own, sent, node) => bumped(merged(own, sent), node);

/** Wrong rules for Lamport stamps, the commonest first. */
export const LAMPORT_MISCONCEPTIONS: readonly Misconception<number>[] = [
  {
    says: 'a receipt takes the greater stamp and does not add 1: it is an event, too',
    rule: (own = 0, sent) => (sent === undefined ? own + 1 : Math.max(own, sent)),
  },
  {
    says: 'a receipt counts on from its own stamp, whatever the message says: it must be above the sending',
    rule: (own = 0) => own + 1,
  },
  {
    says: "a receipt counts on from the message's stamp, though its own is greater: it must be above both",
    rule: (own = 0, sent) => (sent ?? own) + 1,
  },
  {
    says: 'a receipt adds 1 before it takes the greater one: the maximum comes first',
    rule: (own = 0, sent = 0) => Math.max(own + 1, sent),
  },
];

/** Wrong rules for vectors. */
export const VECTOR_MISCONCEPTIONS: readonly Misconception<readonly number[]>[] = [
  {
    says: 'a receipt takes the greater of each entry and does not count itself',
    rule: (own, sent, node) => (sent === undefined ? bumped(own ?? [], node) : merged(own, sent)),
  },
  {
    says: 'a receipt counts itself and takes nothing from the message',
    rule: (own, _sent, node) => bumped(own ?? [], node),
  },
  {
    says: "a receipt takes the message's vector in place of its own, and forgets what it knew",
    rule: (own, sent, node) => bumped(sent ?? own ?? [], node),
  },
  {
    says: "a receipt counts the sender's entry: the sender has counted its sending, the receipt is an event of the receiver",
    rule: (own, sent, node, from) => bumped(merged(own, sent), from < 0 ? node : from),
  },
];

/** The stamps of all events by a rule. */
export function stampsBy<Stamp>(
  { nodes, events }: MessageDrawing,
  { causes, sorted }: DrawnOrder,
  rule: StampRule<Stamp>,
): readonly Stamp[] {
  const stamps: Stamp[] = [];
  for (const i of sorted) {
    const { own = -1, sent = -1 } = causes[i] ?? {};
    stamps[i] = rule(
      own < 0 ? undefined : stamps[own],
      sent < 0 ? undefined : stamps[sent],
      nodes.indexOf(events[i]?.node ?? ''),
      sent < 0 ? -1 : nodes.indexOf(events[sent]?.node ?? ''),
    );
  }
  return stamps;
}

/** A vector as wide as there are nodes. */
export function wide(vector: readonly number[], nodes: number): readonly number[] {
  return Array.from({ length: nodes }, (_, i) => vector[i] ?? 0);
}

function merged(a: readonly number[] = [], b: readonly number[] = []): readonly number[] {
  return Array.from({ length: Math.max(a.length, b.length) }, (_, i) => Math.max(a[i] ?? 0, b[i] ?? 0));
}

function bumped(vector: readonly number[], node: number): readonly number[] {
  const next = Array.from({ length: Math.max(vector.length, node + 1) }, (_, i) => vector[i] ?? 0);
  next[node] = (next[node] ?? 0) + 1;
  return next;
}
