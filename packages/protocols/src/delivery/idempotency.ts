import { clonePlain, equalPlain, type Plain } from '@holdfast/plain';

/**
 * What is known of an idempotency key. `missing` is the absence of a record. `retryable`: failed without effect, may run again.
 * `failed`: failed for good, the answer is replayed.
 */
export type IdempotencyState = 'missing' | 'in-progress' | 'succeeded' | 'retryable' | 'failed';

/** One key's record: plain data. */
export interface IdempotencyRecord {
  readonly state: Exclude<IdempotencyState, 'missing'>;
  readonly payload: Plain;
  /** The claim that may finish it; a new one each time it runs. */
  readonly claim: number;
  /** What is replayed; null before it is known. */
  readonly response: Plain;
  /** The record is kept at least until then, milliseconds. */
  readonly keepUntilMs: number;
}

/** The table of all keys: plain data, changed in place by the functions here only. */
export interface IdempotencyTable {
  readonly records: Record<string, IdempotencyRecord>;
  readonly limit: number;
  readonly keepMs: number;
  lastClaim: number;
  /** Records held, and a time before which none can be forgotten: looking for them costs nothing until then. */
  size: number;
  nextExpiryMs: number;
}

/**
 * What the caller of a claim must do. `run`: execute, then `finish` with the claim. `wait`: another delivery is running it (answer
 * 409 or 202, or wait with a deadline). `replay`: answer this. `refuse`: the key was used for another payload, or the table is full.
 */
export type IdempotencyAnswer =
  | { readonly do: 'run'; readonly claim: number }
  | { readonly do: 'wait' }
  | { readonly do: 'replay'; readonly state: 'succeeded' | 'failed'; readonly response: Plain }
  | { readonly do: 'refuse'; readonly why: 'other-payload' | 'table-full' };

/** Thrown for a table that cannot keep its promise. */
export class IdempotencyError extends RangeError {
  readonly code = 'IDEMPOTENCY';
  readonly value: number;
  constructor(action: string, must: string, value: number) {
    super(`Cannot ${action} as ${must}: current value is ${value}`);
    this.name = 'IdempotencyError';
    this.value = value;
  }
}

/**
 * An empty table of at most `limit` keys, each kept `keepMs` after its last change. Throws `IdempotencyError` when a key would be
 * forgotten before the last retry (`lastRetryMs` after the first attempt) can arrive.
 */
export function startIdempotency(options: {
  readonly limit: number;
  readonly keepMs: number;
  readonly lastRetryMs: number;
}): IdempotencyTable {
  const { limit, keepMs, lastRetryMs } = options;
  if (!Number.isSafeInteger(limit) || limit < 1) {
    throw new IdempotencyError('keep keys', 'limit must be a whole number of at least 1', limit);
  }
  if (!(keepMs > lastRetryMs)) {
    throw new IdempotencyError(
      'recognise retries',
      `keepMs must be above lastRetryMs (${lastRetryMs})`,
      keepMs,
    );
  }
  return { records: {}, limit, keepMs, lastClaim: 0, size: 0, nextExpiryMs: Number.POSITIVE_INFINITY };
}

/** The state of a key. */
export function idempotencyState(table: IdempotencyTable, key: string): IdempotencyState {
  return Object.hasOwn(table.records, key) ? (table.records[key]?.state ?? 'missing') : 'missing';
}

/** Claims a key in one step: looking and claiming are not two (X15). */
export function claimKey(
  table: IdempotencyTable,
  key: string,
  payload: Plain,
  nowMs: number,
): IdempotencyAnswer {
  forgetExpired(table, nowMs);
  const record = Object.hasOwn(table.records, key) ? table.records[key] : undefined;
  if (record === undefined) {
    if (table.size >= table.limit) return { do: 'refuse', why: 'table-full' };
    table.size++;
  } else if (!equalPlain(record.payload, payload)) return { do: 'refuse', why: 'other-payload' };
  else if (record.state === 'in-progress') return { do: 'wait' };
  else if (record.state !== 'retryable') {
    return { do: 'replay', state: record.state, response: clonePlain(record.response) };
  }
  const claim = ++table.lastClaim;
  const keepUntilMs = nowMs + table.keepMs;
  table.records[key] = {
    state: 'in-progress',
    payload: clonePlain(payload),
    claim,
    response: null,
    keepUntilMs,
  };
  return { do: 'run', claim };
}

/** Ends a claim; in the same transaction as the effect. Answers false, and changes nothing, for a claim that is not the current one. */
export function finishKey(
  table: IdempotencyTable,
  key: string,
  end: {
    readonly claim: number;
    readonly state: 'succeeded' | 'retryable' | 'failed';
    readonly response: Plain;
  },
  nowMs: number,
): boolean {
  const record = Object.hasOwn(table.records, key) ? table.records[key] : undefined;
  if (record === undefined || record.state !== 'in-progress' || record.claim !== end.claim) return false;
  const response = clonePlain(end.response);
  const keepUntilMs = nowMs + table.keepMs;
  table.records[key] = { ...record, state: end.state, response, keepUntilMs };
  table.nextExpiryMs = Math.min(table.nextExpiryMs, keepUntilMs);
  return true;
}

/** A key in progress is never forgotten: whoever runs it may yet finish. */
function forgetExpired(table: IdempotencyTable, nowMs: number): void {
  if (nowMs < table.nextExpiryMs) return;
  table.nextExpiryMs = Number.POSITIVE_INFINITY;
  for (const [key, { state, keepUntilMs }] of Object.entries(table.records)) {
    if (state === 'in-progress') continue;
    if (keepUntilMs <= nowMs) {
      delete table.records[key];
      table.size--;
    } else table.nextExpiryMs = Math.min(table.nextExpiryMs, keepUntilMs);
  }
}
