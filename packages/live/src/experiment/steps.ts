import { equalPlain, type Plain } from '@holdfast/plain';
import type { EtcdMesh } from '../devices/mesh/mesh.ts';
import type { MessageQuery } from '../devices/mesh/link.ts';
import { LiveError } from '../errors.ts';
import type { Heal, Strikes } from '../faults/striker.ts';
import type { Action, Recorded, Recorder } from '../history/recorder.ts';
import type { Cluster, Member } from '../subjects/cluster.ts';
import { awaitLeader } from '../subjects/run.ts';
import { eventually } from '../time.ts';
import { faultOf } from './faults.ts';
import type { FaultStep, MessageStep, OperationStep, Step, WaitStep } from './file.ts';
import { ask } from './perform.ts';
import { revisionOf } from './revisions.ts';
import type { Roles } from './roles.ts';
import type { Struck } from './trace.ts';
import { Watches } from './watches.ts';

const DEADLINE_MS = 5_000;
const WITHIN_MS = 15_000;

/** Something that happened in a run, for the journal. */
export interface JournalLine {
  readonly atMs: number;
  readonly text: string;
}

/** What steps act on. */
export interface StepContext {
  readonly cluster: Cluster;
  readonly recorder: Recorder;
  readonly roles: Roles;
  readonly striker: Strikes;
  readonly mesh: EtcdMesh | undefined;
  readonly signal: AbortSignal;
  readonly journal: JournalLine[];
  readonly struck: Struck[];
}

/** Does the steps of an experiment one after another and remembers what they named. */
export class Stepper {
  /** Operations by the names steps gave them. */
  readonly named: Map<string, Recorded> = new Map<string, Recorded>();
  /** Watches by name. */
  readonly watches: Watches = new Watches();
  /** Faults in force, by name. */
  private readonly active = new Map<string, Heal>();
  private readonly background = new Map<string, Promise<Recorded>>();
  /** What repeats and shall end. */
  private readonly joined = new Set<string>();
  private readonly contexts = new Map<string, string>();
  private readonly context: StepContext;
  private faults = 0;

  constructor(context: StepContext) {
    this.context = context;
  }

  /** Does one step. Throws `LiveError` when it cannot be done. */
  async step(step: Step): Promise<void> {
    if (this.context.signal.aborted) return;
    if (step.let !== undefined) await this.let(step.let);
    if (step.read !== undefined) await this.operation('read', step.read);
    if (step.write !== undefined) await this.operation('write', step.write);
    if (step.cas !== undefined) await this.operation('cas', step.cas);
    if (step.do !== undefined) await this.operation(step.do.f ?? 'read', step.do);
    if (step.join !== undefined) await this.join(step.join);
    if (step.watch !== undefined) {
      await this.watch(step.watch);
    }
    if (step.strike !== undefined) await this.strike(step.strike);
    if (step.heal !== undefined) await this.heal(step.heal);
    if (step.wait !== undefined) await this.wait(step.wait);
    if (step.note !== undefined) this.say(step.note);
    await this.onMessages(step);
  }

  /** Strikes a fault; it ends by `heal`, after its own time, or at the end. */
  async strike(fault: FaultStep): Promise<void> {
    const draft = faultOf(fault);
    const name = fault.as ?? `fault ${++this.faults}`;
    const { recorder, struck, striker } = this.context;
    const fromUs = recorder.nowUs();
    const { heal, members } = await striker.strike(draft);
    const seen: Struck = { fault: draft, members, fromUs, untilUs: undefined };
    struck.push(seen);
    this.active.set(name, async () => {
      await heal();
      seen.untilUs = recorder.nowUs();
    });
    this.say(`strike ${name}: ${JSON.stringify(fault)}`);
    if (draft.forUs <= 0) return;
    const { clock } = recorder;
    void clock
      .sleep(draft.forUs / 1_000, this.context.signal)
      .then(() => this.heal(name).catch(() => undefined));
  }

  /** Ends one fault, or `all`; every one is tried, and the first failure is thrown at last. */
  async heal(name: string): Promise<void> {
    const names = name === 'all' ? [...this.active.keys()] : [name];
    let failure: unknown;
    for (const one of names.reverse()) {
      const heal = this.active.get(one);
      this.active.delete(one);
      if (heal === undefined) continue;
      await heal().catch((error: unknown) => {
        failure ??= error;
      });
      this.say(`heal ${one}`);
    }
    if (name === 'all') this.context.mesh?.releaseAll();
    if (failure !== undefined) throw failure;
  }

  /** Waits for operations that still run. */
  async settle(): Promise<void> {
    for (const name of this.background.keys()) this.joined.add(name);
    await Promise.all(this.background.values());
  }

