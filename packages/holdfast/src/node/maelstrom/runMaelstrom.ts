import { type History, HistoryBuilder, type Verdict } from '@holdfast/check';
import { takeHold } from '@holdfast/live';
import type { Trace } from '@holdfast/trace';
import {
  Choices,
  type Fault,
  FaultInjector,
  type HostId,
  type LatencyModel,
  linkPolicy,
  Recorder,
  type Stream,
  World,
} from '@holdfast/world';
import { WallTime } from '../processes/wallTime.ts';
import { Client } from './client.ts';
import { judgeRun } from './judge.ts';
import { nemesisFaults } from './nemesis.ts';
import type { MaelstromOptions } from './options.ts';
import type { Body } from './protocol.ts';
import { SERVICES, service } from './services.ts';
import { StdioGroup, WITH_CLIENTS } from './stdioGroup.ts';
import { programFailed } from './stdioProcess.ts';
import type { Asked, Load } from './workloads/workload.ts';

/** What a test of a program came to. */
export interface MaelstromRun {
  readonly verdicts: readonly Verdict[];
  readonly history: History;
  readonly trace: Trace;
  readonly faults: readonly Fault[];
  /** Messages to nodes and services while clients asked, and what clients asked. */
  readonly messages: number;
  readonly operations: number;
  /** Messages to names that nobody has, by name. */
  readonly undeliverable: ReadonlyMap<string, number>;
  readonly latestMs: number;
  readonly interrupted: boolean;
  readonly undoFailures: readonly string[];
}

const INIT_MS = 10_000;
const TURN_US = 10_000;

/**
 * Tests a program that speaks Maelstrom's protocol: one process for each node, a network of ours between them. Throws `LiveError` when the program cannot
 * be started, ends by itself, prints what is no message, or does not answer its first one.
 */
export async function runMaelstrom(options: MaelstromOptions, cwd: string): Promise<MaelstromRun> {
  const hold = takeHold();
  const run = new Run(options, { ledger: hold.ledger, cwd });
  let undoFailures: readonly string[] = [];
  try {
    await run.play();
  } finally {
    await run.close();
    undoFailures = hold.release();
  }
  return { ...run.finish(), undoFailures };
}

class Run {
  private readonly options: MaelstromOptions;
  private readonly load: Load;
  private readonly recorder = new Recorder();
  private readonly names: readonly string[];
  private readonly firstClient: number;
  private readonly group: StdioGroup;
  private readonly world: World;
  private readonly time: WallTime;
  private readonly history = new HistoryBuilder();
  private readonly draws: Stream;
  private readonly clients: Client[];
  /** Which process each client is: another one after an operation that may still happen. */
  private readonly processes: number[];
  private nextProcess: number;
  private readonly injector: FaultInjector;
  private faults: Fault[] = [];
  private finalFromUs = Number.POSITIVE_INFINITY;
  private messages = 0;
  private isOver = false;

  constructor(
    options: MaelstromOptions,
    means: { readonly ledger: ReturnType<typeof takeHold>['ledger']; readonly cwd: string },
  ) {
    this.options = options;
    this.load = options.workload.begin(options);
    const clients = Array.from({ length: options.clients }, (_, i) => `c${i + 1}`);
    this.names = [...options.nodes, ...SERVICES, ...clients];
    this.firstClient = options.nodes.length + SERVICES.length;
    this.group = new StdioGroup({ ...means, options, names: this.names, firstClient: this.firstClient });
    const choices = new Choices({ seed: options.seed });
    this.world = new World({
      choices,
      hosts: this.names,
      channels: ['nodes', 'clients'],
      link: linkPolicy({ latency: { kind: 'constant', us: 0 } }),
      recorder: this.recorder,
      messageLabel: (payload) => (payload as Body).type,
    });
    this.draws = choices.stream('workload');
    this.processes = clients.map((_, i) => i);
    this.nextProcess = clients.length;
    this.injector = new FaultInjector(this.world, { models: ['omission', 'timing'] });
    this.world.network.impose({
      covers: (from, to) => from < this.firstClient && to < this.firstClient,
      change: (policy) => ({
        ...policy,
        latency: latencyOf(options.latency),
        loss: options.loss,
        duplicate: options.duplicate,
      }),
    });
    for (const [i, name] of SERVICES.entries())
      this.world.start(options.nodes.length + i, (host) => service(name, host));
    this.clients = clients.map((_, index) => {
      const client = (host: Parameters<Parameters<World['start']>[1]>[0]): Client =>
        new Client(host, { load: this.load, index, timeoutUs: options.timeoutMs * 1_000 });
      return this.world.start(this.firstClient + index, client).program as Client;
    });
    for (const [id] of options.nodes.entries()) this.world.start(id, (host) => this.group.boot(host));
    this.time = new WallTime(this.world);
    this.group.wake = () => this.time.wake();
  }

  async play(): Promise<void> {
    const { options, world, group, load } = this;
    await this.until(() => group.isReady(world), INIT_MS, "answered 'init'");
    if (load.setup !== undefined) await this.setUp();
    const startUs = world.nowUs;
    const endUs = startUs + options.timeLimitMs * 1_000;
    const before = group.sent;
    this.faults = nemesisFaults(
      {
        nemeses: options.nemeses,
        nodes: options.nodes,
        intervalUs: options.nemesisIntervalMs * 1_000,
        fromUs: startUs,
        untilUs: endUs,
      },
      (n) => this.draws.below(n, 'nemesis'),
    );
    this.injector.schedule(this.faults);
    this.arrive(endUs);
    await this.drive(endUs);
    this.injector.healAll();
    this.messages = group.sent - before;
    if (load.final === undefined) await this.drive(endUs + options.timeoutMs * 1_000, () => this.isIdle());
    else await this.last();
    this.isOver = this.options.signal?.aborted !== true;
  }

