import type { Plain } from '@holdfast/plain';
import type { History, Operation } from '../history/operation.ts';
import type { Checker, CheckerVerdict } from './checker.ts';
import { count, FindingLog, type FindingWeight, verdictOf } from './findings.ts';
import { type LogWork, logWorkOf, type Polled } from './logMessages.ts';
import { Narrator, show, valueKey } from './words.ts';

const PROMISE = 'the log keeps every message, once and in order';

type Kind =
  | 'inconsistent-offsets'
  | 'lost-write'
  | 'duplicate'
  | 'aborted-read'
  | 'unexpected-read'
  | 'int-poll-nonmonotonic'
  | 'int-poll-skip'
  | 'ext-poll-nonmonotonic'
  | 'ext-poll-skip'
  | 'int-send-nonmonotonic'
  | 'ext-send-nonmonotonic'
  | 'unobserved';

const WEIGHTS: Readonly<Record<Kind, FindingWeight>> = {
  'inconsistent-offsets': 'violation',
  'lost-write': 'violation',
  'aborted-read': 'violation',
  'unexpected-read': 'violation',
  duplicate: 'violation',
  'int-poll-skip': 'violation',
  'ext-poll-skip': 'violation',
  'int-poll-nonmonotonic': 'violation',
  'ext-poll-nonmonotonic': 'violation',
  'int-send-nonmonotonic': 'violation',
  'ext-send-nonmonotonic': 'violation',
  unobserved: 'note',
};

/** After these a consumer may go on anywhere. */
const RESETS: ReadonlySet<string> = new Set(['assign', 'subscribe', 'unsubscribe', 'seek']);

/**
 * Logs of messages at growing offsets, one per key, sent to by producers and polled by consumers, each of which goes on where
 * it stopped. Consumers are taken to begin at the beginning, or where another stopped.
 *
 * - `lost-write`: acknowledged at an offset below one that was polled, and never polled by anybody.
 * - `inconsistent-offsets`: two messages at one offset. `duplicate`: one message at more offsets than it was sent.
 * - `aborted-read`: a message polled whose sending failed. `unexpected-read`: one that nobody had sent by then.
 * - `int-poll-skip`, `ext-poll-skip`: a poll (between two messages of one poll, or from one poll of a process to its next) goes
 *   past an offset known to hold a message. `...-nonmonotonic`: it goes back, or stays.
 * - `int-send-nonmonotonic`, `ext-send-nonmonotonic`: of two messages sent one after the other, in one operation or by one process, the
 *   second has no greater offset.
 * - `unobserved`: acknowledged, never polled, and nobody polled beyond. Never a violation.
 *
 * Operations: `send` with `key`, the value as input and the offset as output; `poll` with `{key: [[offset, value], ...]}` as output, or
 * the list alone where the operation has a `key`; or Jepsen's `txn` (`send`, `poll`) with `['send', key, value]`, answered
 * `['send', key, [offset, value]]`, and `['poll']`, answered `['poll', {key: [[offset, value], ...]}]`. `assign`, `subscribe` and `seek` let a
 * process go on anywhere. No real time needed. Linear, but for sorting offsets. After Jepsen's `kafka` workload.
 */
export const logChecker: Checker = { name: 'log', promise: PROMISE, check: checkLog };

/** Judges a history by `logChecker`. */
export function checkLog(history: History): CheckerVerdict {
  const log = new FindingLog<Kind>(WEIGHTS);
  const judge = new LogJudge(log, new Narrator(history));
  for (const operation of history.operations) {
    if (RESETS.has(operation.f)) judge.reset(operation);
    else {
      const work = logWorkOf(operation);
      if (work === undefined) log.ignored++;
      else judge.take(operation, work);
    }
  }
  judge.finish();
  const { polled, sent } = judge;
  return verdictOf(log, {
    promise: PROMISE,
    holds: `${count(polled, 'message')} polled of ${sent} sent, each at its one offset, none skipped and none lost`,
    nothing: polled === 0 && sent === 0 ? 'nothing was sent or polled' : undefined,
    counts: { sent, polled },
  });
}

/** One message at one offset, and the first operation that told so. */
interface Entry {
  readonly offset: number;
  readonly value: Plain;
  readonly by: Operation;
}

interface Attempts {
  readonly value: Plain;
  readonly sends: Operation[];
  failed: Operation | undefined;
  /** The first entries of this value, by offset. */
  readonly at: Map<number, Entry>;
  isPolled: boolean;
}

interface Log {
  readonly key: string;
  readonly entries: Map<number, Entry>;
  readonly values: Map<unknown, Attempts>;
  highest: Entry | undefined;
}

/** A move of one consumer, from one offset to the next it saw. */
interface Move {
  readonly log: Log;
  readonly from: Polled;
  readonly to: Polled;
  readonly before: Operation;
  readonly by: Operation;
}

