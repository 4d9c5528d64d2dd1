import type { History } from '../history/operation.ts';
import type { Checker } from '../plain/checker.ts';
import { asChecker, compose } from '../plain/compose.ts';
import { consistencyCheckers } from './consistency.ts';
import type { JudgeOptions, NamedChecker, NamedVerdict } from './entry.ts';
import { objectCheckers } from './objects.ts';
import { plainCheckers } from './plain.ts';
import { longestPrefix } from './prefix.ts';
import { checkSettings } from './settings.ts';
import { isOfTransactions, shapeOf } from './shape.ts';
import { transactionCheckers } from './transactions.ts';

/** Thrown for a name that no checker has. */
export class UnknownCheckerError extends RangeError {
  readonly code = 'UNKNOWN_CHECKER';
  readonly checker: string;
  constructor(name: string) {
    super(`Cannot judge by '${name}': no checker has that name; checkerNames lists them`);
    this.name = 'UnknownCheckerError';
    this.checker = name;
  }
}

/** Names under which other tools know a checker. */
const ALIASES: Readonly<Record<string, string>> = {
  'lin-kv': 'cas-register',
  'seq-kv': 'sequential',
  broadcast: 'set-full',
  'g-set': 'set-full',
  kafka: 'log',
  elle: 'transactions',
  'txn-list-append': 'list-append',
  'txn-rw-register': 'rw-register',
  'read-atomicity': 'read-atomic',
  'k-atomicity': 'bounded-versions',
  cc: 'causal',
  cm: 'causal-memory',
  ccv: 'causal-convergence',
  si: 'snapshot-isolation',
  psi: 'parallel-snapshot-isolation',
  lock: 'mutex',
};

function registered(): ReadonlyMap<string, NamedChecker> {
  const checkers = new Map<string, NamedChecker>();
  const all = [...objectCheckers, ...consistencyCheckers, ...plainCheckers, ...transactionCheckers];
  for (const checker of all) {
    // One name for one idea: of registers, and of transactions where the history holds those.
    const before = checkers.get(checker.name);
    checkers.set(checker.name, before === undefined ? checker : both(before, checker));
  }
  return checkers;
}

function both(first: NamedChecker, ofTransactions: NamedChecker): NamedChecker {
  return {
    ...first,
    operations: `${first.operations}, or transactions`,
    fits: (shape) => first.fits(shape) || ofTransactions.fits(shape),
    judge: (history, options) =>
      (isOfTransactions(shapeOf(history)) ? ofTransactions : first).judge(history, options),
  };
}

const CHECKERS = registered();

/** All checkers: objects, consistency models, plain promises, models of transactions. */
export const checkers: readonly NamedChecker[] = [...CHECKERS.values()];

/** Their names. */
export const checkerNames: readonly string[] = checkers.map(({ name }) => name);

/** The checker of that name, or of one that other tools use; undefined when there is none. */
export function checkerNamed(name: string): NamedChecker | undefined {
  return CHECKERS.get(name) ?? CHECKERS.get(ALIASES[name.toLowerCase()] ?? '');
}

/**
 * Judges a history by the checker of that name; by several at once when the names are separated by commas: it holds when all do.
 * Throws `UnknownCheckerError`, `CheckerSettingError`, `ModelNeededError`, and what the checker throws for operations it does
 * not know or times it needs.
 */
export function judge(history: History, name: string, options: JudgeOptions = {}): NamedVerdict {
  const found = name.split(',').map((part) => {
    const trimmed = part.trim();
    const checker = checkerNamed(trimmed);
    if (checker === undefined) throw new UnknownCheckerError(trimmed);
    return checker;
  });
  const [only] = found;
  if (found.length === 1 && only !== undefined) {
    checkSettings(only, options.settings ?? {});
    return withPrefix(only, history, options);
  }
  const settings = [...new Map(found.flatMap((each) => each.settings).map((s) => [s.name, s])).values()];
  checkSettings(
    { name, settings: settings.map((setting) => ({ ...setting, isNeeded: false })) },
    options.settings ?? {},
  );
  return compose(found.map((checker) => partOf(checker, options))).check(history);
}

/** The checkers that count answers one by one: what came before says nothing of them. */
const OF_SINGLE_ANSWERS: ReadonlySet<string> = new Set(['availability', 'latency']);

/** The verdict; a violated one with the longest beginning of the history that is accepted, where the checker does not tell it itself. */
function withPrefix(checker: NamedChecker, history: History, options: JudgeOptions): NamedVerdict {
  const verdict = checker.judge(history, options);
  const isTold = verdict.evidence.prefixes !== undefined || OF_SINGLE_ANSWERS.has(checker.name);
  if (verdict.status !== 'violated' || isTold || options.explain === false) return verdict;
  const brief = { ...options, explain: false };
  const prefix = longestPrefix(history, (beginning) => checker.judge(beginning, brief));
  return prefix === undefined
    ? verdict
    : { ...verdict, evidence: { ...verdict.evidence, prefixes: [prefix] } };
}

/** One of several, told only what it has an ear for. */
function partOf(checker: NamedChecker, options: JudgeOptions): Checker {
  const { settings = {} } = options;
  const known = new Set(checker.settings.map((setting) => setting.name));
  const own = Object.fromEntries(Object.entries(settings).filter(([name]) => known.has(name)));
  checkSettings(checker, own);
  return asChecker(checker.name, checker.name, (history) =>
    checker.judge(history, { ...options, settings: own }),
  );
}
