import type { Host, HostId, Program } from '@holdfast/world';
import { Alarms } from './alarms.ts';
import { type AttemptLog, type CallEnd, Caller, type CallSubject } from './caller.ts';
import type { ServiceMessage } from './messages.ts';
import type { CallOptions } from './options.ts';

/** A host of users: all their calls share one retry budget and one breaker. */
export class ServiceClient implements Program {
  readonly caller: Caller;
  private readonly alarms: Alarms;
  private readonly deadlineMs: number;

  constructor(host: Host, targets: readonly HostId[], options: CallOptions, log: AttemptLog) {
    this.alarms = new Alarms(host);
    this.deadlineMs = options.deadlineMs;
    let attempts = host.incarnation * 1_000_000_000;
    this.caller = new Caller(host, {
      alarms: this.alarms,
      targets,
      options,
      nextNumber: () => ++attempts,
      log,
    });
  }

  /** A user asks; `done` is called once. */
  call(subject: CallSubject, done: (end: CallEnd) => void): void {
    this.caller.begin(subject, this.alarms.nowMs() + this.deadlineMs, done);
  }

  onMessage(_from: HostId, payload: unknown): void {
    const message = payload as ServiceMessage;
    if (message.kind === 'answer') this.caller.answered(message);
  }

  onTimer(timer: unknown): void {
    this.alarms.fire(timer);
  }
}