interface Position<T> {
  readonly at: T;
  readonly by: Operation;
}

class LogJudge {
  sent = 0;
  polled = 0;
  private readonly log: FindingLog<Kind>;
  private readonly narrator: Narrator;
  private readonly logs = new Map<string, Log>();
  private readonly moves: Move[] = [];
  private readonly acknowledged: { log: Log; entry: Entry }[] = [];
  private readonly reads: { log: Log; message: Polled; by: Operation }[] = [];
  private readonly pollPositions = new Map<number, Map<string, Position<Polled>>>();
  private readonly sendPositions = new Map<number, Map<string, Position<number>>>();

  constructor(log: FindingLog<Kind>, narrator: Narrator) {
    this.log = log;
    this.narrator = narrator;
  }

  reset({ process }: Operation): void {
    this.pollPositions.delete(process);
  }

  take(operation: Operation, { sent, polled }: LogWork): void {
    this.log.examined++;
    this.log.steps += sent.length + polled.length;
    for (const { key, value, offset } of sent) this.send(operation, this.logOf(key), value, offset);
    const positions = ofProcess(this.pollPositions, operation);
    for (const message of polled) this.poll(operation, message, positions);
  }

  /** What can be said only once all offsets are known. */
  finish(): void {
    const next = new Map([...this.logs.values()].map((log) => [log, followers(log)]));
    for (const move of this.moves) this.judgeMove(move, next.get(move.log) ?? new Map());
    for (const { log, message, by } of this.reads) this.judgeRead(log, message, by);
    for (const { log, entry } of this.acknowledged) this.judgeAcknowledged(log, entry);
    for (const log of this.logs.values())
      for (const attempts of log.values.values()) this.judgeCopies(log, attempts);
  }

  private logOf(key: string): Log {
    let log = this.logs.get(key);
    if (log === undefined) {
      log = { key, entries: new Map(), values: new Map(), highest: undefined };
      this.logs.set(key, log);
    }
    return log;
  }

  private send(operation: Operation, log: Log, value: Plain, offset: number | undefined): void {
    this.sent++;
    const attempts = attemptsOf(log, value);
    if (operation.outcome === 'fail') {
      attempts.failed ??= operation;
      return;
    }
    attempts.sends.push(operation);
    if (operation.outcome !== 'ok' || offset === undefined) return;
    const entry = this.learn(log, { offset, value, by: operation });
    this.acknowledged.push({ log, entry });
    const positions = ofProcess(this.sendPositions, operation);
    const before = positions.get(log.key);
    positions.set(log.key, { at: offset, by: operation });
    if (before === undefined || before.at < offset) return;
    this.log.add(before.by === operation ? 'int-send-nonmonotonic' : 'ext-send-nonmonotonic', () => ({
      sentence:
        `${this.narrator.tell(operation, `sent ${show(value)} to ${log.key} at offset ${offset}`)}, after a message at ` +
        `offset ${before.at}${before.by === operation ? '' : `, which ${this.narrator.tell(before.by, 'had sent')}`}`,
      operations: [before.by, operation],
    }));
  }

  private poll(operation: Operation, message: Polled, positions: Map<string, Position<Polled>>): void {
    this.polled++;
    const log = this.logOf(message.key);
    const entry = this.learn(log, { offset: message.offset, value: message.value, by: operation });
    attemptsOf(log, message.value).isPolled = true;
    if (log.highest === undefined || log.highest.offset < entry.offset)
      log.highest = { ...entry, by: operation };
    this.reads.push({ log, message, by: operation });
    const before = positions.get(message.key);
    if (before !== undefined) {
      this.moves.push({ log, from: before.at, to: message, before: before.by, by: operation });
    }
    positions.set(message.key, { at: message, by: operation });
  }

  /** Notes that a message stands at an offset. */
  private learn(log: Log, entry: Entry): Entry {
    const known = log.entries.get(entry.offset);
    if (known === undefined) log.entries.set(entry.offset, entry);
    else if (valueKey(known.value) !== valueKey(entry.value)) {
      this.log.add('inconsistent-offsets', () => ({
        sentence:
          `offset ${entry.offset} of ${log.key} holds ${show(known.value)} for one and ${show(entry.value)} for another: ` +
          `${this.told(known)}, ${this.told(entry)}`,
        operations: [known.by, entry.by],
      }));
    }
    const { at } = attemptsOf(log, entry.value);
    if (!at.has(entry.offset)) at.set(entry.offset, entry);
    return entry;
  }

