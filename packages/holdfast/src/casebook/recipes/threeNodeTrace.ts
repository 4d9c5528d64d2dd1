import { threeNodeTrace } from '@holdfast/report';
import type { RunResult } from '../../simulate/simulate.ts';
import type { CaseRuns, DocumentRecipe, FieldSource } from '../case.ts';
import { CaseError } from '../errors.ts';
import { causalOracle, type EditorEvent, editorEvents } from './editorRun.ts';

/** A trace for people has at most so many events, and at least so many concurrent pairs. */
const MOST_EVENTS = 20;
const FEWEST_PAIRS = 1;

/** Fills a three-node event trace (S0.26) from the first seed of a small editor experiment in which something is concurrent. */
export function threeNodeEventTrace(experiment: string, rule: string): DocumentRecipe {
  return {
    form: threeNodeTrace,
    fill: (runs) => {
      const { result, seed, events } = firstSmall(runs, experiment);
      const oracle = causalOracle(events);
      const cite = (text: string): FieldSource['evidence'] => [{ text, experiment, seed }];
      const of = (node: string): FieldSource => {
        const own = events.filter((event) => event.node === node);
        return {
          facts: { lines: own.map(({ name, what }) => `${name} ${what}`), agrees: true },
          evidence: cite(`${own.length} events at ${node}`),
        };
      };
      return {
        'Node A events': of('A'),
        'Node B events': of('B'),
        'Node C events': of('C'),
        Messages: messages(events, cite),
        'Wall-clock timestamps': wallClock(events, oracle.before, cite),
        'Lamport timestamps': {
          facts: {
            lines: events.map(({ name, lamport }) => `${name} ${lamport}`),
            agrees: events.every(({ lamport }, i) => lamport === oracle.longestPath[i]),
          },
          evidence: cite('each is the length of the longest chain of messages and steps that ends there'),
        },
        'Vector timestamps': vectors(events, oracle.counts, cite),
        'Concurrent pairs': concurrent(events, oracle.before, cite),
        'Conflict rule': {
          facts: { rule, lost: lostOf(result) },
          evidence: cite(
            `${result.metrics['edits'] ?? 0} edits, ${result.metrics['concurrentPairs'] ?? 0} concurrent pairs of one field`,
          ),
        },
      };
    },
  };
}

type Cite = (text: string) => FieldSource['evidence'];
type Before = (a: number, b: number) => boolean;

/** The first seed of a small editor experiment in which something is concurrent, with its events. Throws `CaseError` when there is none. */
export function firstSmall(
  runs: CaseRuns,
  experiment: string,
): { result: RunResult; seed: number; events: readonly EditorEvent[] } {
  const { first, count } = runs.seeds;
  for (let seed = first; seed < first + count; seed++) {
    const result = runs.run(experiment, seed);
    const events = editorEvents(result);
    const isSmall = events.length > 0 && events.length <= MOST_EVENTS;
    if (isSmall && (result.metrics['concurrentPairs'] ?? 0) >= FEWEST_PAIRS) return { result, seed, events };
  }
  throw new CaseError(
    'documents',
    `find no seed from ${first} to ${first + count - 1} of '${experiment}' with at most ${MOST_EVENTS} events and a concurrent pair of edits`,
    'let it run shorter, with edits closer together, or give more seeds',
  );
}

function messages(events: readonly EditorEvent[], cite: Cite): FieldSource {
  const lines = events.flatMap(({ name, kind, id }) => {
    if (kind !== 'edit') return [];
    const heard = events.filter((other) => other.kind === 'receive' && other.id === id);
    return [`${name} is heard at ${heard.map((other) => other.name).join(', ') || 'no other node'}`];
  });
  return { facts: { lines, agrees: true }, evidence: cite(`${lines.length} edits were told to the others`) };
}

function wallClock(events: readonly EditorEvent[], before: Before, cite: Cite): FieldSource {
  const startMs = Math.min(...events.map(({ wallMs }) => wallMs));
  const wrong = events.flatMap((a, i) =>
    events.flatMap((b, k) => (before(i, k) && a.wallMs > b.wallMs ? [`${a.name} before ${b.name}`] : [])),
  );
  return {
    facts: {
      lines: events.map(({ name, wallMs }) => `${name} ${wallMs - startMs} ms`),
      effectFirst: wrong.slice(0, 5),
    },
    evidence: cite(
      `${wrong.length} pairs of a cause and its effect have falling wall-clock timestamps; shown from the earliest on`,
    ),
  };
}

function vectors(
  events: readonly EditorEvent[],
  counts: readonly Record<string, number>[],
  cite: Cite,
): FieldSource {
  const shown = (vector: Readonly<Record<string, number>>): string =>
    ['A', 'B', 'C'].map((node) => vector[node] ?? 0).join(',');
  return {
    facts: {
      lines: events.map(({ name, vector }) => `${name} [${shown(vector)}]`),
      agrees: events.every(({ vector }, i) => shown(vector) === shown(counts[i] ?? {})),
    },
    evidence: cite('each counts the events of A, B and C that can have influenced it, itself included'),
  };
}

function concurrent(events: readonly EditorEvent[], before: Before, cite: Cite): FieldSource {
  const said = pairsOf(events, (a, b) => !isWithin(a.vector, b.vector) && !isWithin(b.vector, a.vector));
  const truth = pairsOf(events, (_a, _b, i, k) => !before(i, k) && !before(k, i));
  const pairs = truth.reduce((sum, [, others]) => sum + others.length, 0);
  const lines = said.map(([first, others]) => `${first} with ${others.join(', ')}`);
  return {
    facts: { lines, agrees: JSON.stringify(said) === JSON.stringify(truth) },
    evidence: cite(
      `${pairs} of ${(events.length * (events.length - 1)) / 2} pairs have no chain of messages from one to the other`,
    ),
  };
}

type Pairs = (readonly [first: string, others: readonly string[]])[];

/** For each event the later ones that make a pair with it, where there are any. */
function pairsOf(
  events: readonly EditorEvent[],
  isPair: (a: EditorEvent, b: EditorEvent, i: number, k: number) => boolean,
): Pairs {
  return events.flatMap((a, i): Pairs => {
    const others = events.flatMap((b, k) => (k > i && isPair(a, b, i, k) ? [b.name] : []));
    return others.length === 0 ? [] : [[a.name, others]];
  });
}

function isWithin(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): boolean {
  return ['A', 'B', 'C'].every((node) => (a[node] ?? 0) <= (b[node] ?? 0));
}

function lostOf({ verdicts }: RunResult): string[] {
  return verdicts
    .filter(({ status, promise }) => status === 'violated' && promise.endsWith('edit lost'))
    .map(({ reason }) => reason);
}
