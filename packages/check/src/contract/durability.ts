import { encodePlain, equalPlain, type Plain } from '@holdfast/plain';
import type { History, Operation } from '../history/operation.ts';
import type { Model } from '../models/model.ts';
import { counterBoundsChecker } from '../plain/counter.ts';
import { count, FindingLog, verdictOf } from '../plain/findings.ts';
import { checkTotalQueue } from '../plain/totalQueue.ts';
import { Narrator, ofKey, show } from '../plain/words.ts';
import type { Verdict } from '../verdict.ts';
import type { ClauseVerdict } from './consistency.ts';
import { claimsAnything, type Contract } from './promise.ts';
import { writesAs } from './register.ts';

/** What durability is judged by, beside the history and the contract. */
export interface DurabilitySituation {
  readonly model: Model | null;
  /** From when on reads are final; without it, those of an object after everything that changed it. In the unit of the history. */
  readonly quietFrom?: number | undefined;
}

const PROMISE = 'acknowledged effects survive';
const WRITES_ONLY_GROW: ReadonlySet<string> = new Set(['set', 'append-log']);

/**
 * Judges, as clients can see it, whether what was acknowledged was still there in the end: an effect is lost when no final read shows it,
 * nor anything that may have replaced it, though some final read began after it. Registers, key-value stores, sets, logs, queues and counters.
 * Undefined when nothing of the kind is promised.
 */
export function judgeDurabilityClause(
  history: History,
  contract: Contract,
  situation: DurabilitySituation,
): ClauseVerdict | undefined {
  const { model } = situation;
  const operations = Object.entries(contract).flatMap(([f, promise]) =>
    (promise.durable ?? claimsAnything(promise)) ? [f] : [],
  );
  if (model === null || operations.length === 0) return undefined;
  const names = new Set(operations);
  const verdict = judgeByModel(history, names, contract, model, situation.quietFrom);
  return verdict === undefined ? undefined : { ...verdict, operations };
}

function judgeByModel(
  history: History,
  names: ReadonlySet<string>,
  contract: Contract,
  model: Model,
  quietFrom: number | undefined,
): Verdict | undefined {
  if (model.register !== undefined) return registers(history, names, contract, model, quietFrom);
  if (WRITES_ONLY_GROW.has(model.name)) return growing(history, names, quietFrom);
  if (model.name === 'fifo-queue') return queues(history, names);
  if (model.name !== 'counter' || history.order === 'session') return undefined;
  const verdict = counterBoundsChecker.check(history);
  const isLow = (verdict.counts['too-low'] ?? 0) > 0;
  const reason = isLow
    ? verdict.reason
    : `${verdict.evidence.examined} operations on counters, no increment lost`;
  return { ...verdict, promise: PROMISE, status: isLow ? 'violated' : 'holds', reason };
}

function queues(history: History, names: ReadonlySet<string>): Verdict {
  const operations = history.operations.filter(({ f }) => names.has(f));
  const verdict = checkTotalQueue({ ...history, operations });
  const isLost = (verdict.counts.lost ?? 0) > 0;
  const lost = verdict.findings.find(({ kind }) => kind === 'lost');
  const evidence = { examined: verdict.evidence.examined, steps: verdict.evidence.steps };
  if (!isLost || lost === undefined) {
    return {
      promise: PROMISE,
      status: 'holds',
      reason: `${evidence.examined} operations on queues, no message lost`,
      evidence,
    };
  }
  return {
    promise: PROMISE,
    status: 'violated',
    reason: lost.sentence,
    evidence: { ...evidence, minimal: lost.operations },
  };
}

/** The operations on one object that changed it, and the reads that come last. */
interface Ending {
  readonly changes: readonly Operation[];
  readonly finals: readonly Operation[];
}

function endings(
  history: History,
  isRead: (operation: Operation) => boolean,
  quietFrom: number | undefined,
): Ending[] {
  const objects = new Map<string, Operation[]>();
  for (const operation of history.operations) {
    if (operation.outcome === 'fail') continue;
    const key = operation.key ?? '';
    const list = objects.get(key) ?? [];
    if (list.length === 0) objects.set(key, list);
    list.push(operation);
  }
  return [...objects.values()].map((list) => {
    const changes = list.filter((operation) => !isRead(operation));
    const last = changes.reduce(
      (latest, { completedAt }) => (Number.isFinite(completedAt) ? Math.max(latest, completedAt) : latest),
      Number.NEGATIVE_INFINITY,
    );
    const from = quietFrom ?? last;
    const finals = list.filter(
      (o) =>
        o.outcome === 'ok' &&
        isRead(o) &&
        (quietFrom === undefined ? o.invokedAt > from : o.invokedAt >= from),
    );
    return { changes, finals };
  });
}

