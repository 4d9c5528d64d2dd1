import { PolicyError, requireWhole } from './policyError.ts';

/**
 * Who is taken from a queue. `fifo`: who came first. `lifo`: who came last. `adaptive-lifo`: who came first, but who came last while the queue
 * has not been empty for `intervalMs`: those at its head have waited too long to be worth the work.
 */
export type QueueOrder = 'fifo' | 'lifo' | 'adaptive-lifo';

/** The gate before a service: what it works on at once, and what may wait. Whole numbers. */
export interface AdmissionOptions {
  /** Requests worked on at once; `setConcurrency` changes it. */
  readonly concurrency: number;
  /** Requests that may wait. */
  readonly queueLimit: number;
  readonly order: QueueOrder;
  /**
   * Controlled delay: while the queue has not been empty for `intervalMs` nobody waits longer than `targetMs`, else nobody longer than
   * `intervalMs`. Left out: as long as the deadline allows.
   */
  readonly delay?: { readonly targetMs: number; readonly intervalMs: number };
  /** Whether requests whose deadline has passed are thrown out instead of being worked on. */
  readonly dropsExpired: boolean;
}

/** Why a request is not worked on. The answer says so: nothing is dropped in silence. */
export type ShedReason = 'queue-full' | 'expired' | 'waited-too-long';

/** A request that waits. Times are milliseconds of the service's own monotonic clock. */
export interface Waiting<T> {
  readonly item: T;
  readonly sinceMs: number;
  readonly deadlineMs: number;
}

/** A request thrown out. */
export interface Shed<T> {
  readonly item: T;
  readonly why: ShedReason;
}

/** A gate: plain data if the items are, changed in place by the functions here only. */
export interface Admission<T> {
  readonly options: AdmissionOptions;
  concurrency: number;
  running: number;
  readonly queue: Waiting<T>[];
  /** When the queue was last empty. */
  emptyAtMs: number;
  readonly counts: Record<ShedReason | 'started', number>;
}

/** What becomes of requests: those to start now, and those to refuse. */
export interface Admitted<T> {
  readonly start: readonly T[];
  readonly shed: readonly Shed<T>[];
}

/** The interval by which adaptive order tells a standing queue when there is no `delay`: 100 ms, as in the source. */
const STANDING_MS = 100;

/**
 * An open gate. Throws `PolicyError`. Source: Maurer, "Fail at Scale", ACM Queue 2015 (controlled delay, adaptive LIFO); Nichols and Jacobson,
 * "Controlling Queue Delay", ACM Queue 2012.
 */
export function startAdmission<T>(options: AdmissionOptions): Admission<T> {
  requireWhole('concurrency', options.concurrency, 1);
  requireWhole('queueLimit', options.queueLimit, 0);
  if (!['fifo', 'lifo', 'adaptive-lifo'].includes(options.order)) {
    throw new PolicyError('order', 'fifo, lifo or adaptive-lifo', options.order, 'choose one');
  }
  if (options.delay !== undefined) {
    requireWhole('delay.targetMs', options.delay.targetMs, 0);
    requireWhole('delay.intervalMs', options.delay.intervalMs, options.delay.targetMs);
  }
  return {
    options: { ...options },
    concurrency: options.concurrency,
    running: 0,
    queue: [],
    emptyAtMs: 0,
    counts: { started: 0, 'queue-full': 0, expired: 0, 'waited-too-long': 0 },
  };
}

/** A request arrives: it is started, waits, or is shed; `start` and `shed` may name others that were waiting. */
export function admit<T>(gate: Admission<T>, item: T, deadlineMs: number, nowMs: number): Admitted<T> {
  const shed: Shed<T>[] = [];
  if (gate.options.dropsExpired && nowMs >= deadlineMs) return refuse(gate, item, 'expired');
  if (gate.queue.length === 0) {
    gate.emptyAtMs = nowMs;
    if (gate.running < gate.concurrency) {
      gate.running++;
      gate.counts.started++;
      return { start: [item], shed };
    }
  }
  // Those that must go anyway make room before anybody is refused for want of it.
  if (gate.queue.length >= gate.options.queueLimit) dropStale(gate, nowMs, shed);
  if (gate.queue.length >= gate.options.queueLimit) {
    const refused = refuse(gate, item, 'queue-full');
    return { start: [], shed: [...shed, ...refused.shed] };
  }
  gate.queue.push({ item, sinceMs: nowMs, deadlineMs });
  return { start: [], shed };
}

/** A request that was started has ended: whoever is next is started. */
export function requestEnded<T>(gate: Admission<T>, nowMs: number): Admitted<T> {
  gate.running = Math.max(0, gate.running - 1);
  return startWaiting(gate, nowMs);
}

/** Takes a waiting request out whose caller no longer wants it; false when it does not wait. */
export function withdrawRequest<T>(gate: Admission<T>, wanted: (item: T) => boolean, nowMs: number): boolean {
  const at = gate.queue.findIndex(({ item }) => wanted(item));
  if (at < 0) return false;
  gate.queue.splice(at, 1);
  if (gate.queue.length === 0) gate.emptyAtMs = nowMs;
  return true;
}

/** Changes how many are worked on at once: raised, waiting ones start; lowered, running ones end in their own time. */
export function setConcurrency<T>(gate: Admission<T>, concurrency: number, nowMs: number): Admitted<T> {
  gate.concurrency = requireWhole('concurrency', concurrency, 1);
  return startWaiting(gate, nowMs);
}

function startWaiting<T>(gate: Admission<T>, nowMs: number): Admitted<T> {
  const start: T[] = [];
  const shed: Shed<T>[] = [];
  while (gate.running < gate.concurrency) {
    dropStale(gate, nowMs, shed);
    const next = isLifo(gate, nowMs) ? gate.queue.pop() : gate.queue.shift();
    if (next === undefined) break;
    gate.running++;
    gate.counts.started++;
    start.push(next.item);
  }
  if (gate.queue.length === 0) gate.emptyAtMs = nowMs;
  return { start, shed };
}

function isLifo<T>({ options, emptyAtMs }: Admission<T>, nowMs: number): boolean {
  if (options.order !== 'adaptive-lifo') return options.order === 'lifo';
  return nowMs - emptyAtMs >= (options.delay?.intervalMs ?? STANDING_MS);
}

/** Throws out what has waited longer than it may, or is no longer wanted. */
function dropStale<T>(gate: Admission<T>, nowMs: number, shed: Shed<T>[]): void {
  const { delay, dropsExpired } = gate.options;
  if (delay === undefined && !dropsExpired) return;
  const stands = delay !== undefined && nowMs - gate.emptyAtMs >= delay.intervalMs;
  const mostMs = delay === undefined ? Number.POSITIVE_INFINITY : stands ? delay.targetMs : delay.intervalMs;
  let kept = 0;
  for (const waiting of gate.queue) {
    const isExpired = dropsExpired && nowMs >= waiting.deadlineMs;
    if (isExpired || nowMs - waiting.sinceMs > mostMs) {
      const why = isExpired ? 'expired' : 'waited-too-long';
      gate.counts[why]++;
      shed.push({ item: waiting.item, why });
    } else gate.queue[kept++] = waiting;
  }
  gate.queue.length = kept;
}

function refuse<T>(gate: Admission<T>, item: T, why: ShedReason): Admitted<T> {
  gate.counts[why]++;
  return { start: [], shed: [{ item, why }] };
}
