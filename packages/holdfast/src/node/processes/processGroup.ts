import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Ledger, LiveError, VolatileDisk } from '@holdfast/live';
import type { Core } from '@holdfast/protocols';
import type { Host, HostId, Program, World } from '@holdfast/world';
import { builtFile } from '../../campaign/builtCode.ts';
import { bootCore, type BootCore, type CoreProgramOptions } from '../../simulate/coreProgram.ts';
import type { ExperimentReference } from '../resolveExperiment.ts';
import type { ProcessOrder } from './frames.ts';
import { Mirrors, NOBODY } from './mirrors.ts';
import { NodeProcess } from './nodeProcess.ts';
import type { ToldLog } from './toldLog.ts';

/** What a group of processes is made from. */
export interface GroupOptions {
  readonly reference: ExperimentReference;
  /** How many of the world's hosts, from the first, are processes. */
  readonly nodes: number;
  readonly seed: number;
  readonly ledger: Ledger;
  /** Disks that lose what was not synced when their host loses its power. */
  readonly volatile: boolean;
  /** Keeps what processes tell. */
  readonly log: ToldLog;
}

const BASE_SYNC_MS = 1;
const ENTRY = new URL('./nodeMain', import.meta.url).href;

/** Where Node finds this process's own code. */
function entry(): string {
  return fileURLToPath(import.meta.url.endsWith('.ts') ? builtFile(ENTRY) : `${ENTRY}.js`);
}

/**
 * The servers of a world as processes of their own. What they send goes through the world's network, and through whatever is wrong with it; crashes kill them, pauses stop
 * them. Here stands a mirror of each, for monitors to look at.
 */
export class ProcessGroup {
  private readonly options: GroupOptions;
  private readonly listener: Server;
  private readonly secret: string = randomBytes(16).toString('hex');
  private readonly processes: (NodeProcess | undefined)[];
  private readonly disks: VolatileDisk[] = [];
  private readonly starts: number[];
  /** Looked up once: what is edited during a run is of no concern to it. */
  private readonly program: string = entry();
  private readonly losesPower = new Set<HostId>();
  /** Called when something has come from a process. */
  wake: () => void = () => undefined;
  /** What ended the run from outside of the world. */
  failure: Error | undefined;
  readonly mirrors: Mirrors;

  private constructor(options: GroupOptions, listener: Server) {
    this.options = options;
    this.listener = listener;
    this.processes = Array.from({ length: options.nodes });
    this.starts = Array.from({ length: options.nodes }, () => 0);
    this.mirrors = new Mirrors({
      deliver: (host, message) => this.processes[host]?.say(message),
      heard: (host, told) => {
        options.log.heard(host, told);
        this.wake();
      },
      failed: (error) => this.fail(error),
    });
    listener.on('connection', (socket) => this.greet(socket));
  }

  static async open(options: GroupOptions): Promise<ProcessGroup> {
    const listener = createServer();
    await new Promise<void>((resolve, reject) => {
      listener.once('error', reject);
      listener.listen(0, '127.0.0.1', resolve);
    });
    const group = new ProcessGroup(options, listener);
    for (let node = 0; node < options.nodes; node++) {
      const folder = group.folder(node);
      if (options.volatile) group.disks.push(await VolatileDisk.mount(folder, options.ledger));
      else mkdirSync(folder, { recursive: true });
    }
    return group;
  }

  /** Puts servers into processes, and everybody else on a host of this world. */
  readonly boot: BootCore = (core, host, options): Program => {
    if (host.id >= this.options.nodes) return bootCore(core, host, options);
    this.launch(core, host, options);
    return NOBODY;
  };

  /** Does to the processes what the world has done to their hosts. To be called after each turn of the world. */
  follow(world: World): void {
    this.options.log.turned(world.nowUs);
    for (const [id, process] of this.processes.entries()) {
      const host = world.host(id);
      if (host.losesUnsyncedWrites) this.losesPower.add(id);
      else if (host.up) this.losesPower.delete(id);
      if (!host.up) process?.kill();
      process?.paused(host.paused);
      process?.under({
        driftPpm: host.clock.driftPpm,
        cpuUsPerEvent: host.cpuUsPerEvent,
        syncDelayMs: (host.disk.slowFactor - 1) * BASE_SYNC_MS,
      });
    }
  }

  /** Ends all processes. */
  async close(): Promise<void> {
    await Promise.all(this.processes.map(async (process) => await process?.over()));
    for (const disk of this.disks) disk.close();
    this.listener.close();
  }

  private folder(node: HostId): string {
    return join(this.options.ledger.folder, `N${node + 1}`, 'disk');
  }

  private launch<S, M, C, R>(core: Core<S, M, C, R>, host: Host, options: CoreProgramOptions<R>): void {
    const { reference, nodes, seed, ledger } = this.options;
    const { id, name } = host;
    const before = this.processes[id];
    before?.kill();
    const start = (this.starts[id] ?? 0) + 1;
    this.starts[id] = start;
    const order: ProcessOrder = {
      experiment: reference,
      node: id,
      nodes,
      seed: seed * 1_000 + start * nodes + id,
      folder: this.folder(id),
      port: (this.listener.address() as AddressInfo).port,
      secret: `${this.secret}/${id}/${start}`,
    };
    const isEmpty = Object.keys(host.disk.readAll().records).length === 0;
    const process_ = new NodeProcess({
      name,
      runId: ledger.runId,
      words: (given) => [process.execPath, this.program, JSON.stringify(given)],
      order,
      log: join(ledger.folder, name, 'log'),
      wiped: isEmpty,
      before,
      lost: this.powerLoss(host, before),
      hear: this.mirrors.place(core, host, options),
      ended: (lastWords) => this.fail(memberDied(name, lastWords)),
    });
    this.processes[id] = process_;
    process_.start().catch((error: unknown) => this.fail(error as Error));
  }

  private powerLoss(host: Host, before: NodeProcess | undefined): (() => Promise<unknown>) | undefined {
    const disk = this.disks[host.id];
    if (disk === undefined || before === undefined || !this.losesPower.has(host.id)) return undefined;
    return () => disk.losePower();
  }

  /** The first line of a process says who it is. */
  private greet(socket: Socket): void {
    socket.setNoDelay(true);
    socket.setEncoding('utf8');
    socket.on('error', () => socket.destroy());
    let text = '';
    const listen = (chunk: string): void => {
      text += chunk;
      const end = text.indexOf('\n');
      if (end < 0) return;
      socket.off('data', listen);
      const { secret } = JSON.parse(text.slice(0, end)) as { readonly secret: string };
      const process = this.processes.find((each) => each?.options.order.secret === secret);
      if (process === undefined) socket.destroy();
      else process.connected(socket, text.slice(end + 1));
    };
    socket.on('data', listen);
  }

  private fail(error: Error): void {
    this.failure ??= error;
    this.wake();
  }
}

function memberDied(name: string, lastWords: string): LiveError {
  return new LiveError(
    'MEMBER_DIED',
    `Cannot go on without ${name}: its process ended by itself`,
    `its last words: ${lastWords === '' ? 'none' : lastWords}`,
    name,
  );
}
