import type { Plain } from '@holdfast/plain';
import type { History, Operation } from '../history/operation.ts';
import { UnsupportedOperationError } from '../models/model.ts';
import type { Checker, CheckerVerdict } from './checker.ts';
import { count, FindingLog, type FindingWeight, verdictOf } from './findings.ts';
import { requireRealTime } from './time.ts';
import { Narrator, ofKey, show, valueKey } from './words.ts';

/** What `totalQueueChecker` asks for. */
export interface TotalQueueOptions {
  /** `at-least-once` allows a message to come out more often than it was put in. `exactly-once` unless told otherwise. */
  readonly delivery?: 'exactly-once' | 'at-least-once';
  /**
   * True: the queue was empty when the history ended, so every message must have come out. False: nothing is said of messages
   * still inside. Unless told, a message counts as lost when the queue was found empty after it was put in.
   */
  readonly drained?: boolean;
}

type Kind = 'lost' | 'unexpected' | 'duplicated' | 'missing' | 'remaining' | 'recovered';

const PUTS: ReadonlySet<string> = new Set(['enqueue', 'offer', 'add']);
const TAKES: ReadonlySet<string> = new Set(['dequeue', 'poll', 'remove']);
const EXPECTED = "use f 'enqueue' with a value, 'dequeue', or 'drain' with a list as output";

const WEIGHTS: Readonly<Record<Kind, FindingWeight>> = {
  lost: 'violation',
  unexpected: 'violation',
  duplicated: 'violation',
  missing: 'note',
  remaining: 'note',
  recovered: 'note',
};

/**
 * What goes into a queue comes out, whatever the order.
 *
 * - `lost`: acknowledged, and never came out although the queue was found empty after that, or was drained.
 * - `unexpected`: came out, and nobody had tried to put it in by then. `duplicated`: came out more often than it was put in.
 * - `missing`: would be lost, but a dequeue of unknown outcome may have taken it. `remaining`: acknowledged, never came out, and the
 *   queue was not found empty since. `recovered`: came out although the outcome of putting it in was unknown. No violations.
 *
 * Operations: `enqueue` (or `offer`, `add`) with the message as input; `dequeue` (or `poll`, `remove`) with the message as output, null when
 * the queue was empty (a `fail` whose text says `empty` or `exhausted` tells the same); `drain` with a list of messages as
 * output, the queue being empty afterwards. One queue per `key`. One pass. After Jepsen's checker of that name.
 */
export function totalQueueChecker(options: TotalQueueOptions = {}): Checker {
  const check = (history: History): CheckerVerdict => checkTotalQueue(history, options);
  return { name: 'total-queue', promise: PROMISE, check };
}

const PROMISE = 'what goes into the queue comes out';

/** Judges a history by `totalQueueChecker`. */
export function checkTotalQueue(history: History, options: TotalQueueOptions = {}): CheckerVerdict {
  const duplicated = options.delivery === 'at-least-once' ? 'note' : 'violation';
  const log = new FindingLog<Kind>({ ...WEIGHTS, duplicated });
  const totals = judgeQueues(history, 'total-queue', log, (queue) => queue.judge(options.drained));
  return verdictOf(log, {
    promise: PROMISE,
    holds: `${count(totals.taken, 'message')} came out of ${count(totals.queues, 'queue')}, none without having gone in`,
    nothing: totals.messages === 0 ? 'nothing went into a queue or came out' : undefined,
    counts: totals,
  });
}

/**
 * Every message that comes out of a queue had been put in, and comes out at most as often: like `totalQueueChecker`, without
 * asking what became of the others. Finds `unexpected` and `duplicated`.
 */
export const queueChecker: Checker = {
  name: 'queue',
  promise: 'what comes out of the queue was put in',
  check: checkQueue,
};

/** Judges a history by `queueChecker`. */
export function checkQueue(history: History): CheckerVerdict {
  const log = new FindingLog<Kind>(WEIGHTS);
  const totals = judgeQueues(history, 'queue', log, (queue) => queue.judgeTaken());
  return verdictOf(log, {
    promise: queueChecker.promise,
    holds: `${count(totals.taken, 'message')} came out of ${count(totals.queues, 'queue')}, none without having gone in`,
    nothing: totals.taken === 0 ? 'nothing came out of a queue' : undefined,
    counts: totals,
  });
}

