import type { ObservedAttempt, RetryTrace } from '@holdfast/protocols';
import type { HostId } from '@holdfast/world';
import type { AttemptLog, CallSubject } from './caller.ts';

/** Most attempts written down; a storm has more than anybody reads. */
const MOST_ATTEMPTS = 200_000;

/** The attempts of one kind of caller (the users, or a tier), for the questions asked of them afterwards. Times are true ones. */
export class AttemptBook implements AttemptLog {
  private readonly now: () => number;
  private readonly attempts: ObservedAttempt[] = [];
  private readonly open = new Map<string, number>();
  private readonly cancellations: { call: number; atMs: number }[] = [];

  constructor(now: () => number) {
    this.now = now;
  }

  attempted(host: HostId, attempt: number, { call, key }: CallSubject): void {
    if (this.attempts.length >= MOST_ATTEMPTS) return;
    this.open.set(`${host}/${attempt}`, this.attempts.length);
    // Until it has ended it may have had its effect.
    this.attempts.push({ call, key, startedMs: this.now() / 1_000, end: 'unknown' });
  }

  attemptEnded(host: HostId, attempt: number, end: ObservedAttempt['end'], output?: string): void {
    const at = this.open.get(`${host}/${attempt}`);
    const record = at === undefined ? undefined : this.attempts[at];
    if (at === undefined || record === undefined) return;
    this.open.delete(`${host}/${attempt}`);
    const endedMs = this.now() / 1_000;
    const response = end === 'ok' && output !== undefined ? { response: output } : {};
    this.attempts[at] = { ...record, end, endedMs, ...response };
    if (end === 'cancelled') this.cancellations.push({ call: record.call, atMs: endedMs });
  }

  /** Everything written down, with what the ledger says. */
  trace(ledger: Pick<RetryTrace, 'claims' | 'effects'>): RetryTrace {
    return { attempts: this.attempts, cancellations: this.cancellations, ...ledger };
  }
}
