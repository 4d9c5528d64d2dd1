import {
  askBreaker,
  attemptEnded,
  type AttemptEnd,
  type Breaker,
  cancelCall,
  forgetCall,
  nextAttempt,
  recordCall,
  type RetryBudget,
  type RetryCall,
  type RetryStep,
  sendDeadline,
  startBreaker,
  startCall,
  startRetryBudget,
  type StopReason,
} from '@holdfast/protocols';
import type { Host, HostId } from '@holdfast/world';
import type { Alarms } from './alarms.ts';
import type { AnswerKind, AnswerMessage, RequestMessage } from './messages.ts';
import type { CallOptions } from './options.ts';

/** How a call ended at last. `mayHaveHappened`: some attempt went unanswered, and the call did not succeed. */
export interface CallEnd {
  readonly answer: AnswerKind;
  readonly output: string;
  readonly why: StopReason | 'breaker' | 'answered';
  readonly mayHaveHappened: boolean;
}

/** What to call. */
export interface CallSubject {
  readonly call: number;
  readonly f: string;
  readonly key: string;
}

/** A call under way. */
export interface Outgoing {
  readonly subject: CallSubject;
  readonly deadlineMs: number;
  readonly done: (end: CallEnd) => void;
  state: RetryCall;
  attempt: number;
  period: number;
  target: HostId;
  /** Which of the hosts that is. */
  place: number;
  unanswered: boolean;
  ended: boolean;
  callOff: () => void;
}

/** What an answer says of its attempt. */
const ENDS: Readonly<Record<AnswerKind, AttemptEnd['kind']>> = {
  ok: 'ok',
  degraded: 'ok',
  refused: 'refused',
  failed: 'unknown',
  final: 'final',
};

/** Hears of every attempt of a caller. */
export interface AttemptLog {
  attempted(host: HostId, attempt: number, subject: CallSubject): void;
  attemptEnded(host: HostId, attempt: number, end: AttemptEnd['kind'] | 'cancelled', output?: string): void;
}

/** The calls of one host to one tier: they share a retry budget, and a breaker for each of its hosts. */
export class Caller {
  readonly budget: RetryBudget;
  /** One for each target, in their order. */
  private readonly breakers: Breaker[];
  private readonly host: Host;
  private readonly alarms: Alarms;
  private readonly targets: readonly HostId[];
  private readonly options: CallOptions;
  /** Numbers attempts of all callers of a program, so that an answer finds its own. */
  private readonly nextNumber: () => number;
  private readonly log: AttemptLog;
  private readonly open = new Map<number, Outgoing>();
  private turn = 0;

  constructor(
    host: Host,
    how: {
      readonly alarms: Alarms;
      readonly targets: readonly HostId[];
      readonly options: CallOptions;
      readonly nextNumber: () => number;
      readonly log: AttemptLog;
    },
  ) {
    this.log = how.log;
    this.host = host;
    this.alarms = how.alarms;
    this.targets = how.targets;
    this.options = how.options;
    this.nextNumber = how.nextNumber;
    this.budget = startRetryBudget(how.options.budget);
    const { breaker } = how.options;
    this.breakers = breaker === undefined ? [] : how.targets.map(() => startBreaker(breaker));
  }

  /** Begins a call that must be over by `deadlineMs` of the host's monotonic clock. `done` is called once, unless it is cancelled. */
  begin(subject: CallSubject, deadlineMs: number, done: (end: CallEnd) => void): Outgoing {
    const { call, step } = startCall(this.options.retry, deadlineMs, this.budget, this.alarms.nowMs());
    const outgoing: Outgoing = {
      subject,
      deadlineMs,
      done,
      state: call,
      attempt: 0,
      period: 0,
      target: 0,
      place: 0,
      unanswered: false,
      ended: false,
      callOff: () => undefined,
    };
    this.follow(outgoing, step);
    return outgoing;
  }

  /** The caller's own caller has gone: nothing further is tried, and what is under way is called off. */
  cancel(outgoing: Outgoing): void {
    if (outgoing.ended) return;
    outgoing.state = cancelCall(outgoing.state).call;
    outgoing.ended = true;
    outgoing.callOff();
    const breaker = this.breakers[outgoing.place];
    if (breaker !== undefined && this.open.has(outgoing.attempt)) {
      this.breakers[outgoing.place] = forgetCall(breaker, outgoing.period);
    }
    if (this.open.has(outgoing.attempt)) this.log.attemptEnded(this.host.id, outgoing.attempt, 'cancelled');
    this.abandon(outgoing);
  }

