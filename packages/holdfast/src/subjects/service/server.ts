import {
  admit,
  type Admission,
  type Admitted,
  receiveDeadline,
  requestEnded,
  startAdmission,
  withdrawRequest,
} from '@holdfast/protocols';
import { drawLatencyUs, type Host, type HostId, type Program } from '@holdfast/world';
import { Alarms } from './alarms.ts';
import { type AttemptLog, type CallEnd, Caller, type Outgoing } from './caller.ts';
import type { Ledger } from './ledger.ts';
import type { AnswerKind, RequestMessage, ServiceMessage } from './messages.ts';
import type { ServiceObserver } from './observer.ts';
import type { Dependency, Tier } from './options.ts';

/** A request at a server, from its arrival to its answer. */
interface Job {
  readonly from: HostId;
  readonly request: RequestMessage;
  /** Of the server's monotonic clock; Infinity when none was sent. */
  readonly deadlineMs: number;
  readonly needs: readonly Dependency[];
  readonly arrivedMs: number;
  state: 'waiting' | 'working' | 'gone';
  /** The dependency called now, by its place in `needs`, and the call. */
  at: number;
  outgoing: Outgoing | undefined;
  claim: number;
  callOff: () => void;
}

/** What a server is made of. */
export interface ServerParts {
  readonly tier: Tier;
  /** Its place among all tiers. */
  readonly index: number;
  /** Hosts of each tier, by name. */
  readonly hostsOf: (tier: string) => readonly HostId[];
  readonly ledger: Ledger | undefined;
  readonly observer: ServiceObserver;
  /** Where its own calls are written down. */
  readonly log: AttemptLog;
}

/** How long a request whose key is being run elsewhere is told to wait, in words. */
const IN_PROGRESS = 'in progress';

/** One server: a gate, workers, calls to what it needs, and its side effect. */
export class ServiceServer implements Program {
  readonly gate: Admission<Job>;
  private readonly host: Host;
  private readonly parts: ServerParts;
  private readonly alarms: Alarms;
  private readonly callers = new Map<string, Caller>();
  /** Requests of this tier that wait for each dependency. */
  private readonly waitingFor = new Map<string, number>();
  private readonly jobs = new Map<string, Job>();
  private attempts = 0;
  private shown = '';

  constructor(host: Host, parts: ServerParts) {
    this.host = host;
    this.parts = parts;
    this.alarms = new Alarms(host);
    this.gate = startAdmission(parts.tier.gate);
    const nextNumber = (): number => ++this.attempts;
    for (const { to, how } of parts.tier.calls ?? []) {
      const targets = parts.hostsOf(to);
      this.callers.set(
        to,
        new Caller(host, { alarms: this.alarms, targets, options: how, nextNumber, log: parts.log }),
      );
    }
    // Attempts of a former life must not be taken for those of this one.
    this.attempts = host.incarnation * 1_000_000_000;
    parts.ledger?.restarted(this.alarms.nowMs());
  }

  onMessage(from: HostId, payload: unknown): void {
    const message = payload as ServiceMessage;
    if (message.kind === 'request') this.arrive(from, message);
    else if (message.kind === 'cancel') this.cancel(from, message.attempt);
    else for (const caller of this.callers.values()) if (caller.answered(message)) break;
  }

  onTimer(timer: unknown): void {
    this.alarms.fire(timer);
  }

  afterEvent(): void {
    const { world, id } = this.host;
    if (world.recorder === undefined) return;
    const view = { running: this.gate.running, queue: this.gate.queue.length };
    const text = `${view.running}/${view.queue}`;
    if (text === this.shown) return;
    this.shown = text;
    world.note(id, 'state', this.parts.tier.name, { cause: world.currentEvent, data: view });
  }

  private arrive(from: HostId, request: RequestMessage): void {
    const { tier, index, observer } = this.parts;
    const nowMs = this.alarms.nowMs();
    observer.arrived(index);
    const name = `${from}/${request.attempt}`;
    // The network may hand over a copy of what is being worked on.
    if (this.jobs.has(name)) return;
    const { deadline, f } = request;
    const job: Job = {
      from,
      request,
      deadlineMs: deadline === null ? Number.POSITIVE_INFINITY : receiveDeadline(deadline, nowMs).atMs,
      needs: (tier.calls ?? []).filter(({ operations }) => operations?.includes(f) ?? true),
      arrivedMs: nowMs,
      state: 'waiting',
      at: -1,
      outgoing: undefined,
      claim: 0,
      callOff: () => undefined,
    };
    this.jobs.set(name, job);
    this.take(admit(this.gate, job, job.deadlineMs, nowMs));
    observer.queued(index, this.gate.queue.length);
  }

  private take({ start, shed }: Admitted<Job>): void {
    for (const { item, why } of shed) {
      this.parts.observer.shed(why);
      this.forget(item);
      this.send(item, 'refused', why);
    }
    for (const job of start) this.start(job);
  }

