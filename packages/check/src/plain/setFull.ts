import type { Plain } from '@holdfast/plain';
import type { History, Operation } from '../history/operation.ts';
import { UnsupportedOperationError } from '../models/model.ts';
import type { Checker, CheckerVerdict } from './checker.ts';
import { count, FindingLog, verdictOf } from './findings.ts';
import { quantile, requireRealTime } from './time.ts';
import { Narrator, ofKey, show, valueKey } from './words.ts';

const PROMISE = 'no element of a set is lost';
const NAME = 'set-full';

/** What `setFullChecker` asks for. */
export interface SetFullOptions {
  /** True: an element known to be in the set must be in every later read, so one stale read is a violation. */
  readonly linearizable?: boolean;
}

type Kind = 'lost' | 'unexpected' | 'duplicate' | 'stale' | 'never-read';

/** Everything known of one element of one set. */
interface Element {
  readonly value: Plain;
  /** The first attempt to add it that was not a failure. */
  attempt: Operation | undefined;
  /** The operation whose completion first made it known: an `ok` add, or a read that saw it. */
  known: Operation | undefined;
  isAcknowledged: boolean;
  /** The latest read that saw it, and the latest that missed it although it was known before; by invocation. */
  lastSeen: Operation | undefined;
  lastMissed: Operation | undefined;
  /** The read it was last seen in while going through reads. */
  stamp: number;
}

/**
 * Elements are added one by one and the whole set is read now and then; nothing is removed. For every element: was
 * it there in the end? An element is known from the first completion of an `ok` add, or of a read that saw it.
 *
 * - `lost`: known, and the last read begun after that (by invocation) missed it.
 * - `unexpected`: a read saw what nobody had tried to add by then. `duplicate`: a read saw it twice.
 * - `stale`: known, missed by a later read, and seen again by one later still: how long it took is measured. A violation
 *   only with `linearizable`.
 * - `never-read`: acknowledged, and no read came after that. Never a violation.
 *
 * Operations: `add` (or `broadcast`) with the element as input; `read` with a list as output. One set per `key`. Time linear
 * in what was read. Throws `TimesNotComparableError` for a history without real time and `UnsupportedOperationError` for
 * a read whose output is no list. After Jepsen's checker of that name.
 */
export function setFullChecker(options: SetFullOptions = {}): Checker {
  return { name: NAME, promise: PROMISE, check: (history) => checkSetFull(history, options) };
}

/** Judges a history by `setFullChecker`. */
export function checkSetFull(history: History, options: SetFullOptions = {}): CheckerVerdict {
  requireRealTime(history, NAME);
  const log = new FindingLog<Kind>({
    lost: 'violation',
    unexpected: 'violation',
    duplicate: 'violation',
    stale: options.linearizable === true ? 'violation' : 'note',
    'never-read': 'note',
  });
  const sets = new Map<string, SetHistory>();
  for (const operation of history.operations) {
    const key = operation.key ?? '';
    const set = sets.get(key) ?? new SetHistory(log, new Narrator(history));
    sets.set(key, set);
    if (operation.f === 'read') set.read(operation);
    else if (operation.f === 'add' || operation.f === 'broadcast') set.add(operation);
    else log.ignored++;
  }
  const totals = { attempts: 0, acknowledged: 0, stable: 0, reads: 0 };
  const staleTimes: number[] = [];
  for (const set of sets.values()) set.judge(totals, staleTimes);
  staleTimes.sort((a, b) => a - b);
  const { stable, reads } = totals;
  const holds =
    `${count(stable, 'element')} stayed from when they were known, in ${count(reads, 'read')}` +
    (staleTimes.length === 0 ? '' : `; ${staleTimes.length} of them were missed by a read in between`);
  return verdictOf(log, {
    promise: PROMISE,
    holds,
    nothing: reads === 0 ? 'the set was never read' : undefined,
    counts: totals,
    measures: {
      staleP50: quantile(staleTimes, 0.5),
      staleP99: quantile(staleTimes, 0.99),
      staleMax: quantile(staleTimes, 1),
    },
  });
}