interface QueueTotals extends Readonly<Record<string, number>> {
  readonly queues: number;
  readonly messages: number;
  readonly taken: number;
}

function judgeQueues(
  history: History,
  name: string,
  log: FindingLog<Kind>,
  judge: (queue: QueueHistory) => void,
): QueueTotals {
  requireRealTime(history, name);
  const queues = new Map<string, QueueHistory>();
  for (const operation of history.operations) {
    const { f } = operation;
    if (!PUTS.has(f) && !TAKES.has(f) && f !== 'drain') {
      log.ignored++;
      continue;
    }
    log.examined++;
    const key = operation.key ?? '';
    const queue = queues.get(key) ?? new QueueHistory(name, log, new Narrator(history));
    queues.set(key, queue);
    if (PUTS.has(f)) queue.put(operation);
    else queue.take(operation);
  }
  let messages = 0;
  let taken = 0;
  for (const queue of queues.values()) {
    judge(queue);
    messages += queue.messages.size;
    taken += queue.taken;
  }
  return { queues: queues.size, messages, taken };
}

interface Message {
  readonly value: Plain;
  readonly puts: Operation[];
  readonly failed: Operation[];
  readonly takes: Operation[];
}

/** One queue: what was put in and taken out. */
class QueueHistory {
  readonly messages: Map<unknown, Message> = new Map();
  taken = 0;
  private readonly name: string;
  private readonly log: FindingLog<Kind>;
  private readonly narrator: Narrator;
  /** The operation that found the queue empty and began last. */
  private empty: Operation | undefined;
  /** Takes of unknown outcome, and how many messages they may have taken without anybody knowing. */
  private unknownTake: Operation | undefined;
  private maybeTaken = 0;

  constructor(name: string, log: FindingLog<Kind>, narrator: Narrator) {
    this.name = name;
    this.log = log;
    this.narrator = narrator;
  }

  put(operation: Operation): void {
    const { puts, failed } = this.messageOf(operation.input);
    (operation.outcome === 'fail' ? failed : puts).push(operation);
  }

  take(operation: Operation): void {
    const { f, outcome, output } = operation;
    if (outcome === 'unknown') {
      this.maybeTaken += f === 'drain' ? Number.POSITIVE_INFINITY : 1;
      this.unknownTake ??= operation;
    }
    if (saysEmpty(operation)) this.empty = operation;
    if (outcome !== 'ok') return;
    if (f !== 'drain') {
      if (output !== null) this.takeOne(output, operation);
      return;
    }
    if (!Array.isArray(output)) throw new UnsupportedOperationError(this.name, operation, EXPECTED);
    for (const value of output as readonly Plain[]) this.takeOne(value, operation);
  }

  /** Finds what came out without having gone in. */
  judgeTaken(): void {
    for (const message of this.messages.values()) {
      this.log.steps += message.puts.length + message.takes.length;
      this.judgeTakes(message);
    }
  }

  judge(drained: boolean | undefined): void {
    this.judgeTaken();
    const gone: [put: Operation, witness: Operation | undefined][] = [];
    for (const message of this.messages.values()) {
      for (const [put, witness] of this.notTaken(message, drained)) {
        if (witness !== undefined || drained === true) gone.push([put, witness]);
        else this.note('remaining', [put], 'and it never came out; the queue was not found empty since');
      }
      this.recovered(message);
    }
    const isExcused = gone.length <= this.maybeTaken;
    for (const [put, witness] of gone) {
      if (!isExcused) this.lost(put, witness);
      else {
        const shown = [put, witness, this.unknownTake].filter((operation) => operation !== undefined);
        this.note('missing', shown, 'and it never came out; a dequeue of unknown outcome may have taken it');
      }
    }
  }

  private messageOf(value: Plain): Message {
    const key = valueKey(value);
    let message = this.messages.get(key);
    if (message === undefined) {
      message = { value, puts: [], failed: [], takes: [] };
      this.messages.set(key, message);
    }
    return message;
  }

  private takeOne(value: Plain, operation: Operation): void {
    this.taken++;
    this.messageOf(value).takes.push(operation);
  }

