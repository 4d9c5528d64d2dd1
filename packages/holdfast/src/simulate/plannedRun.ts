import { type Authority, type History, HistoryBuilder, type Operation, worstStatus } from '@holdfast/check';
import { Choices, FaultInjector, HostClock, Recorder, World } from '@holdfast/world';
import { ExperimentError } from '../experiment/errors.ts';
import type { Experiment } from '../experiment/experiment.ts';
import type { RunningSubject, Subject } from '../experiment/subject.ts';
import type { PlannedOperation } from '../experiment/workload.ts';
import type { BootCore } from './coreProgram.ts';
import { Sides } from './faultIntervals.ts';
import { clausesOf, judgeContract, propertiesOf } from './judge.ts';
import { clientNames, type RunPlan } from './plan.ts';
import type { RunResult, SimulateOptions } from './result.ts';

/** The subject at the size the plan asks for. */
export function subjectOfSize(experiment: Experiment, nodes: number): Subject {
  const { subject } = experiment;
  if (nodes === subject.nodes.length) return subject;
  const resized = subject.resized?.(nodes);
  if (resized !== undefined) return resized;
  throw new ExperimentError(
    'plan.nodes',
    `is ${nodes}, which '${subject.name}' cannot be`,
    'use the subject as it is',
  );
}

/** Clocks of servers that are not as hosts' clocks usually are. */
function clocksOf({ nodes, onSuspend }: Subject): Record<string, HostClock> {
  if (onSuspend === undefined) return {};
  return Object.fromEntries(nodes.map((name) => [name, new HostClock({ onSuspend })]));
}

/** Where a run takes place, when not in a simulated world alone. */
export interface Stage {
  /** Puts the subject's cores on their hosts. */
  readonly boot: BootCore;
}

/** A planned run in one world: its subject, clients, faults and history. Whoever has it lets the world go on. */
export class PlannedRun {
  private readonly experiment: Experiment;
  private readonly plan: RunPlan;
  private readonly options: SimulateOptions;
  private readonly recorder: Recorder | undefined;
  readonly world: World;
  readonly subject: RunningSubject;
  private readonly injector: FaultInjector;
  private readonly history = new HistoryBuilder();
  private readonly servers: number;
  /** Per client host: processes that have no operation open, and how many operations each process has issued. */
  private readonly idle: number[][];
  private readonly sequence: number[] = [];
  private readonly clientOfProcess: number[] = [];
  private readonly sides: Sides;

  constructor(experiment: Experiment, plan: RunPlan, options: SimulateOptions, stage?: Stage) {
    this.experiment = experiment;
    this.plan = plan;
    this.options = options;
    const subject = subjectOfSize(experiment, plan.nodes);
    const clients = clientNames(experiment);
    this.servers = subject.nodes.length;
    this.recorder = options.trace === true ? new Recorder() : undefined;
    this.idle = clients.map(() => []);
    this.world = new World({
      choices: new Choices({ seed: plan.seed, edits: plan.choices, onChoice: options.onChoice }),
      hosts: [...subject.nodes, ...clients],
      channels: ['peers', 'clients'],
      link: subject.link,
      clocks: clocksOf(subject),
      messages: plan.messages,
      recorder: this.recorder,
      messageLabel: subject.messageLabel,
      sizeOf: subject.sizeOf,
    });
    this.subject = subject.start({
      world: this.world,
      servers: subject.nodes.map((_, i) => i),
      clients: clients.map((_, i) => this.servers + i),
      healAtUs: plan.healAtUs,
      ...(stage === undefined ? {} : { boot: stage.boot }),
    });
    this.sides = new Sides(plan, [...subject.nodes, ...clients]);
    this.injector = new FaultInjector(this.world, {
      models: subject.failureModels,
      resolve: (role) => this.subject.resolve(role),
      ...(subject.lies === undefined ? {} : { lies: subject.lies }),
      ...(this.subject.versions === undefined ? {} : { versions: this.subject.versions }),
    });
  }

