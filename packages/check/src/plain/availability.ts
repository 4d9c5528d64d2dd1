import type { History, Operation } from '../history/operation.ts';
import { isFailedCompare } from '../models/cas.ts';
import type { Checker, CheckerVerdict } from './checker.ts';
import { PlainOptionsError } from './errors.ts';
import { count, FindingLog, verdictOf } from './findings.ts';
import { Narrator } from './words.ts';

const PROMISE = 'availability';

/** How much must be answered. Shares are from 0 to 1; times have the unit of the history. */
export interface AvailabilityOptions {
  /** Of all operations together; 1 (total availability) unless told otherwise. */
  readonly minimum?: number;
  /** Of single kinds of operation, by `f`, besides. */
  readonly minimumOf?: Readonly<Record<string, number>>;
  /** Also judges each stretch of this length by itself, by when operations were invoked. */
  readonly interval?: number;
  /** Only operations invoked from here (included) to there (excluded) count. */
  readonly from?: number;
  readonly until?: number;
  /** An operation still open at the end is left out when it was invoked no longer than this before `endedAt`; 0 unless told. */
  readonly grace?: number;
  /** What counts as an answer; unless told, an `ok`, or a compare-and-set told that the value was another. */
  readonly isAnswer?: (operation: Operation) => boolean;
}

/** True for an `ok`, and for a compare-and-set that was refused because the value was another: no error, but an answer. */
export function isAnswer(operation: Operation): boolean {
  return operation.outcome === 'ok' || isFailedCompare(operation);
}

/**
 * Operations are answered: all of them, or a share; overall, by kind of operation, and in each interval. A `fail` and an unknown
 * outcome are no answers. Finds `unavailable`, naming the first operation that got none. All operations count. One pass.
 * Throws `PlainOptionsError` for shares outside 0 to 1 and for an interval that is not above 0.
 */
export function availabilityChecker(options: AvailabilityOptions = {}): Checker {
  return { name: 'availability', promise: PROMISE, check: (history) => checkAvailability(history, options) };
}

interface Cell {
  readonly what: string;
  readonly minimum: number;
  total: number;
  answered: number;
  unanswered: Operation | undefined;
}

/** Judges a history by `availabilityChecker`. */
export function checkAvailability(history: History, options: AvailabilityOptions = {}): CheckerVerdict {
  const { minimum, minimumOf, interval } = validated(options);
  const log = new FindingLog({ unavailable: 'violation' });
  const narrator = new Narrator(history);
  const cells = new Map<string, Cell>();
  const countIn = (name: string, what: () => string, least: number, operation: Operation): void => {
    const cell = cells.get(name) ?? {
      what: what(),
      minimum: least,
      total: 0,
      answered: 0,
      unanswered: undefined,
    };
    cells.set(name, cell);
    cell.total++;
    if ((options.isAnswer ?? isAnswer)(operation)) cell.answered++;
    else cell.unanswered ??= operation;
  };
  for (const operation of history.operations) {
    if (!counts(operation, history, options)) continue;
    log.examined++;
    const least = minimumOf[operation.f];
    const { f } = operation;
    countIn('', () => 'all operations', minimum, operation);
    if (least !== undefined) countIn(`f ${f}`, () => `operations '${f}'`, least, operation);
    if (interval === undefined) continue;
    const start =
      Math.floor((operation.invokedAt - (options.from ?? 0)) / interval) * interval + (options.from ?? 0);
    const when = `from ${start} to ${narrator.span(start + interval)}`;
    countIn(`t ${start}`, () => `operations ${when}`, minimum, operation);
    if (least !== undefined) countIn(`t ${start} ${f}`, () => `operations '${f}' ${when}`, least, operation);
  }
  log.steps = log.examined;
  const bad = [...cells.values()].filter((cell) => cell.answered < cell.minimum * cell.total);
  for (const cell of bad.sort((a, b) => shareOf(a) / a.minimum - shareOf(b) / b.minimum))
    report(cell, log, narrator);
  const all = cells.get('');
  return verdictOf(log, {
    promise: PROMISE,
    holds: `${all?.answered ?? 0} of ${count(log.examined, 'operation')} were answered (${percent(shareOf(all))})`,
    nothing: all === undefined ? 'there was no operation to answer' : undefined,
    counts: { operations: log.examined, answered: all?.answered ?? 0 },
    measures: { share: shareOf(all), worstShare: Math.min(1, ...[...cells.values()].map(shareOf)) },
  });
}

function validated(
  options: AvailabilityOptions,
): Required<Pick<AvailabilityOptions, 'minimum' | 'minimumOf'>> & { interval: number | undefined } {
  const { minimum = 1, minimumOf = {}, interval } = options;
  for (const share of [minimum, ...Object.values(minimumOf)]) {
    if (!(share >= 0 && share <= 1))
      throw new PlainOptionsError('minimum', share, 'give a share from 0 to 1');
  }
  if (interval !== undefined && !(interval > 0)) {
    throw new PlainOptionsError('interval', interval, 'give a length above 0, in the unit of the history');
  }
  return { minimum, minimumOf, interval };
}

function counts(operation: Operation, history: History, options: AvailabilityOptions): boolean {
  const { from = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY, grace = 0 } = options;
  if (operation.invokedAt < from || operation.invokedAt >= until) return false;
  if (operation.outcome !== 'unknown' || history.endedAt === undefined || grace === 0) return true;
  return operation.invokedAt < history.endedAt - grace;
}

function report(cell: Cell, log: FindingLog<'unavailable'>, narrator: Narrator): void {
  const { unanswered, answered, total, minimum, what } = cell;
  if (unanswered === undefined) return;
  log.add('unavailable', () => {
    const how = unanswered.outcome === 'fail' ? 'was refused' : 'got no answer to';
    return {
      sentence:
        `${answered} of ${total} ${what} were answered (${percent(shareOf(cell))}), ${percent(minimum)} had to be: the first ` +
        `without an answer was operation ${unanswered.id}, ${narrator.tell(unanswered, `${how} '${unanswered.f}'`)}`,
      operations: [unanswered],
    };
  });
}

function shareOf(cell: Pick<Cell, 'total' | 'answered'> | undefined): number {
  return cell === undefined || cell.total === 0 ? 1 : cell.answered / cell.total;
}

function percent(share: number): string {
  return `${Math.floor(share * 10_000) / 100} %`;
}