  private judgeTakes({ value, puts, failed, takes }: Message): void {
    const [first] = takes;
    if (first === undefined) return;
    const early = takes.find((take) => !puts.some((put) => put.invokedAt <= take.completedAt));
    if (early !== undefined) {
      const [put] = puts;
      const [refused] = failed;
      this.log.add('unexpected', () => {
        const why =
          put !== undefined
            ? `before ${this.narrator.tell(put, 'tried to put it in')}`
            : refused === undefined
              ? 'which nobody tried to put in'
              : `although ${this.narrator.tell(refused, 'had failed to put it in')}`;
        return { sentence: `${this.narrator.tell(early, took(early, value))}, ${why}`, operations: [early] };
      });
    } else if (takes.length > puts.length) {
      this.log.add('duplicated', () => ({
        sentence:
          `${show(value)} was put in ${times(puts.length)} and came out ${times(takes.length)}: ` +
          `${puts.map((put) => this.narrator.tell(put, 'put it in')).join(', ')}, ` +
          `${this.narrator.tell(first, took(first, value))}, and again ` +
          this.narrator.tell(takes[puts.length] as Operation, took(first, value)),
        operations: [...puts, ...mostOften(takes, puts.length + 1)],
      }));
    }
  }

  /** Acknowledged puts of a message that are more than its takes, each with the operation that found the queue empty later. */
  private notTaken(
    { puts, takes }: Message,
    drained: boolean | undefined,
  ): [put: Operation, witness: Operation | undefined][] {
    const done = puts.filter((put) => put.outcome === 'ok').sort((a, b) => a.completedAt - b.completedAt);
    const missing = done.slice(takes.length);
    return missing.map((put) => {
      const isOver = this.empty !== undefined && put.completedAt < this.empty.invokedAt;
      return [put, isOver && drained === undefined ? this.empty : undefined];
    });
  }

  private lost(put: Operation, witness: Operation | undefined): void {
    this.log.add('lost', () => {
      const added = this.narrator.tell(put, `put in ${show(put.input)}${ofKey(put, 'to')}`);
      const end =
        witness === undefined
          ? 'although the queue was drained'
          : `although ${this.narrator.tell(witness, 'found the queue empty after that')}`;
      return {
        sentence: `${added}, and it never came out, ${end}`,
        operations: witness === undefined ? [put] : [put, witness],
      };
    });
  }

  private recovered({ value, puts, takes }: Message): void {
    const [take] = takes;
    const [put] = puts;
    if (take === undefined || put?.outcome !== 'unknown' || puts.some(({ outcome }) => outcome === 'ok'))
      return;
    this.log.add('recovered', () => ({
      sentence: `${this.narrator.tell(put, `tried to put in ${show(value)}`)}, and it came out`,
      operations: [put, take],
    }));
  }

  private note(kind: 'remaining' | 'missing', operations: readonly Operation[], end: string): void {
    const [put] = operations;
    if (put === undefined) return;
    this.log.add(kind, () => ({
      sentence: `${this.narrator.tell(put, `put in ${show(put.input)}${ofKey(put, 'to')}`)}, ${end}`,
      operations,
    }));
  }
}

/** The fewest operations with which a message came out `enough` times; one drain can bring it several times. */
function mostOften(takes: readonly Operation[], enough: number): Operation[] {
  const often = new Map<Operation, number>();
  for (const take of takes) often.set(take, (often.get(take) ?? 0) + 1);
  const chosen: Operation[] = [];
  let sum = 0;
  for (const [take, n] of [...often].sort((a, b) => b[1] - a[1])) {
    if (sum >= enough) break;
    chosen.push(take);
    sum += n;
  }
  return chosen;
}

function saysEmpty({ f, outcome, output }: Operation): boolean {
  if (outcome === 'ok') return f === 'drain' || output === null;
  return outcome === 'fail' && typeof output === 'string' && /empty|exhausted/i.test(output);
}

function took(operation: Operation, value: Plain): string {
  return `took ${show(value)}${ofKey(operation, 'from')}`;
}

function times(n: number): string {
  return n === 1 ? 'once' : n === 2 ? 'twice' : `${n} times`;
}
