import type { MicroOperation } from '../history/transaction.ts';
import { TRANSACTION } from '../history/transaction.ts';
import type { ReadTarget, TimeShape } from './parsed.ts';

/** One transaction being read from a format that lists sessions of them. */
export class TransactionDraft {
  readonly firstLine: number;
  lastLine: number;
  readonly input: MicroOperation[] = [];
  readonly output: MicroOperation[] = [];

  constructor(line: number) {
    this.firstLine = line;
    this.lastLine = line;
  }

  write(key: number | string, value: number | string): void {
    const micro: MicroOperation = ['w', key, value];
    this.input.push(micro);
    this.output.push(micro);
  }

  /** A read that returned `value`; null is the initial value. */
  read(key: number | string, value: number | string | null): void {
    this.input.push(['r', key, null]);
    this.output.push(['r', key, value]);
  }
}

/**
 * Hands transactions of sessions over as operations `txn`, one process per session. Only the order within a session is
 * known, so the times are positions in the file and say nothing across sessions.
 */
export class TransactionWriter {
  private readonly target: ReadTarget;
  private lastInvokedAt = -1;

  constructor(target: ReadTarget) {
    this.target = target;
  }

  /**
   * Adds the next transaction, in the order of their first lines. What one that did not commit has read is not
   * kept: it had no effect, and promises nothing.
   */
  add(session: number, draft: TransactionDraft, committed: boolean): void {
    const at = Math.max(draft.firstLine, this.lastInvokedAt + 1);
    this.lastInvokedAt = at;
    const id = this.target.sink.invoke(session, TRANSACTION, draft.input, at);
    const end = Math.max(draft.lastLine, at);
    if (committed) this.target.sink.complete(id, 'ok', draft.output, end);
    else this.target.sink.complete(id, 'fail', null, end);
  }

  shape(): TimeShape {
    return { timeUnit: 'index', order: 'session' };
  }
}

/** An integer of a text format: a number where a double holds it exactly, else its digits as text. */
export function integerOf(digits: string): number | string {
  const value = Number(digits);
  return Number.isSafeInteger(value) ? value : digits;
}