  /** Arranges for everything that is planned. */
  begin(): void {
    const { plan, world } = this;
    this.injector.schedule(plan.faults);
    this.arrive(0);
    world.at(plan.healAtUs, 'heal', () => {
      this.injector.healAll();
      this.subject.healed();
    });
    const { stopAtViolation = false } = this.options;
    if (stopAtViolation !== false) {
      const promise = stopAtViolation === true ? undefined : stopAtViolation;
      world.observe(() => {
        if (this.subject.isViolated(promise)) world.stop();
      });
    }
  }

  // One arrival schedules the next, so that a plan of a million operations keeps one event pending.
  private arrive(index: number): void {
    const operation = this.plan.operations[index];
    if (operation === undefined) return;
    this.world.at(operation.atUs, 'arrival', () => {
      this.issue(operation);
      this.arrive(index + 1);
    });
  }

  private issue(operation: PlannedOperation): void {
    const { world, history } = this;
    const process = this.idle[operation.client]?.pop() ?? this.newProcess(operation.client);
    const sequence = (this.sequence[process] ?? 0) + 1;
    this.sequence[process] = sequence;
    const { f, key, input } = operation;
    const host = this.servers + operation.client;
    const id = history.invoke(process, f, input, world.nowUs, { key });
    const invoked = world.note(host, 'invoke', `${f} ${key}`, { operation: id, data: input });
    const before = world.currentEvent;
    world.currentEvent = invoked;
    this.subject.issue(host, { process, sequence, f, key, input }, ({ outcome, output }) => {
      history.complete(id, outcome, output, world.nowUs);
      world.note(host, outcome, `${f} ${key}`, { operation: id, cause: world.currentEvent, data: output });
      // A process whose operation may still happen never issues another: the next one runs under a new name.
      if (outcome !== 'unknown') this.idle[operation.client]?.push(process);
    });
    world.currentEvent = before;
  }

  private newProcess(client: number): number {
    this.clientOfProcess.push(client);
    return this.clientOfProcess.length - 1;
  }

  /** Judges what has happened up to now. */
  finish(): RunResult {
    const { world, plan, experiment } = this;
    const history = this.history.finish(world.nowUs);
    const watched = this.subject.verdicts(history.operations);
    const contract = judgeContract(experiment, {
      plan,
      history,
      hosts: world.hosts.map(({ name }) => name),
      ...(this.subject.authority === undefined
        ? {}
        : { authority: (operation) => this.authorityFor(operation) }),
    });
    const verdicts = [...watched, ...clausesOf(contract)];
    const names = world.hosts.map(({ name, id }) => ({
      name,
      role: id < this.servers ? ('server' as const) : ('client' as const),
    }));
    const trace = this.recorder?.finish(names, world.nowUs);
    return {
      plan,
      status: worstStatus(verdicts),
      verdicts,
      properties: propertiesOf(watched, contract),
      operations: contract.operations,
      history,
      digest: world.digest.text(),
      events: world.eventsHandled,
      messages: world.messagesSent,
      metrics: { ...this.subject.metrics(), ...this.clientMetrics(history) },
      ...(trace === undefined ? {} : { trace }),
    };
  }

  /** Of an operation that was never answered, when it was asked. */
  private authorityFor({ process, invokedAt, completedAt, outcome }: Operation): Authority {
    const index = this.clientOfProcess[process];
    if (index === undefined) return 'unknown';
    const client = this.servers + index;
    const stretch = { fromUs: invokedAt, untilUs: outcome === 'unknown' ? invokedAt : completedAt };
    const side = this.sides.of(client, stretch);
    if (side === undefined) return 'unknown';
    return this.subject.authority?.({ client, ...stretch, side }) ?? 'unknown';
  }

  private clientMetrics(history: History): Record<string, number> {
    const count = (outcome: string): number => history.operations.filter((o) => o.outcome === outcome).length;
    return {
      operations: history.operations.length,
      operations_ok: count('ok'),
      operations_failed: count('fail'),
      operations_unknown: count('unknown'),
      faults_struck: this.injector.struck,
    };
  }
}
