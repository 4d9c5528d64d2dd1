import { requireNumber } from './policyError.ts';

/**
 * When an answer stops being worth anything: a time of one node's own monotonic clock, milliseconds. It never travels: between nodes goes
 * what is left of it, so that their clocks need not agree (gRPC's wire rule).
 */
export interface Deadline {
  readonly atMs: number;
}

/** A deadline on its way to another node. */
export interface DeadlineOnWire {
  readonly remainingMs: number;
}

/** A remote deadline that is none, or a child's that outlives its parent. Nothing was changed. */
export class DeadlineError extends RangeError {
  readonly code = 'BAD_DEADLINE';
  readonly value: unknown;
  constructor(action: string, must: string, value: unknown, mend: string) {
    super(`Cannot ${action} as ${must}: current value is ${JSON.stringify(value) ?? String(value)}; ${mend}`);
    this.name = 'DeadlineError';
    this.value = value;
  }
}

/** The longest time a deadline from elsewhere may leave: a day. Beyond it, it is a mistake, not a deadline. */
export const MAX_REMAINING_MS = 86_400_000;

/** The deadline of a call that begins now. Throws `PolicyError` for a budget that is not above 0. */
export function startDeadline(nowMs: number, budgetMs: number): Deadline {
  return { atMs: nowMs + requireNumber('budgetMs', budgetMs, 0.001, MAX_REMAINING_MS) };
}

/** What is left; 0 once it has passed. */
export function remainingMs(deadline: Deadline, nowMs: number): number {
  return Math.max(0, deadline.atMs - nowMs);
}

/**
 * The deadline of a call made on behalf of another: `timeoutMs` from now, but at least `reserveMs` before the parent's, which its caller
 * needs to use the answer. Undefined when nothing is left: then the call must not be made.
 */
export function childDeadline(
  parent: Deadline,
  nowMs: number,
  options: { readonly timeoutMs?: number; readonly reserveMs?: number } = {},
): Deadline | undefined {
  const { timeoutMs = Number.POSITIVE_INFINITY, reserveMs = 0 } = options;
  const atMs = Math.min(parent.atMs - reserveMs, nowMs + timeoutMs);
  return atMs > nowMs ? { atMs } : undefined;
}

/** What is sent along with a call; undefined when nothing is left. */
export function sendDeadline(deadline: Deadline, nowMs: number): DeadlineOnWire | undefined {
  const left = remainingMs(deadline, nowMs);
  return left > 0 ? { remainingMs: Math.min(left, MAX_REMAINING_MS) } : undefined;
}

/**
 * The deadline of a call that has arrived, on the receiver's own clock. `transitMs` is the least time the message took, 0 when unknown: without
 * it the receiver's deadline is later than the sender's by the time on the way. Throws `DeadlineError` for what is no deadline.
 */
export function receiveDeadline(wire: unknown, nowMs: number, transitMs = 0): Deadline {
  const left =
    typeof wire === 'object' && wire !== null && 'remainingMs' in wire ? wire.remainingMs : undefined;
  if (typeof left !== 'number' || !(left >= 0 && left <= MAX_REMAINING_MS)) {
    throw new DeadlineError(
      'read a deadline',
      `remainingMs must be from 0 to ${MAX_REMAINING_MS}`,
      wire,
      'send what is left of it',
    );
  }
  return { atMs: nowMs + Math.max(0, left - transitMs) };
}

/** Throws `DeadlineError` when a call made on behalf of another would outlive it. Both by one clock. */
export function assertWithin(parent: Deadline, child: Deadline): void {
  if (child.atMs <= parent.atMs) return;
  const late = child.atMs - parent.atMs;
  throw new DeadlineError(
    'make a call on behalf of another',
    "its deadline must not be after its parent's",
    `${late} ms later`,
    'derive it with childDeadline',
  );
}

/** One piece of work as observers saw it, all times by one clock. */
export interface DeadlineSpan {
  readonly id: number;
  /** The work it was done for; undefined for the first hop. */
  readonly parent?: number;
  readonly where: string;
  readonly startedMs: number;
  readonly deadlineMs: number;
}

/** Work that breaks the rules of deadlines. */
export interface DeadlineBreach {
  readonly span: DeadlineSpan;
  readonly rule: 'work after expiry' | 'child outlives parent';
}

/** Judges spans: none begins after its own deadline, none has a later deadline than the one it is done for. In order of the list. */
export function judgeDeadlines(spans: Iterable<DeadlineSpan>): DeadlineBreach[] {
  const breaches: DeadlineBreach[] = [];
  const known = new Map<number, DeadlineSpan>();
  for (const span of spans) {
    known.set(span.id, span);
    if (span.startedMs >= span.deadlineMs) breaches.push({ span, rule: 'work after expiry' });
    const parent = span.parent === undefined ? undefined : known.get(span.parent);
    if (parent !== undefined && span.deadlineMs > parent.deadlineMs) {
      breaches.push({ span, rule: 'child outlives parent' });
    }
  }
  return breaches;
}