interface Totals {
  attempts: number;
  acknowledged: number;
  stable: number;
  reads: number;
}

/** One set: its adds and reads as they come, by invocation. */
class SetHistory {
  private readonly log: FindingLog<Kind>;
  private readonly narrator: Narrator;
  private readonly elements = new Map<unknown, Element>();
  private readonly adds: Operation[] = [];
  private readonly reads: Operation[] = [];
  private attempts = 0;

  constructor(log: FindingLog<Kind>, narrator: Narrator) {
    this.log = log;
    this.narrator = narrator;
  }

  add(operation: Operation): void {
    this.log.examined++;
    this.attempts++;
    this.adds.push(operation);
    if (operation.outcome === 'fail') return;
    const element = this.elementOf(operation.input);
    element.attempt ??= operation;
    if (operation.outcome === 'unknown') return;
    element.isAcknowledged = true;
    becomesKnown(element, operation);
  }

  read(operation: Operation): void {
    this.log.examined++;
    if (operation.outcome === 'ok') this.reads.push(operation);
  }

  judge(totals: Totals, staleTimes: number[]): void {
    this.reads.forEach((read, stamp) => this.see(read, stamp));
    this.miss();
    totals.attempts += this.attempts;
    totals.reads += this.reads.length;
    for (const element of this.elements.values()) {
      if (element.attempt === undefined) continue;
      if (element.isAcknowledged) totals.acknowledged++;
      const { lastSeen, lastMissed } = element;
      if (lastMissed !== undefined && (lastSeen === undefined || lastSeen.id < lastMissed.id))
        this.lost(element);
      else if (lastSeen !== undefined) {
        totals.stable++;
        if (lastMissed !== undefined) staleTimes.push(this.stale(element, lastMissed));
      } else if (element.isAcknowledged) this.neverRead(element);
    }
  }

  private elementOf(value: Plain): Element {
    const key = valueKey(value);
    let element = this.elements.get(key);
    if (element === undefined) {
      element = {
        value,
        attempt: undefined,
        known: undefined,
        isAcknowledged: false,
        lastSeen: undefined,
        lastMissed: undefined,
        stamp: -1,
      };
      this.elements.set(key, element);
    }
    return element;
  }

  /** Goes through one read: what it saw, and what it saw that it should not have. */
  private see(read: Operation, stamp: number): void {
    const values = listOf(read);
    this.log.steps += values.length;
    for (const value of values) {
      const element = this.elementOf(value);
      const isRepeated = element.stamp === stamp;
      element.stamp = stamp;
      element.lastSeen = read;
      if (isRepeated) this.duplicate(read, value);
      else if (element.attempt !== undefined && element.attempt.invokedAt <= read.completedAt) {
        becomesKnown(element, read);
      } else this.unexpected(read, element);
    }
  }

  /**
   * Finds for each element the latest read that missed it. Reads are taken from the last one back; an element is done with
   * at its first miss, so all in all this takes no longer than reading the reads.
   */
  private miss(): void {
    const known = [...this.elements.values()].filter((e) => e.attempt !== undefined && e.known !== undefined);
    known.sort((a, b) => knownAt(a) - knownAt(b));
    // next[i]: the first element from i on that is not done with.
    const next = Int32Array.from({ length: known.length + 1 }, (_, i) => i);
    for (let r = this.reads.length - 1; r >= 0; r--) {
      const read = this.reads[r] as Operation;
      const stamp = this.reads.length + r;
      for (const value of listOf(read)) this.elementOf(value).stamp = stamp;
      const end = firstKnownFrom(known, read.invokedAt);
      for (let i = find(next, 0); i < end; i = find(next, i + 1)) {
        this.log.steps++;
        const element = known[i] as Element;
        if (element.stamp === stamp) continue;
        element.lastMissed = read;
        next[i] = i + 1;
      }
    }
  }

  private lost(element: Element): void {
    const { known, attempt, lastMissed } = element;
    if (known === undefined || attempt === undefined || lastMissed === undefined) return;
    this.log.add('lost', () => {
      const missed = this.narrator.tell(lastMissed, `read the set${ofKey(lastMissed)} without it`);
      const how = this.howKnown(element, lastMissed);
      return {
        sentence: `${show(element.value)} was lost: ${how.words}, and then ${missed}, and no read begun later saw it`,
        operations: [...how.operations, lastMissed],
      };
    });
  }

