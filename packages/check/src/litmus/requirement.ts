import type { History } from '../history/operation.ts';
import type { Verdict } from '../verdict.ts';
import { checkAtOnce, checkLag, checkLimit, checkOneOwner } from './requirementChecks.ts';

/** What a requirement compiles to. */
export type RequirementKind =
  /** Who writes sees it at once: read your writes. */
  | 'session'
  /** No value beyond a limit is ever seen. */
  | 'invariant'
  /** Everybody sees a write within a time. */
  | 'lag'
  /** At most one owner, taken by compare-and-set. */
  | 'cas';

/** A promise in the words of a product, ready to be checked on a history. */
export interface Requirement {
  /** The promise as it was written. */
  readonly text: string;
  readonly kind: RequirementKind;
  /** The keys it is about: a key, or the beginning of keys followed by `*`. */
  readonly keys: string;
  /** Judges the operations on those keys; the verdict's promise is the text. */
  readonly check: (history: History) => Verdict;
}

/** Thrown for a requirement that says nothing that can be checked. */
export class RequirementError extends SyntaxError {
  readonly code = 'BAD_REQUIREMENT';
  /** The line, from 1. */
  readonly line: number;
  constructor(line: number, found: string, expected: string) {
    super(
      `Cannot compile line ${line} of the requirement: expected ${expected}, found ${JSON.stringify(found)}`,
    );
    this.name = 'RequirementError';
    this.line = line;
  }
}

const PROMISES =
  "'<what> visible at once', '<what> never below <number>' (or above), '<what> within <number> <unit>' or 'two <owners> cannot own one <thing>'";

/** Microseconds. */
const UNITS: Readonly<Record<string, number>> = {
  millisecond: 1_000,
  second: 1_000_000,
  minute: 60_000_000,
  hour: 3_600_000_000,
};

const WORDS: readonly string[] = [
  'zero',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
];

/**
 * Compiles a requirement: a line that says what is promised, and a line `keys <key or beginning*>` that says of what. Empty lines and
 * lines that begin with `#` are passed over.
 *
 *     inventory never below zero
 *     keys stock:*
 *
 * Throws `RequirementError` with the line and what was expected.
 */
export function compileRequirement(source: string): Requirement {
  const lines = source
    .split('\n')
    .map((text, i) => ({ text: text.trim(), line: i + 1 }))
    .filter(({ text }) => text !== '' && !text.startsWith('#'));
  const [promise, place, extra] = lines;
  if (promise === undefined) throw new RequirementError(1, '', PROMISES);
  const keys = /^keys (\S+)$/.exec(place?.text ?? '')?.[1];
  if (keys === undefined) {
    throw new RequirementError(
      place?.line ?? promise.line + 1,
      place?.text ?? '',
      "'keys' and a key, or the beginning of keys and *",
    );
  }
  if (extra !== undefined) throw new RequirementError(extra.line, extra.text, 'nothing more');
  const { kind, check } = compilePromise(promise.text, promise.line);
  return {
    text: promise.text,
    kind,
    keys,
    check: (history) => ({ ...check(onKeys(history, keys)), promise: promise.text }),
  };
}

interface Compiled {
  readonly kind: RequirementKind;
  readonly check: (history: History) => Verdict;
}

function compilePromise(text: string, line: number): Compiled {
  if (/^\S.* visible at once$/.test(text)) return { kind: 'session', check: checkAtOnce };
  const [, side, limit] = /^\S.* never (below|above) (\S+)$/.exec(text) ?? [];
  if (side !== undefined) {
    const value = numberOf(limit ?? '', line, text);
    return { kind: 'invariant', check: (history) => checkLimit(history, side as 'below' | 'above', value) };
  }
  const [, amount, unit] = /^\S.* within (\S+) (millisecond|second|minute|hour)s?$/.exec(text) ?? [];
  if (unit !== undefined) {
    const withinUs = numberOf(amount ?? '', line, text) * (UNITS[unit] ?? 1);
    return { kind: 'lag', check: (history) => checkLag(history, withinUs) };
  }
  if (/^two \S+ cannot own one \S+$/.test(text)) return { kind: 'cas', check: checkOneOwner };
  throw new RequirementError(line, text, PROMISES);
}

function numberOf(text: string, line: number, promise: string): number {
  const word = WORDS.indexOf(text);
  const value = word === -1 ? Number(text) : word;
  if (text === '' || !Number.isFinite(value))
    throw new RequirementError(line, promise, `a number in place of '${text}'`);
  return value;
}

function onKeys(history: History, pattern: string): History {
  const beginning = pattern.endsWith('*') ? pattern.slice(0, -1) : undefined;
  const operations = history.operations.filter(({ key = '' }) =>
    beginning === undefined ? key === pattern : key.startsWith(beginning),
  );
  return { ...history, operations };
}
