import {
  type Authority,
  type History,
  HistoryBuilder,
  type Operation,
  type OperationReport,
  type Verdict,
  type VerdictStatus,
  worstStatus,
} from '@holdfast/check';
import type { Trace } from '@holdfast/trace';
import { Choices, type ChoiceRecord, FaultInjector, HostClock, Recorder, World } from '@holdfast/world';
import type { Experiment } from '../experiment/experiment.ts';
import type { RunningSubject, Subject } from '../experiment/subject.ts';
import type { PlannedOperation } from '../experiment/workload.ts';
import { ExperimentError } from '../experiment/errors.ts';
import { Sides } from './faultIntervals.ts';
import { clausesOf, judgeContract, type Properties, propertiesOf } from './judge.ts';
import { clientNames, planRun, type RunPlan } from './plan.ts';

/** What to keep of a run, and when to end it. */
export interface SimulateOptions {
  /** Keep the whole trace. Never changes the run. Default false. */
  readonly trace?: boolean;
  /** Called for every choice, in order; for recording. */
  readonly onChoice?: (choice: ChoiceRecord) => void;
  /** End the run as soon as a monitor sees a violation, of this promise if one is named, and judge what there is. */
  readonly stopAtViolation?: boolean | string;
}

/** Everything a simulated run produced. */
export interface RunResult {
  readonly plan: RunPlan;
  readonly status: VerdictStatus;
  /** One verdict per promise, in a fixed order. */
  readonly verdicts: readonly Verdict[];
  /** The same, summed up by property. */
  readonly properties: Properties;
  /** What each kind of operation had of consistency and availability, also during partitions. */
  readonly operations: readonly OperationReport[];
  readonly history: History;
  /** Sixteen hexadecimal digits; equal digests mean equal runs. */
  readonly digest: string;
  /** Events handled by the world. */
  readonly events: number;
  readonly messages: number;
  readonly metrics: Readonly<Record<string, number>>;
  /** Present when asked for. */
  readonly trace?: Trace;
}

/** Runs one seed of an experiment. Deterministic: the same experiment and seed give the same result in any process. */
export function simulate(experiment: Experiment, seed: number, options: SimulateOptions = {}): RunResult {
  return simulatePlan(experiment, planRun(experiment, seed), options);
}

/** Runs a plan, edited or not. */
export function simulatePlan(
  experiment: Experiment,
  plan: RunPlan,
  options: SimulateOptions = {},
): RunResult {
  const run = new SimulatedRun(experiment, plan, options);
  return run.execute();
}

/** The subject at the size the plan asks for. */
function subjectFor(experiment: Experiment, nodes: number): Subject {
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

class SimulatedRun {
  private readonly experiment: Experiment;
  private readonly plan: RunPlan;
  private readonly options: SimulateOptions;
  private readonly recorder: Recorder | undefined;
  private readonly world: World;
  private readonly subject: RunningSubject;
  private readonly injector: FaultInjector;
  private readonly history = new HistoryBuilder();
  private readonly servers: number;
  /** Per client host: processes that have no operation open, and how many operations each process has issued. */
  private readonly idle: number[][];
  private readonly sequence: number[] = [];
  private readonly clientOfProcess: number[] = [];
  private readonly sides: Sides;

  constructor(experiment: Experiment, plan: RunPlan, options: SimulateOptions) {
    this.experiment = experiment;
    this.plan = plan;
    this.options = options;
    const subject = subjectFor(experiment, plan.nodes);
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
    });
    this.sides = new Sides(plan, [...subject.nodes, ...clients]);
    this.injector = new FaultInjector(this.world, {
      models: subject.failureModels,
      resolve: (role) => this.subject.resolve(role),
      ...(subject.lies === undefined ? {} : { lies: subject.lies }),
      ...(this.subject.versions === undefined ? {} : { versions: this.subject.versions }),
    });
  }

  execute(): RunResult {
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
    world.run(plan.endUs);
    return this.finish();
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

  private finish(): RunResult {
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