  private judgeMove(move: Move, next: ReadonlyMap<number, Entry>): void {
    const { log, from, to, before, by } = move;
    const isInternal = before === by;
    const told = (): string => {
      const at = `polled ${show(to.value)} at offset ${to.offset} of ${log.key}`;
      const earlier = isInternal ? '' : `, where ${this.narrator.tell(before, 'had stopped')}`;
      return `${this.narrator.tell(by, at)}, next after offset ${from.offset}${earlier}`;
    };
    if (to.offset <= from.offset) {
      const kind = isInternal ? 'int-poll-nonmonotonic' : 'ext-poll-nonmonotonic';
      this.log.add(kind, () => ({ sentence: told(), operations: [before, by] }));
      return;
    }
    const known = next.get(from.offset);
    if (known === undefined || known.offset >= to.offset) return;
    this.log.add(isInternal ? 'int-poll-skip' : 'ext-poll-skip', () => {
      const skipped = toldBetween(move) ?? known;
      const past = `${show(skipped.value)} at offset ${skipped.offset}: ${this.told(skipped)}`;
      return { sentence: `${told()}, and so went past ${past}`, operations: [before, by, skipped.by] };
    });
  }

  private judgeRead(log: Log, { value }: Polled, by: Operation): void {
    const { sends, failed } = attemptsOf(log, value);
    if (sends.some((send) => send.invokedAt <= by.completedAt)) return;
    const polled = (): string => this.narrator.tell(by, `polled ${show(value)} of ${log.key}`);
    if (sends.length === 0 && failed !== undefined) {
      this.log.add('aborted-read', () => ({
        sentence: `${polled()}, although ${this.narrator.tell(failed, 'had failed to send it')}`,
        operations: [failed, by],
      }));
      return;
    }
    const [late] = sends;
    const why =
      late === undefined ? 'which nobody sent' : `before ${this.narrator.tell(late, 'tried to send it')}`;
    this.log.add('unexpected-read', () => ({ sentence: `${polled()}, ${why}`, operations: [by] }));
  }

  private judgeAcknowledged(log: Log, { offset, value, by }: Entry): void {
    if (attemptsOf(log, value).isPolled) return;
    const { highest } = log;
    const sent = this.narrator.tell(by, `sent ${show(value)} to ${log.key} at offset ${offset}`);
    if (highest === undefined || highest.offset <= offset) {
      this.log.add('unobserved', () => ({ sentence: `nobody polled what ${sent}`, operations: [by] }));
      return;
    }
    this.log.add('lost-write', () => ({
      sentence:
        `${sent}, and nobody ever polled it, although ` +
        this.narrator.tell(highest.by, `polled beyond it, at offset ${highest.offset}`),
      operations: [by, highest.by],
    }));
  }

  private judgeCopies(log: Log, { value, sends, at }: Attempts): void {
    const allowed = Math.max(1, sends.length);
    if (at.size <= allowed) return;
    this.log.add('duplicate', () => {
      const entries = [...at.values()].slice(0, allowed + 1);
      return {
        sentence:
          `${show(value)} was sent to ${log.key} ${sends.length === 1 ? 'once' : `${sends.length} times`} and stands at offsets ` +
          `${entries.map(({ offset }) => offset).join(', ')}: ${entries.map((entry) => this.told(entry)).join(', ')}`,
        operations: [...(sends.length > 1 ? sends : []), ...entries.map(({ by }) => by)],
      };
    });
  }

  private told({ by, offset }: Entry): string {
    return this.narrator.tell(by, `${by.f === 'send' ? 'was told' : 'saw'} offset ${offset}`);
  }
}

/** A message between the ends of a move that one of its own polls saw, before or after. */
function toldBetween({ log, from, to, before, by }: Move): Entry | undefined {
  for (const operation of [before, by]) {
    for (const { key, offset, value } of logWorkOf(operation)?.polled ?? []) {
      if (key === log.key && offset > from.offset && offset < to.offset)
        return { offset, value, by: operation };
    }
  }
  return undefined;
}

function attemptsOf(log: Log, value: Plain): Attempts {
  const key = valueKey(value);
  let attempts = log.values.get(key);
  if (attempts === undefined) {
    attempts = { value, sends: [], failed: undefined, at: new Map(), isPolled: false };
    log.values.set(key, attempts);
  }
  return attempts;
}

function ofProcess<T>(all: Map<number, Map<string, T>>, { process }: Operation): Map<string, T> {
  let own = all.get(process);
  if (own === undefined) {
    own = new Map();
    all.set(process, own);
  }
  return own;
}

/** For each offset known of a log the entry at the next one. */
function followers(log: Log): Map<number, Entry> {
  const offsets = [...log.entries.keys()].sort((a, b) => a - b);
  const next = new Map<number, Entry>();
  for (let i = 1; i < offsets.length; i++) {
    const entry = log.entries.get(offsets[i] as number);
    if (entry !== undefined) next.set(offsets[i - 1] as number, entry);
  }
  return next;
}
