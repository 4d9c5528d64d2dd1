import { type ChaosExperiment, type ChaosJournal, type ChaosPorts, faultOf, runChaos } from '@holdfast/live';
import { Choices, DEFAULT_EPOCH_US, type Fault, FaultInjector, type HostId, World } from '@holdfast/world';
import { calls, type CallsOptions } from '../subjects/service/load.ts';
import type { ServiceOptions } from '../subjects/service/options.ts';
import { RunningService } from '../subjects/service/running.ts';
import { service } from '../subjects/service/service.ts';
import { WorldTime } from './worldTime.ts';

/** What a chaos experiment is run against. */
export interface SimulatedService {
  readonly service: ServiceOptions;
  /** Load besides the probes, from the start on. */
  readonly load: CallsOptions;
  readonly seed: number;
  /** Replaces `${name}` in the file. */
  readonly vars?: Readonly<Record<string, unknown>>;
}

/** A journal whose times are simulated, with the digest of the run: equal seeds give equal digests. */
export interface SimulatedJournal extends ChaosJournal {
  readonly digest: string;
  readonly metricsOfService: Readonly<Record<string, number>>;
}

/** Load before the experiment begins. */
const WARM_UP_US = 1_000_000;

/** Load is planned so far ahead. */
const PLANNED_US = 2_000_000;

type HttpProvider = Extract<Parameters<ChaosPorts['provide']>[0], { type: 'http' }>;

/**
 * Runs a Chaos Toolkit experiment against a simulated service, in simulated time: the same file as for a real one. A URL's host is the name of the first
 * tier, its path an operation; a POST to `/faults` strikes the fault its arguments describe, as in files for real clusters, and one to `/faults/heal` ends
 * all of them. Throws `LiveError` for files that cannot be used, and an error for activities that need a real machine.
 */
export async function simulateChaos(
  file: ChaosExperiment,
  options: SimulatedService,
): Promise<SimulatedJournal> {
  const run = new SimulatedChaos(options);
  const { vars = {} } = options;
  const journal = await run.drive(runChaos(file, { ports: run, vars }));
  return { ...journal, ...run.result() };
}

class SimulatedChaos implements ChaosPorts {
  private readonly world: World;
  private readonly subject: RunningService;
  private readonly options: SimulatedService;
  private readonly prober: HostId;
  private injector: FaultInjector;
  private faults = 0;
  private probes = 0;
  private readonly time: WorldTime;

  constructor(options: SimulatedService) {
    const { service: chosen, load, seed } = options;
    this.options = options;
    const subject = service(chosen);
    const clients = Array.from({ length: load.clients }, (_, i) => `C${i + 1}`);
    const choices = new Choices({ seed });
    const hosts = [...subject.nodes, ...clients, 'probe'];
    const { link, messageLabel } = subject;
    this.world = new World({ choices, hosts, link, messageLabel });
    this.time = new WorldTime(this.world);
    const servers = subject.nodes.map((_, i) => i);
    this.prober = hosts.length - 1;
    const from = subject.nodes.length;
    const users = [...clients.map((_, i) => from + i), this.prober];
    this.subject = new RunningService({ world: this.world, servers, clients: users, healAtUs: 0 }, chosen);
    this.injector = this.newInjector();
    this.plan(from);
    this.world.run(WARM_UP_US);
  }

  nowMs(): number {
    return (DEFAULT_EPOCH_US + this.world.nowUs) / 1_000;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.time.sleep(ms, signal);
  }

  provide(provider: Parameters<ChaosPorts['provide']>[0]): Promise<unknown> {
    if (provider.type !== 'http') {
      throw new Error(`Cannot run a ${provider.type} in a simulated world; ask over http`);
    }
    const { hostname, pathname } = new URL(provider.url);
    const entry = this.options.service.tiers[0]?.name ?? '';
    if (hostname !== entry)
      throw new Error(`Cannot reach '${hostname}' from outside; users reach '${entry}'`);
    const [, first = '', second] = pathname.split('/');
    if (first === 'faults') return Promise.resolve(second === 'heal' ? this.heal() : this.strike(provider));
    if (!this.options.service.operations.includes(first))
      return Promise.resolve(answer(404, `no operation ${first}`));
    return this.ask(first, provider);
  }

  /** Lets the world go on whenever the experiment waits, until it has ended. */
  drive<T>(experiment: Promise<T>): Promise<T> {
    return this.time.drive(experiment);
  }

  result(): Pick<SimulatedJournal, 'digest' | 'metricsOfService'> {
    return { digest: this.world.digest.text(), metricsOfService: this.subject.metrics() };
  }

  private ask(f: string, { timeout = 30 }: HttpProvider): Promise<unknown> {
    const seconds = typeof timeout === 'number' ? timeout : timeout[1];
    const sequence = ++this.probes;
    return new Promise((resolve, reject) => {
      const late = this.world.at(this.world.nowUs + seconds * 1_000_000, 'probe timeout', () => {
        this.time.woken();
        reject(new Error(`no answer within ${seconds} s`));
      });
      const call = { process: -1, sequence, f, key: 'probe', input: null };
      this.subject.issue(this.prober, call, ({ outcome, output }) => {
        this.time.woken();
        this.world.cancel(late);
        resolve(answer(outcome === 'ok' ? 200 : outcome === 'fail' ? 503 : 504, output));
      });
    });
  }

  private strike({ arguments: given }: HttpProvider): unknown {
    const step = faultOf(given as Parameters<typeof faultOf>[0]);
    const fault = { ...step, id: ++this.faults, atUs: this.world.nowUs } as Fault;
    this.injector.schedule([fault]);
    return answer(204, null);
  }

  private heal(): unknown {
    this.injector.healAll();
    // A healed injector strikes no more: later faults have one of their own.
    this.injector = this.newInjector();
    return answer(204, null);
  }

  private newInjector(): FaultInjector {
    const { failureModels } = service(this.options.service);
    return new FaultInjector(this.world, { models: failureModels });
  }

  /** Plans the load of the next seconds; nobody knows how long the experiment goes on. */
  private plan(firstClient: HostId): void {
    const { world } = this;
    const fromUs = world.nowUs;
    const untilUs = fromUs + PLANNED_US;
    const choices = world.choices.stream('workload');
    const planned = calls(this.options.load).plan({ choices, fromUs, untilUs, finalUntilUs: untilUs });
    for (const { id, atUs, f, key, input, client } of planned) {
      const call = { process: fromUs + id, sequence: 1, f, key, input };
      world.at(atUs, 'arrival', () => this.subject.issue(firstClient + client, call, () => undefined));
    }
    world.at(untilUs, 'load', () => this.plan(firstClient));
  }
}

function answer(status: number, body: unknown): unknown {
  return { status, headers: {}, body };
}
