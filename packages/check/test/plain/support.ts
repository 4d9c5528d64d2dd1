import { expect } from 'vitest';
import type { Plain } from '@holdfast/plain';
import type { Checker, CheckerVerdict, Finding } from '../../src/plain/checker.ts';
import type { History, Operation, Outcome } from '../../src/history/operation.ts';
import { Random } from '../linearizable/random.ts';

/** One operation of a history written by hand: process, f, input, output, from, to; `to` null for an unknown outcome. */
export type Row = readonly [
  process: number,
  f: string,
  input: Plain,
  output: Plain,
  from: number,
  to: number | null,
  more?: { readonly outcome?: Outcome; readonly key?: string; readonly node?: number },
];

export function historyOf(...rows: readonly Row[]): History {
  const operations = rows.map(([process, f, input, output, from, to, more = {}], id): Operation => {
    const outcome = more.outcome ?? (to === null ? 'unknown' : 'ok');
    const completedAt = to ?? Number.POSITIVE_INFINITY;
    const { key, node } = more;
    return { id, process, f, key, node, input, outcome, output, invokedAt: from, completedAt };
  });
  return { operations, timeUnit: 'us' };
}

/** What to do in a random history, and with what answer. */
export interface Step {
  readonly f: string;
  readonly input: Plain;
  readonly output: Plain;
  readonly key?: string;
}

/**
 * A random history of up to a dozen operations by a few processes: intervals overlap often, some operations fail, some end
 * unknown and their processes do not go on.
 */
export function randomOperations(seed: number, step: (random: Random) => Step): History {
  const random = new Random(seed);
  const length = 1 + random.below(11);
  const unknown = random.below(2) * random.below(40);
  const free: number[] = [0, 1, 2].slice(0, 1 + random.below(3)).map(() => 0);
  const names = free.map((_, i) => i);
  const drafts: Operation[] = [];
  for (let i = 0; i < length; i++) {
    const p = random.below(free.length);
    const invokedAt = (free[p] ?? 0) + random.below(4);
    const outcome: Outcome = random.chance(unknown) ? 'unknown' : random.chance(8) ? 'fail' : 'ok';
    const completedAt = invokedAt + random.below(5);
    const { f, input, output, key } = step(random);
    drafts.push({
      id: 0,
      process: names[p] ?? p,
      f,
      key,
      input,
      outcome,
      output: outcome === 'ok' ? output : null,
      invokedAt,
      completedAt: outcome === 'unknown' ? Number.POSITIVE_INFINITY : completedAt,
    });
    free[p] = completedAt + 1;
    if (outcome === 'unknown') names[p] = names.length + 10 * (i + 1);
  }
  drafts.sort((a, b) => a.invokedAt - b.invokedAt);
  return { operations: drafts.map((draft, id) => ({ ...draft, id })), timeUnit: 'us' };
}

/** The history with these operations only, ids as they were. */
export function partOf(history: History, operations: readonly Operation[]): History {
  return { ...history, operations };
}

/** A finding must be found again in its own operations, and no longer once any one of them is left out. */
export function expectMinimal(checker: Checker, history: History, finding: Finding): void {
  const kinds = (operations: readonly Operation[]): string[] =>
    checker.check(partOf(history, operations)).findings.map(({ kind }) => kind);
  if (!kinds(finding.operations).includes(finding.kind)) expect({ finding, history }).toBe('found again');
  for (const left of finding.operations) {
    const rest = finding.operations.filter((operation) => operation !== left);
    if (kinds(rest).includes(finding.kind)) expect({ finding, left, history }).toBe('not found without it');
  }
}

/**
 * Runs a checker over random histories against its definition, and its findings against themselves, but for kinds that are
 * about values put in again and again.
 */
export function expectAgreement(
  checker: Checker,
  step: (random: Random) => Step,
  cases: number,
  definition: (history: History) => Readonly<Record<string, number>>,
  repeatable: readonly string[] = [],
): Map<string, number> {
  const seen = new Map<string, number>();
  for (let seed = 0; seed < cases; seed++) {
    const history = randomOperations(seed, step);
    const verdict = checker.check(history);
    const expected = definition(history);
    for (const [kind, total] of Object.entries(expected)) {
      if (verdict.counts[kind] !== total) {
        expect({ seed, kind, counted: verdict.counts[kind], history }).toEqual({
          seed,
          kind,
          counted: total,
        });
      }
      if (total > 0) seen.set(kind, (seen.get(kind) ?? 0) + 1);
    }
    for (const finding of seed % 4 === 0 ? verdict.findings : []) {
      if (!repeatable.includes(finding.kind)) expectMinimal(checker, history, finding);
    }
    expectConsistent(verdict);
  }
  return seen;
}

/** Status, evidence and findings of a verdict tell one story. */
export function expectConsistent(verdict: CheckerVerdict): void {
  const { status, reason, evidence, findings } = verdict;
  const worst = findings.find((finding) => finding.violates);
  const saysNothing = reason.startsWith('nothing was examined');
  const isConsistent =
    worst === undefined
      ? status === 'holds' && evidence.minimal === undefined && saysNothing === (evidence.examined === 0)
      : status === 'violated' &&
        evidence.minimal === worst.operations &&
        evidence.blocking === worst.operations.at(-1) &&
        reason.includes(worst.sentence);
  if (!isConsistent) expect(verdict).toBe('consistent');
}
