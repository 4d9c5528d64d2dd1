import type { Backoff } from './backoff.ts';
import { RETRY_FIELDS, type RetryContract, type RetryField, RetryFileError } from './retryContract.ts';
import { readField } from './retryFileFields.ts';

/**
 * Reads a retry budget: a line `Field: value` for each of `RETRY_FIELDS`, in any order; empty lines and lines that begin with `#` are
 * comments. Throws `RetryFileError` with line and field.
 */
export function readRetryFile(text: string, file: string): RetryContract {
  const found = new Map<RetryField, { readonly value: string; readonly line: number }>();
  for (const [i, raw] of text.split('\n').entries()) {
    const content = raw.trim();
    const line = i + 1;
    if (content === '' || content.startsWith('#')) continue;
    const colon = content.indexOf(':');
    const field = RETRY_FIELDS.find((name) => name === content.slice(0, Math.max(colon, 0)));
    if (field === undefined) {
      const mend = `begin it with one of ${RETRY_FIELDS.map((name) => `'${name}:'`).join(', ')}`;
      throw new RetryFileError({ file, line, field: '' }, `the line '${content}' names no field`, mend);
    }
    if (found.has(field)) throw new RetryFileError({ file, line, field }, 'is given twice', 'keep one');
    found.set(field, { value: content.slice(colon + 1).trim(), line });
  }
  const missing = RETRY_FIELDS.find((field) => !found.has(field));
  if (missing !== undefined) {
    throw new RetryFileError(
      { file, line: 0, field: missing },
      'is missing',
      'say it, also where the answer is no',
    );
  }
  const at = (field: RetryField): { file: string; line: number; field: string } => {
    return { file, line: found.get(field)?.line ?? 0, field };
  };
  const parts = RETRY_FIELDS.map((field) => readField(field, found.get(field)?.value ?? '', at(field)));
  const contract = Object.assign({}, ...parts) as RetryContract & { readonly jitter?: Backoff['jitter'] };
  const { jitter = 'full', ...rest } = contract;
  const whole = { ...rest, backoff: { ...rest.backoff, jitter } };
  requireConsistent(whole, at);
  return whole;
}

function requireConsistent(
  contract: RetryContract,
  at: (field: RetryField) => { file: string; line: number; field: string },
): void {
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
