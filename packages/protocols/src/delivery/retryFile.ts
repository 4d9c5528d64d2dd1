import type { Backoff } from './backoff.ts';
import { RETRY_FIELDS, type RetryContract, RetryFileError } from './retryContract.ts';
import { readField } from './retryFileFields.ts';

type At = (field: string) => { file: string; line: number; field: string };

/**
 * Reads a retry budget as text: a line `Field: value` for each of `RETRY_FIELDS`, in any order; empty lines and lines that begin with `#` are
 * comments. A generated document is read as well: of the section of each field the first line counts. Throws `RetryFileError` with line and field.
 */
export function readRetryFile(text: string, file: string): RetryContract {
  const lines = new Map<string, number>();
  const values: Record<string, string> = {};
  const at: At = (field) => ({ file, line: lines.get(field) ?? 0, field });
  for (const { field, value, line } of linesOf(text)) {
    if (Object.hasOwn(values, field))
      throw new RetryFileError({ file, line, field }, 'is given twice', 'keep one');
    lines.set(field, line);
    values[field] = value;
  }
  return contractOf(values, at);
}

/** Reads a retry budget that was parsed already: an object with a text for each of `RETRY_FIELDS`. Throws `RetryFileError` with the field. */
export function readRetryFields(value: unknown, file: string): RetryContract {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return contractOf(value as Readonly<Record<string, unknown>>, (field) => ({ file, line: 0, field }));
  }
  throw new RetryFileError({ file, line: 0, field: '' }, 'it is no object', 'give a text for each field');
}

/** Fields with their lines; a line that is none has the field it begins with, which is refused later. */
function linesOf(text: string): { field: string; value: string; line: number }[] {
  const lines = text.split('\n').map((line) => line.trim());
  const found: { field: string; value: string; line: number }[] = [];
  if (lines.some((line) => line.startsWith(DOCUMENT))) {
    for (const [i, heading] of lines.entries()) {
      if (!heading.startsWith('## ')) continue;
      const at = lines.findIndex((line, k) => k > i && line !== '');
      found.push({ field: heading.slice(3), value: lines[at] ?? '', line: at + 1 });
    }
    return found;
  }
  for (const [i, line] of lines.entries()) {
    if (line === '' || line.startsWith('#')) continue;
    const colon = line.indexOf(':');
    const [field, value] = colon < 0 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 1).trim()];
    found.push({ field, value, line: i + 1 });
  }
  return found;
}

/** What a generated document has near its top. */
const DOCUMENT = '<!-- holdfast-document';

function contractOf(values: Readonly<Record<string, unknown>>, at: At): RetryContract {
  const stray = Object.keys(values).find((name) => !RETRY_FIELDS.some((field) => field === name));
  if (stray !== undefined) {
    throw new RetryFileError(at(stray), 'is no field of it', `the fields are ${RETRY_FIELDS.join(', ')}`);
  }
  const parts = RETRY_FIELDS.map((field) => {
    const value = values[field];
    if (value === undefined)
      throw new RetryFileError(at(field), 'is missing', 'say it, also where the answer is no');
    if (typeof value !== 'string') throw new RetryFileError(at(field), 'is no text', 'write it as a text');
    return readField(field, value, at(field));
  });
  const { jitter = 'full', ...rest } = Object.assign({}, ...parts) as RetryContract & {
    readonly jitter?: Backoff['jitter'];
  };
  const contract = { ...rest, backoff: { ...rest.backoff, jitter } };
  requireConsistent(contract, at);
  return contract;
}

function requireConsistent(contract: RetryContract, at: At): void {
  const { sideEffect, maxAttempts, idempotencyKey, deadlineMs, timeoutMs, backoff } = contract;
  if (sideEffect && maxAttempts > 1 && idempotencyKey === null) {
    const problem = `is 'none' for an operation with a side effect that is tried ${maxAttempts} times`;
    throw new RetryFileError(at('Idempotency key'), problem, "name one, or set 'Max attempts: 1'");
  }
  if (timeoutMs > deadlineMs) {
    const problem = `gives each attempt ${timeoutMs} ms of a call of ${deadlineMs} ms`;
    throw new RetryFileError(at('Timeout'), problem, 'shorten the attempt or lengthen the call');
  }
  if (backoff.capMs < backoff.baseMs) {
    const problem = `begins at ${backoff.baseMs} ms, above its longest wait of ${backoff.capMs} ms`;
    throw new RetryFileError(at('Backoff'), problem, 'raise the longest wait');
  }
  if (idempotencyKey !== null && idempotencyKey.keepMs <= deadlineMs) {
    const problem = `is kept ${idempotencyKey.keepMs} ms, less than the ${deadlineMs} ms in which a retry may come`;
    throw new RetryFileError(at('Idempotency key'), problem, 'keep it longer');
  }
}
