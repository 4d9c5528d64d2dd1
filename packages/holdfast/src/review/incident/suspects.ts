import type { Trace } from '@holdfast/trace';
import { type Span, spansIn } from './spans.ts';

/** A component that may be where it began. */
export interface Suspect {
  readonly component: string;
  /** When a call to it first went wrong that no call of its own explains, simulated microseconds. */
  readonly firstUs: number;
  /** Such calls. */
  readonly unexplained: number;
  /** Calls to it that went wrong, explained or not. */
  readonly wrong: number;
}

/** A call that takes so many times the median of its kind, and so much longer, is slow. */
const SLOW_TIMES = 5;
const SLOW_US = 20_000;

/**
 * Components to which calls went wrong, the first one first: a call that was not answered, or slowly, counts against whoever was called unless
 * that one's own call for the same request had gone wrong meanwhile. Whoever is loudest is seldom the first.
 */
export function suspectsIn(trace: Trace): Suspect[] {
  const spans = spansIn(trace);
  const wrong = wrongOf(spans);
  const suspects = new Map<number, { firstUs: number; unexplained: number; wrong: number }>();
  for (const span of wrong) {
    const suspect = suspects.get(span.to) ?? { firstUs: Number.POSITIVE_INFINITY, unexplained: 0, wrong: 0 };
    suspects.set(span.to, suspect);
    suspect.wrong++;
    if (wrong.some((inner) => explains(inner, span))) continue;
    suspect.unexplained++;
    suspect.firstUs = Math.min(suspect.firstUs, span.sentUs);
  }
  return [...suspects]
    .map(([node, found]) => ({ component: trace.nodes[node]?.name ?? '', ...found }))
    .toSorted((a, b) => a.firstUs - b.firstUs || b.unexplained - a.unexplained);
}

/** Whoever made most calls that went wrong, and so has most to tell; undefined when none did. */
export function loudestIn(trace: Trace): string | undefined {
  const told = new Map<number, number>();
  for (const { from } of wrongOf(spansIn(trace))) told.set(from, (told.get(from) ?? 0) + 1);
  const [loudest] = [...told].toSorted(([, a], [, b]) => b - a);
  return loudest === undefined ? undefined : trace.nodes[loudest[0]]?.name;
}

function explains(inner: Span, outer: Span): boolean {
  if (inner.from !== outer.to || inner.key !== outer.key || inner.sentUs < outer.sentUs) return false;
  return inner.sentUs <= (outer.answeredUs ?? Number.POSITIVE_INFINITY);
}

function wrongOf(spans: readonly Span[]): Span[] {
  const edges = new Map<string, Span[]>();
  for (const span of spans) {
    const edge = `${span.from} ${span.to}`;
    const all = edges.get(edge);
    if (all === undefined) edges.set(edge, [span]);
    else all.push(span);
  }
  const slow = new Map([...edges].map(([edge, all]) => [edge, slowFrom(all)]));
  return spans.filter(({ from, to, sentUs, answeredUs }) => {
    if (answeredUs === undefined) return true;
    return answeredUs - sentUs > (slow.get(`${from} ${to}`) ?? 0);
  });
}

function slowFrom(spans: readonly Span[]): number {
  const took = spans
    .flatMap(({ sentUs, answeredUs }) => (answeredUs === undefined ? [] : [answeredUs - sentUs]))
    .toSorted((a, b) => a - b);
  const median = took[Math.floor(took.length / 2)] ?? 0;
  return median * SLOW_TIMES + SLOW_US;
}