  async close(): Promise<void> {
    await this.group.close();
  }

  finish(): Omit<MaelstromRun, 'undoFailures'> {
    const { world, group, options } = this;
    const history = this.history.finish(world.nowUs);
    const names = world.hosts.map(({ name, id }) => ({
      name,
      // Services are drawn where they have something to do.
      role: id < options.nodes.length ? ('server' as const) : ('client' as const),
    }));
    return {
      verdicts: judgeRun(history, this.load.judged(this.finalFromUs), options),
      history,
      trace: this.recorder.finish(names, world.nowUs),
      faults: this.faults,
      messages: this.messages,
      operations: history.operations.length,
      undeliverable: group.undeliverable,
      latestMs: this.time.latestUs / 1_000,
      interrupted: !this.isOver,
    };
  }

  /** Every node answers a request that comes before all others. */
  private async setUp(): Promise<void> {
    const { options, load } = this;
    let open = options.nodes.length;
    for (const [id, node] of options.nodes.entries()) {
      const client = this.clients[id % this.clients.length] as Client;
      await this.until(() => !client.isBusy, INIT_MS, 'answered');
      const body = load.setup?.(node);
      if (body === undefined) continue;
      client.ask(id, WITH_CLIENTS, { f: body.type, input: null, body }, ({ outcome, output }) => {
        if (outcome === 'ok') open--;
        else throw programFailed(`${node} did not answer '${body.type}': ${JSON.stringify(output)}`);
      });
    }
    await this.until(() => open === 0, INIT_MS, 'answered what comes before the load');
  }

  /** One request makes way for the next: twice the mean apart at most. */
  private arrive(endUs: number): void {
    const gapUs = 1 + this.draws.below(Math.max(1, Math.round(2_000_000 / this.options.rate)), 'gap');
    const atUs = this.world.nowUs + gapUs;
    if (atUs >= endUs) return;
    this.world.at(atUs, 'arrival', () => {
      const idle = this.clients.flatMap((client, index) => (client.isBusy ? [] : [index]));
      if (idle.length > 0) {
        const index = idle[this.draws.below(idle.length, 'client')] as number;
        this.ask(
          index,
          this.load.next(index, (n) => this.draws.below(n, 'request')),
        );
      }
      this.arrive(endUs);
    });
  }

  /** A client asks its own node. */
  private ask(index: number, asked: Asked, after: () => void = () => undefined): void {
    const { world, history, options } = this;
    const client = this.clients[index] as Client;
    const host = this.firstClient + index;
    const node: HostId = index % options.nodes.length;
    const process = this.processes[index] as number;
    const place = { node, ...(asked.key === undefined ? {} : { key: asked.key }) };
    const id =
      asked.isAside === true ? undefined : history.invoke(process, asked.f, asked.input, world.nowUs, place);
    const words = asked.key === undefined ? asked.f : `${asked.f} ${asked.key}`;
    const before = world.currentEvent;
    if (id !== undefined)
      world.currentEvent = world.note(host, 'invoke', words, { operation: id, data: asked.input });
    client.ask(node, WITH_CLIENTS, asked, ({ outcome, output }) => {
      if (id !== undefined) {
        history.complete(id, outcome, output, world.nowUs);
        world.note(host, outcome, words, { operation: id, cause: world.currentEvent, data: output });
      }
      // A process whose operation may still happen never asks again: the next one has another number.
      if (outcome === 'unknown') this.processes[index] = this.nextProcess++;
      after();
    });
    world.currentEvent = before;
  }

  /** When everything has healed and rested, each client asks its last requests, one after the other. */
  private async last(): Promise<void> {
    const { options, world, load } = this;
    await this.drive(world.nowUs + options.recoveryMs * 1_000);
    await this.drive(world.nowUs + options.timeoutMs * 1_000, () => this.isIdle());
    this.finalFromUs = world.nowUs;
    let open = 0;
    for (const index of this.clients.keys()) {
      const left = [...(load.final?.(index) ?? [])];
      const next = (): void => {
        const asked = left.shift()?.();
        if (asked === undefined) open--;
        else this.ask(index, asked, next);
      };
      open++;
      next();
    }
    await this.drive(world.nowUs + 4 * options.timeoutMs * 1_000, () => open === 0);
  }

  private isIdle(): boolean {
    return this.clients.every((client) => !client.isBusy);
  }

  private async until(isSo: () => boolean, withinMs: number, what: string): Promise<void> {
    const { world } = this;
    await this.drive(world.nowUs + withinMs * 1_000, isSo);
    if (isSo() || this.options.signal?.aborted === true) return;
    throw programFailed(`not every node has ${what} within ${withinMs / 1_000} s`);
  }

  /** Lets the world go on to a time, or until something is so. */
  private async drive(untilUs: number, isSo: () => boolean = () => false): Promise<void> {
    const { world, group, time, options } = this;
    while (world.nowUs < untilUs && !isSo() && options.signal?.aborted !== true) {
      await time.drive(Math.min(untilUs, world.nowUs + TURN_US), () => group.follow(world), options.signal);
      if (group.failure !== undefined) throw group.failure;
      options.progress?.(`${(world.nowUs / 1e6).toFixed(0)} s, ${this.history.size} requests`);
    }
  }
}

function latencyOf({ meanMs, distribution }: MaelstromOptions['latency']): LatencyModel {
  const us = Math.round(meanMs * 1_000);
  if (distribution === 'uniform') return { kind: 'uniform', minUs: 0, maxUs: 2 * us };
  if (distribution === 'exponential' && us > 0)
    return { kind: 'exponential', floorUs: 0, meanUs: us, capUs: 100 * us };
  return { kind: 'constant', us };
}