  private start(job: Job): void {
    const { tier, index, ledger, observer } = this.parts;
    const { request } = job;
    if (tier.effect?.operations.includes(request.f) === true) {
      const claimed = ledger?.claim(request.key, request.f, this.alarms.nowMs(), this.host.world.nowUs);
      this.say(`${claimed?.do ?? 'run'} ${request.key}`);
      if (claimed?.do === 'replay') return this.finish(job, 'ok', claimed.output);
      if (claimed?.do === 'wait') return this.finish(job, 'refused', IN_PROGRESS);
      job.claim = claimed?.claim ?? 0;
    }
    job.state = 'working';
    observer.started(index, request);
    job.callOff = this.alarms.set(this.drawWorkMs(), 'work', () => this.callNext(job));
  }

  private drawWorkMs(): number {
    const { work, diskReads = 0 } = this.parts.tier;
    const { choices, disk } = this.host;
    let us = drawLatencyUs(work, choices, 'work');
    for (let read = 0; read < diskReads; read++) us += disk.drawSyncUs(choices);
    return us / 1_000;
  }

  /** Calls what the request needs next; when that is nothing, its effect takes place and it is answered. */
  private callNext(job: Job): void {
    const { request } = job;
    const need = job.needs[++job.at];
    if (need === undefined) return this.succeed(job);
    const { to, atOnce = Number.POSITIVE_INFINITY, how } = need;
    const waiting = this.waitingFor.get(to) ?? 0;
    if (waiting >= atOnce) {
      this.parts.observer.shed('bulkhead');
      return this.fail(job, 'refused', `${to} is busy`);
    }
    this.waitingFor.set(to, waiting + 1);
    const nowMs = this.alarms.nowMs();
    const own = nowMs + how.deadlineMs;
    const deadlineMs = how.sendsDeadline ? Math.min(own, job.deadlineMs) : own;
    const { call, f, key } = request;
    const outgoing = this.callers
      .get(to)
      ?.begin({ call, f, key }, deadlineMs, (end) => this.called(job, to, end));
    // It may have ended already: then the job has moved on.
    if (outgoing !== undefined && !outgoing.ended) job.outgoing = outgoing;
  }

  private called(job: Job, to: string, { answer, output }: CallEnd): void {
    this.waitingFor.set(to, (this.waitingFor.get(to) ?? 1) - 1);
    job.outgoing = undefined;
    if (answer === 'ok' || answer === 'degraded') this.callNext(job);
    else this.fail(job, answer, output);
  }

  private succeed(job: Job): void {
    const { tier, ledger, observer } = this.parts;
    const { call, f, key } = job.request;
    if (tier.effect?.operations.includes(f) !== true || ledger === undefined)
      return this.finish(job, 'ok', 'done');
    const atUs = this.host.world.nowUs;
    const output = ledger.commit({ key, call, atUs }, job.claim, this.alarms.nowMs());
    observer.effect(call);
    this.say(`effect ${key}`);
    this.finish(job, 'ok', output);
  }

  /** Lets observers know what becomes of a key. */
  private say(label: string): void {
    const { world, id } = this.host;
    if (world.recorder !== undefined) world.note(id, 'note', label, { cause: world.currentEvent });
  }

  private fail(job: Job, answer: AnswerKind, output: string): void {
    this.letGo(job);
    this.finish(job, answer, output);
  }

  /** The effect of a claimed key will not take place here. */
  private letGo(job: Job): void {
    const { tier, ledger } = this.parts;
    const { f, key } = job.request;
    if (job.state === 'working' && tier.effect?.operations.includes(f) === true) {
      ledger?.release(key, job.claim, this.alarms.nowMs());
    }
  }

  private finish(job: Job, answer: AnswerKind, output: string): void {
    this.forget(job);
    this.parts.observer.answered(this.host.id, this.alarms.nowMs() - job.arrivedMs);
    this.send(job, answer, output);
    this.take(requestEnded(this.gate, this.alarms.nowMs()));
  }

  private cancel(from: HostId, attempt: number): void {
    const job = this.jobs.get(`${from}/${attempt}`);
    if (job === undefined) return;
    const nowMs = this.alarms.nowMs();
    this.parts.observer.shed('cancelled');
    if (job.state === 'waiting') {
      withdrawRequest(this.gate, (item) => item === job, nowMs);
      this.forget(job);
      return;
    }
    // Who was given up has kept its caller waiting, too.
    this.parts.observer.answered(this.host.id, nowMs - job.arrivedMs);
    job.callOff();
    const need = job.needs[job.at];
    if (job.outgoing !== undefined && need !== undefined) {
      this.callers.get(need.to)?.cancel(job.outgoing);
      this.waitingFor.set(need.to, (this.waitingFor.get(need.to) ?? 1) - 1);
    }
    this.letGo(job);
    this.forget(job);
    this.take(requestEnded(this.gate, nowMs));
  }

  private forget(job: Job): void {
    job.state = 'gone';
    this.jobs.delete(`${job.from}/${job.request.attempt}`);
  }

  private send({ from, request }: Job, answer: AnswerKind, output: string): void {
    this.host.send(from, { kind: 'answer', attempt: request.attempt, answer, output });
  }
}
