import type { History, Operation } from '../history/operation.ts';
import { COBRA } from './cobraRecords.ts';
import type { HistoryFile } from './parse.ts';
import { HistoryPrintError } from './printError.ts';
import { type Session, sessionsOf } from './transactionPrint.ts';

const NAME = 'cobra';
const LARGEST = 2n ** 64n - 1n;

/**
 * A history of read-write transactions as the binary logs of Cobra's clients, one per session: `T0.log`, `T1.log`, ... A transaction goes by
 * its operation's id, a write by its value, which must be unique, above 0 and none of Cobra's own ids; keys and values are whole numbers below
 * 2^64, as numbers or digits. Throws `HistoryPrintError` naming the first operation that does not fit.
 */
export function printCobra(history: History): readonly (HistoryFile & { readonly content: Uint8Array })[] {
  const sessions = sessionsOf(history, NAME);
  const writers = writersIn(sessions);
  return sessions.map((session, i) => ({ name: `T${i}.log`, content: logOf(session, writers) }));
}

/** Which transaction wrote each value. */
function writersIn(sessions: readonly Session[]): ReadonlyMap<bigint, number> {
  const writers = new Map<bigint, number>();
  for (const { transactions } of sessions) {
    for (const { id, committed, micros } of transactions) {
      if (!committed)
        throw new HistoryPrintError(NAME, id, 'the format has no word for an aborted transaction');
      for (const [f, , value] of micros) {
        if (f !== 'w') continue;
        const word = wordOf(id, value);
        const isTaken = word === 0n || COBRA.initialIds.includes(word) || COBRA.collectorIds.includes(word);
        if (isTaken) throw new HistoryPrintError(NAME, id, `Cobra uses the write id ${word} itself`);
        if (writers.has(word))
          throw new HistoryPrintError(NAME, id, `it writes ${word}, which was written before`);
        writers.set(word, id);
      }
    }
  }
  return writers;
}

function logOf({ transactions }: Session, writers: ReadonlyMap<bigint, number>): Uint8Array {
  const log = new Log();
  for (const { id, micros } of transactions) {
    log.record(COBRA.start, BigInt(id));
    for (const [f, key, value] of micros) {
      const name = wordOf(id, key);
      if (f === 'w') log.record(COBRA.write, wordOf(id, value), name, wordOf(id, value));
      else if (value === null) log.record(COBRA.read, COBRA.initial, COBRA.initial, name, 0n);
      else {
        const word = wordOf(id, value);
        const writer = writers.get(word);
        if (writer === undefined)
          throw new HistoryPrintError(
            NAME,
            id,
            `it reads ${word}, and the format names who wrote it: nobody did`,
          );
        log.record(COBRA.read, BigInt(writer), word, name, word);
      }
    }
    log.record(COBRA.commit, BigInt(id));
  }
  return log.bytes();
}

function wordOf(id: Operation['id'], value: unknown): bigint {
  const isWhole =
    typeof value === 'number' ? Number.isSafeInteger(value) && value >= 0 : /^\d+$/.test(String(value));
  const word = isWhole ? BigInt(String(value)) : -1n;
  if (word >= 0n && word <= LARGEST) return word;
  const shown = JSON.stringify(value);
  throw new HistoryPrintError(
    NAME,
    id,
    `the format holds whole numbers below 2^64 only, and it has ${shown}`,
  );
}

/** Records of a letter and big-endian words. */
class Log {
  private readonly parts: number[] = [];

  record(type: number, ...words: readonly bigint[]): void {
    this.parts.push(type);
    for (const word of words)
      for (let shift = 56n; shift >= 0n; shift -= 8n) this.parts.push(Number((word >> shift) & 0xffn));
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.parts);
  }
}