function registers(
  history: History,
  names: ReadonlySet<string>,
  contract: Contract,
  model: Model,
  quietFrom: number | undefined,
): Verdict {
  const log = new FindingLog({ lost: 'violation' });
  const narrator = new Narrator(history);
  const isRead = (operation: Operation): boolean => model.register?.kindOf(operation) === 'read';
  for (const { changes, finals } of endings(history, isRead, quietFrom)) {
    const writes = changes.flatMap((operation) => {
      const written = writesAs(operation, model);
      return typeof written === 'string' ? [] : [{ operation, value: written.value }];
    });
    // What grows by appending keeps no value whole; then what was read cannot be traced to one write.
    if (changes.some((operation) => writesAs(operation, model) === 'not a write')) continue;
    const initial = model.register?.initial ?? null;
    const writersOf = new Map<string, Operation[]>();
    for (const { operation, value } of writes) {
      const text = encodePlain(value);
      const writers = writersOf.get(text) ?? [];
      if (writers.length === 0) writersOf.set(text, writers);
      writers.push(operation);
    }
    const valueOf = (read: Operation): Plain => model.register?.valueOf(read) ?? null;
    const ends = finals.map((read) => {
      const value = valueOf(read);
      return {
        read,
        value,
        writers: writersOf.get(encodePlain(value)),
        isInitial: equalPlain(value, initial),
      };
    });
    for (const { operation, value } of writes) {
      if (operation.outcome !== 'ok' || !names.has(operation.f)) continue;
      log.examined++;
      const isMerged = contract[operation.f]?.duringPartition === 'accept-and-merge';
      let read: Operation | undefined;
      const isKept = ends.some((end) => {
        if (end.read.invokedAt <= operation.completedAt) return false;
        log.steps++;
        read ??= end.read;
        if (equalPlain(value, end.value)) return true;
        // What nobody wrote tells nothing of what was lost; the initial value is older than all.
        if (end.writers === undefined) return !end.isInitial;
        return !end.writers.every((writer) => isBefore(writer, operation, isMerged));
      });
      if (isKept || read === undefined) continue;
      const missed = read;
      log.add('lost', () => ({
        sentence:
          `${show(value)} was lost: ${narrator.tell(operation, `was told that it had been written${ofKey(operation, 'to')}`)}, and in the end ` +
          `${narrator.tell(missed, `read ${show(missed.output)}`)}, which is older`,
        operations: [...(writersOf.get(encodePlain(valueOf(missed))) ?? []), operation, missed],
      }));
    }
  }
  return said(log, 'write');
}

/** Whether what one wrote was certainly replaced by the other; in what is merged, only within a session. */
function isBefore(writer: Operation, later: Operation, isMerged: boolean): boolean {
  if (isMerged && writer.process !== later.process) return false;
  return writer.completedAt < later.invokedAt || (writer.process === later.process && writer.id < later.id);
}

function growing(history: History, names: ReadonlySet<string>, quietFrom: number | undefined): Verdict {
  const log = new FindingLog({ lost: 'violation' });
  const narrator = new Narrator(history);
  const isRead = ({ f, output, outcome }: Operation): boolean =>
    f === 'read' || f === 'contains' || (f === 'poll' && outcome === 'ok' && Array.isArray(output));
  for (const { changes, finals } of endings(history, isRead, quietFrom)) {
    const removed = new Set(changes.filter(({ f }) => f === 'remove').map(({ input }) => encodePlain(input)));
    const seen = finals.flatMap((read) =>
      Array.isArray(read.output)
        ? [{ read, elements: new Set((read.output as readonly Plain[]).map(encodePlain)) }]
        : [],
    );
    for (const change of changes) {
      if (change.outcome !== 'ok' || !names.has(change.f) || change.f === 'remove') continue;
      const element = encodePlain(change.input);
      if (removed.has(element)) continue;
      log.examined++;
      const later = seen.filter(({ read }) => read.invokedAt > change.completedAt);
      log.steps += later.length;
      if (later.length === 0 || later.some(({ elements }) => elements.has(element))) continue;
      const read = later[0]?.read as Operation;
      log.add('lost', () => ({
        sentence:
          `${show(change.input)} was lost: ${narrator.tell(change, `was told that it had been added${ofKey(change, 'to')}`)}, and in the end ` +
          narrator.tell(read, 'read everything without it'),
        operations: [change, read],
      }));
    }
  }
  return said(log, 'element');
}

function said(log: FindingLog<'lost'>, noun: string): Verdict {
  return verdictOf(log, {
    promise: PROMISE,
    holds: `${count(log.examined, `acknowledged ${noun}`)}: none is missing from what was read in the end`,
    nothing: log.examined === 0 ? `no ${noun} was acknowledged` : undefined,
  });
}