  private stale(element: Element, lastMissed: Operation): number {
    const time = lastMissed.invokedAt - knownAt(element);
    this.log.add('stale', () => {
      const how = this.howKnown(element, lastMissed);
      const seen = element.lastSeen as Operation;
      return {
        sentence:
          `${show(element.value)} was missed for a while: ${how.words}, yet ` +
          `${this.narrator.tell(lastMissed, `read the set${ofKey(lastMissed)} without it`)}, begun ` +
          `${this.narrator.span(time)} later; ${this.narrator.tell(seen, 'saw it again')}`,
        operations: [...how.operations, lastMissed, seen],
      };
    });
    return time;
  }

  private neverRead(element: Element): void {
    const added = element.attempt as Operation;
    this.log.add('never-read', () => ({
      sentence: `no read was begun after ${this.narrator.tell(added, `added ${show(element.value)}`)}`,
      operations: [this.acknowledging(element)],
    }));
  }

  private unexpected(read: Operation, element: Element): void {
    this.log.add('unexpected', () => {
      const failed = this.adds.find(
        (add) => add.outcome === 'fail' && valueKey(add.input) === valueKey(element.value),
      );
      const why =
        element.attempt !== undefined
          ? `before ${this.narrator.tell(element.attempt, 'tried to add it')}`
          : failed === undefined
            ? 'which nobody tried to add'
            : `although ${this.narrator.tell(failed, 'had failed to add it')}`;
      const deed = `read the set${ofKey(read)} with ${show(element.value)} in it`;
      return { sentence: `${this.narrator.tell(read, deed)}, ${why}`, operations: [read] };
    });
  }

  private duplicate(read: Operation, value: Plain): void {
    this.log.add('duplicate', () => ({
      sentence: this.narrator.tell(read, `read the set${ofKey(read)} with ${show(value)} in it twice`),
      operations: [read],
    }));
  }

  /** Operations that made an element known before `missed` began, with words for them. */
  private howKnown(element: Element, missed: Operation): { words: string; operations: Operation[] } {
    const added = this.acknowledging(element);
    if (added.outcome === 'ok' && added.completedAt < missed.invokedAt) {
      return { words: this.narrator.tell(added, `added it${ofKey(added, 'to')}`), operations: [added] };
    }
    const { attempt, known } = element as Element & { attempt: Operation; known: Operation };
    return {
      words: `${this.narrator.tell(attempt, 'tried to add it')}, ${this.narrator.tell(known, 'saw it')}`,
      operations: [attempt, known],
    };
  }

  /** The `ok` add of an element that completed first. */
  private acknowledging(element: Element): Operation {
    const key = valueKey(element.value);
    let first = element.attempt as Operation;
    for (const add of this.adds) {
      if (add.outcome !== 'ok' || valueKey(add.input) !== key) continue;
      if (first.outcome !== 'ok' || add.completedAt < first.completedAt) first = add;
    }
    return first;
  }
}

function becomesKnown(element: Element, by: Operation): void {
  if (element.known === undefined || by.completedAt < element.known.completedAt) element.known = by;
}

function knownAt(element: Element): number {
  return element.known?.completedAt ?? Number.POSITIVE_INFINITY;
}

function listOf(read: Operation): readonly Plain[] {
  if (Array.isArray(read.output)) return read.output as readonly Plain[];
  throw new UnsupportedOperationError(
    NAME,
    read,
    "use f 'add' with an element, or 'read' with a list as output",
  );
}

/** How many elements were known before a time; they are sorted by when they were. */
function firstKnownFrom(known: readonly Element[], time: number): number {
  let low = 0;
  let high = known.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (knownAt(known[middle] as Element) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The root of `i`, with the path to it halved. */
function find(next: Int32Array, i: number): number {
  let at = i;
  while (next[at] !== at) {
    next[at] = next[next[at] as number] as number;
    at = next[at] as number;
  }
  return at;
}