  /** An answer has arrived; false when it is none of this caller's, or too late. */
  answered(message: AnswerMessage): boolean {
    const outgoing = this.open.get(message.attempt);
    if (outgoing === undefined) return false;
    this.open.delete(message.attempt);
    outgoing.callOff();
    const { answer, output } = message;
    this.log.attemptEnded(this.host.id, message.attempt, ENDS[answer], output);
    this.report(outgoing, answer !== 'refused' && answer !== 'failed');
    if (answer === 'failed') outgoing.unanswered = true;
    if (answer === 'ok' || answer === 'degraded' || answer === 'final') {
      outgoing.state = attemptEnded(outgoing.state, { kind: 'ok' }, this.budget, this.alarms.nowMs()).call;
      this.end(outgoing, answer, output, 'answered');
    } else this.again(outgoing, { kind: answer === 'refused' ? 'refused' : 'unknown' });
    return true;
  }

  private follow(outgoing: Outgoing, step: RetryStep): void {
    switch (step.do) {
      case 'attempt':
        this.attempt(outgoing, step.timeoutMs);
        return;
      case 'wait': {
        const { leastMs, mostMs } = step.range;
        const waitMs = this.host.choices.between(Math.ceil(leastMs), Math.ceil(mostMs), 'backoff');
        outgoing.callOff = this.alarms.set(waitMs, 'retry', () => {
          const { call, step: next } = nextAttempt(outgoing.state, waitMs, this.budget, this.alarms.nowMs());
          outgoing.state = call;
          this.follow(outgoing, next);
        });
        return;
      }
      case 'stop':
        this.spent(outgoing, step.why);
    }
  }

  private attempt(outgoing: Outgoing, timeoutMs: number): void {
    const nowMs = this.alarms.nowMs();
    if (!this.choose(outgoing, nowMs)) {
      this.spent(outgoing, 'breaker');
      return;
    }
    const { subject } = outgoing;
    outgoing.attempt = this.nextNumber();
    outgoing.target = this.targets[outgoing.place] ?? 0;
    this.open.set(outgoing.attempt, outgoing);
    const deadline = this.options.sendsDeadline
      ? { atMs: Math.min(outgoing.deadlineMs, nowMs + timeoutMs) }
      : undefined;
    const message: RequestMessage = {
      kind: 'request',
      attempt: outgoing.attempt,
      ...subject,
      deadline: deadline === undefined ? null : (sendDeadline(deadline, nowMs) ?? null),
    };
    this.log.attempted(this.host.id, outgoing.attempt, subject);
    this.host.send(outgoing.target, message);
    outgoing.callOff = this.alarms.set(timeoutMs, 'timeout', () => {
      outgoing.unanswered = true;
      this.log.attemptEnded(this.host.id, outgoing.attempt, 'unknown');
      this.abandon(outgoing);
      this.report(outgoing, false);
      this.again(outgoing, { kind: 'unknown' });
    });
  }

  private again(outgoing: Outgoing, end: AttemptEnd): void {
    const { call, step } = attemptEnded(outgoing.state, end, this.budget, this.alarms.nowMs());
    outgoing.state = call;
    this.follow(outgoing, step);
  }

  /** No further attempt: the declared answer, or an error. */
  private spent(outgoing: Outgoing, why: CallEnd['why']): void {
    const { degraded } = this.options;
    if (degraded !== undefined) this.end(outgoing, 'degraded', degraded, why);
    else this.end(outgoing, outgoing.unanswered ? 'failed' : 'refused', why, why);
  }

  private end(outgoing: Outgoing, answer: AnswerKind, output: string, why: CallEnd['why']): void {
    if (outgoing.ended) return;
    outgoing.ended = true;
    outgoing.done({ answer, output, why, mayHaveHappened: outgoing.unanswered && answer !== 'ok' });
  }

  private abandon({ attempt, target }: Outgoing): void {
    if (!this.open.delete(attempt) || !this.options.sendsDeadline) return;
    this.host.send(target, { kind: 'cancel', attempt });
  }

  private report(outgoing: Outgoing, ok: boolean): void {
    const breaker = this.breakers[outgoing.place];
    if (breaker === undefined) return;
    this.breakers[outgoing.place] = recordCall(breaker, outgoing.period, ok, this.alarms.nowMs());
  }

  /** The next host in turn whose breaker lets a call pass; false when there is none. */
  private choose(outgoing: Outgoing, nowMs: number): boolean {
    const { length } = this.targets;
    for (let i = 0; i < length; i++) {
      const place = (this.turn + i) % length;
      const breaker = this.breakers[place];
      const asked = breaker === undefined ? undefined : askBreaker(breaker, nowMs);
      if (asked !== undefined) this.breakers[place] = asked.breaker;
      if (asked?.allowed === false) continue;
      outgoing.place = place;
      outgoing.period = asked?.breaker.period ?? 0;
      this.turn = place + 1;
      return true;
    }
    return false;
  }
}
