import type { TransactionColumns } from './columns.ts';

/** True when neighbours in the history mostly belong to different processes, as in a log of what happened. */
export function isInterleaved(columns: TransactionColumns): boolean {
  let switches = 0;
  for (let t = 1; t < columns.count; t++) if (columns.session[t] !== columns.session[t - 1]) switches++;
  return 2 * switches > columns.count;
}

/**
 * When each transaction may have taken effect, as numbers to compare: the middle of its interval; its place in a log
 * without times; and in a list of one process after another its place in its process, all being taken as equally fast.
 */
export function likelyTimes(columns: TransactionColumns): Float64Array {
  const { count, session, sessions, invokedAt, completedAt } = columns;
  const likely = new Float64Array(count);
  if (!columns.realtime && !isInterleaved(columns)) {
    const sizes = new Int32Array(sessions);
    for (let t = 0; t < count; t++) sizes[session[t] as number] = (sizes[session[t] as number] as number) + 1;
    const seen = new Int32Array(sessions);
    for (let t = 0; t < count; t++) {
      const own = session[t] as number;
      likely[t] = (seen[own] as number) / (sizes[own] as number);
      seen[own] = (seen[own] as number) + 1;
    }
    return likely;
  }
  for (let t = 0; t < count; t++) {
    const begin = invokedAt[t] as number;
    const end = completedAt[t] as number;
    likely[t] = !columns.realtime ? t : end === Number.POSITIVE_INFINITY ? begin : (begin + end) / 2;
  }
  return likely;
}