  /** The store's revision a named operation was answered in; 0 when nobody said. */
  private async let(names: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, role] of Object.entries(names)) {
      const member = await this.context.roles.resolve(role);
      this.context.roles.give(name, member);
      this.say(`${name} is ${member.name}`);
    }
  }

  private async watch(watch: NonNullable<Step['watch']>): Promise<void> {
    const { on, key, after, ahead = 0, progress, as } = watch;
    const member = await this.context.roles.resolve(on);
    const fromRevision = (after === undefined ? 0 : this.revisionNamed(after)) + ahead + 1;
    this.watches.open(this.context.cluster, member, as, { prefix: key, fromRevision, progress });
    this.say(`watch ${as} on ${member.name} from revision ${fromRevision}`);
  }

  private revisionNamed(name: string): number {
    const recorded = this.named.get(name);
    if (recorded === undefined) throw unknownName('operation', name, [...this.named.keys()]);
    return revisionOf(recorded) ?? 0;
  }

  private async operation(f: string, step: OperationStep): Promise<void> {
    if (step.everyMs !== undefined) {
      const name = step.as ?? `operation ${this.context.recorder.size}`;
      this.background.set(name, this.repeatedly(f, name, step, step.everyMs));
      return;
    }
    if (step.times !== undefined) {
      const { times, parallel = 1, as: _as, ...one } = step;
      const outcomes = new Map<string, number>();
      let next = 1;
      const lane = async (): Promise<void> => {
        while (next <= times && !this.context.signal.aborted) {
          const key = `${step.key ?? ''}${next++}`;
          const name = await this.one(f, { ...one, key, as: `${f} ${key}` }, true);
          const outcome = this.named.get(name)?.answer.outcome ?? 'unknown';
          outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        }
      };
      await Promise.all(Array.from({ length: parallel }, lane));
      const counts = [...outcomes].map(([outcome, many]) => `${many} ${outcome}`);
      this.say(`${f} ${step.key ?? ''}1 to ${times} on ${step.on ?? 'leader'}: ${counts.join(', ')}`);
    } else await this.one(f, step, false);
  }

  /** One operation again and again, each as an operation of its own, until it is joined; the last one's answer is its answer. */
  private async repeatedly(f: string, name: string, step: OperationStep, everyMs: number): Promise<Recorded> {
    const { everyMs: _every, forMs = Number.POSITIVE_INFINITY, ...one } = step;
    const { signal, recorder } = this.context;
    const { clock } = recorder;
    const endUs = clock.nowUs() + forMs * 1_000;
    const outcomes = new Map<string, number>();
    for (let dueUs = clock.nowUs(); ; dueUs += everyMs * 1_000) {
      await clock.sleep(Math.max(0, dueUs - clock.nowUs()) / 1_000, signal);
      await this.one(f, { ...one, as: name, outcome: 'any', client: step.client ?? name }, true);
      const last = this.named.get(name) as Recorded;
      outcomes.set(last.answer.outcome, (outcomes.get(last.answer.outcome) ?? 0) + 1);
      if (signal.aborted || this.joined.has(name) || clock.nowUs() >= endUs) {
        const counts = [...outcomes].map(([outcome, many]) => `${many} ${outcome}`);
        this.say(`${name}: ${f} ${step.key ?? ''} every ${everyMs} ms: ${counts.join(', ')}`);
        return last;
      }
    }
  }

  private async one(f: string, step: OperationStep, quiet: boolean): Promise<string> {
    const { cluster, recorder, roles } = this.context;
    const member = await roles.resolve(step.on ?? 'leader');
    const { deadlineMs = DEADLINE_MS, retryMs, as } = step;
    const name = as ?? `operation ${recorder.size}`;
    const started = ask(cluster, recorder, {
      client: step.client ?? name,
      member,
      action: actionOf(f, this.withRevision(step)),
      deadlineMs,
      retryMs,
    }).then((recorded) => {
      this.named.set(name, recorded);
      if (!quiet)
        this.say(
          `${name}: ${f} ${step.key ?? ''} on ${member.name} -> ${recorded.answer.outcome} ${JSON.stringify(recorded.answer.output)}`,
        );
      return recorded;
    });
    if (step.background === true) this.background.set(name, started);
    else this.expectOutcome(name, step, await started);
    return name;
  }

  /** The revision asked for takes the place of the value. */
  private withRevision(step: OperationStep): OperationStep {
    return step.revisionOf === undefined ? step : { ...step, value: this.revisionNamed(step.revisionOf) };
  }

  private expectOutcome(name: string, step: OperationStep, { answer }: Recorded): void {
    const { outcome = 'ok', answer: wanted } = step;
    const hasEnded = outcome === 'any' || answer.outcome === outcome;
    if (hasEnded && (wanted === undefined || equalPlain(answer.output, wanted))) return;
    const end = `end ${outcome}${wanted === undefined ? '' : ` with ${JSON.stringify(wanted)}`}`;
    throw new LiveError(
      'NOT_READY',
      `Cannot go on: ${name} must ${end}: it ended ${answer.outcome} (${JSON.stringify(answer.output)})`,
      "run it again, or allow 'outcome: any'",
      name,
    );
  }

  private async join(name: string): Promise<void> {
    const running = this.background.get(name);
    if (running === undefined)
      throw unknownName('operation in the background', name, [...this.background.keys()]);
    this.joined.add(name);
    await running;
    this.background.delete(name);
  }

  private async wait(wait: WaitStep): Promise<void> {
    const { cluster, roles, signal, recorder } = this.context;
    const { withinMs = WITHIN_MS } = wait;
    const { clock } = recorder;
    if (wait.ms !== undefined) await clock.sleep(wait.ms, signal);
    if (wait.leader !== undefined) {
      const not: string[] = [];
      for (const name of wait.leader.not ?? []) not.push((await roles.resolve(name)).name);
      const leader = await awaitLeader(cluster, { withinMs, not, signal, clock });
      if (wait.leader.as !== undefined) roles.give(wait.leader.as, leader);
      this.say(`${leader.name} leads`);
    }
    if (wait.operations !== undefined) {
      const { f, outcome, atLeast = 1 } = wait.operations;
      const isOne = ({ action, answer }: Recorded): boolean =>
        (f === undefined || action.f === f) && (outcome === undefined || answer.outcome === outcome);
      const seen = await eventually(() => recorder.recorded.filter(isOne).length >= atLeast, {
        withinMs,
        signal,
        clock,
      });
      if (seen !== true) throw notSeen(`${atLeast} operations ${f ?? ''} ${outcome ?? ''}`, withinMs);
    }
    if (wait.watched !== undefined) {
      const { of, key } = wait.watched;
      const seen = await eventually(() => this.watches.hasSeen(of, key), { withinMs, signal, clock });
      if (seen !== true) throw notSeen(`${key} on watch ${of}`, withinMs);
    }
    if (wait.message !== undefined) await this.waitForMessage(wait.message, withinMs);
  }

  private async waitForMessage(message: MessageStep, withinMs: number): Promise<void> {
    const mesh = this.meshOrThrow();
    const [from, to] = [
      await this.context.roles.resolve(message.from),
      await this.context.roles.resolve(message.to),
    ];
    const query = this.queryOf(message);
    const { signal } = this.context;
    const find = (): ReturnType<EtcdMesh['find']> => mesh.find(from.index, to.index, query, message.nth);
    const found = await eventually(find, { withinMs, everyMs: 2, signal });
    if (found === undefined)
      throw notSeen(`${message.type ?? 'message'} from ${message.from} to ${message.to}`, withinMs);
    if (message.as !== undefined) this.contexts.set(message.as, found.context);
    this.say(`seen ${found.type} from ${from.name} to ${to.name} (${found.context})`);
  }

  private async onMessages({ hold, release, drop }: Step): Promise<void> {
    const ends = hold ?? release ?? drop;
    if (ends === undefined) return;
    const mesh = this.meshOrThrow();
    const { roles } = this.context;
    const [from, to]: Member[] = [await roles.resolve(ends.from), await roles.resolve(ends.to)];
    const link = mesh.link(from?.index ?? 0, to?.index ?? 0);
    if (hold !== undefined) link.hold();
    else if (drop !== undefined) this.say(`dropped ${link.drop(this.queryOf(drop))} messages`);
    else if (release?.through === undefined) link.release();
    else {
      const passed = link.releaseThrough(this.queryOf(release.through));
      if (passed === 0) throw notSeen(`a held ${release.through.type ?? 'message'} to release`, 0);
    }
    this.say(
      `${Object.keys({ hold, release, drop }).find((name) => ({ hold, release, drop })[name as 'hold'] !== undefined)} ${ends.from} -> ${ends.to}`,
    );
  }

  private queryOf(step: Partial<MessageStep>): MessageQuery {
    return {
      type: step.type,
      hasContext: step.hasContext,
      context: this.contextNamed(step.sameContextAs),
      notContext: this.contextNamed(step.otherContextThan),
    };
  }

  private contextNamed(name: string | undefined): string | undefined {
    if (name === undefined) return undefined;
    const context = this.contexts.get(name);
    if (context === undefined) throw unknownName('message', name, [...this.contexts.keys()]);
    return context;
  }

  private meshOrThrow(): EtcdMesh {
    const { mesh } = this.context;
    if (mesh !== undefined) return mesh;
    throw new LiveError(
      'FAULT_UNSUPPORTED',
      'Cannot act on messages: only the mesh understands them',
      "say 'network: mesh' with system etcd",
    );
  }

  private say(text: string): void {
    this.context.journal.push({ atMs: Math.round(this.context.recorder.nowUs() / 1_000), text });
  }
}

function actionOf(f: string, { key, value, expected, mode }: OperationStep): Action {
  const input: Plain = f === 'cas' ? [expected ?? null, value ?? null] : (value ?? null);
  return { f, key, input, mode };
}

function unknownName(what: string, name: string, known: readonly string[]): LiveError {
  return new LiveError(
    'UNKNOWN_NAME',
    `Cannot find the ${what} '${name}': known are ${known.join(', ') || 'none'}`,
    "name it with 'as'",
    name,
  );
}

function notSeen(what: string, withinMs: number): LiveError {
  return new LiveError(
    'NOT_READY',
    `Cannot go on: ${what} was not seen within ${withinMs} ms`,
    'run it again, or give it more time',
  );
}
