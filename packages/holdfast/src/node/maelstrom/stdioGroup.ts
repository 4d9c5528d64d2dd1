import { join } from 'node:path';
import type { Ledger } from '@holdfast/live';
import type { Host, HostId, World } from '@holdfast/world';
import type { MaelstromOptions } from './options.ts';
import { StdioNode } from './stdioNode.ts';
import { programFailed, StdioProcess } from './stdioProcess.ts';

const BETWEEN_NODES = 0;
/** The channel of the world on which clients and nodes talk. */
export const WITH_CLIENTS = 1;

/** Who else is in the world. */
export interface GroupWiring {
  readonly options: MaelstromOptions;
  /** All hosts by index; the first of them are the nodes. */
  readonly names: readonly string[];
  readonly firstClient: HostId;
  readonly ledger: Ledger;
  readonly cwd: string;
}

/** The programs under test: one process for each node, which crashes kill and pauses stop. */
export class StdioGroup {
  private readonly wiring: GroupWiring;
  private readonly hosts: ReadonlyMap<string, HostId>;
  private readonly processes: (StdioProcess | undefined)[] = [];
  private readonly readyAt: number[] = [];
  private readonly ends: Promise<void>[] = [];
  /** Messages sent to a node or a service. */
  sent = 0;
  /** Messages to names that nobody has, by name. */
  readonly undeliverable: Map<string, number> = new Map();
  failure: Error | undefined;
  wake: () => void = () => undefined;

  constructor(wiring: GroupWiring) {
    this.wiring = wiring;
    this.hosts = new Map(wiring.names.map((name, id) => [name, id]));
  }

  /** Whether every node has answered its first message since it was started last. */
  isReady(world: World): boolean {
    const { nodes } = this.wiring.options;
    return nodes.every((_, id) => this.readyAt[id] === world.host(id).incarnation);
  }

  /** Starts the program for a host. */
  boot(host: Host): StdioNode {
    const { options, names, firstClient, ledger, cwd } = this.wiring;
    const { incarnation } = host;
    this.end(host.id);
    const here = (act: () => void): void => {
      if (host.incarnation !== incarnation) return;
      host.after(0, 'printed', act);
      this.wake();
    };
    const process = new StdioProcess({
      name: host.name,
      bin: options.bin,
      args: options.args,
      cwd,
      runId: ledger.runId,
      log: join(ledger.folder, `${host.name}.log`),
      logged: options.logged,
      said: (line) => here(() => node.said(line)),
      ended: (why) => {
        if (host.incarnation === incarnation) this.fail(why);
      },
    });
    this.processes[host.id] = process;
    const node = new StdioNode(host, {
      names,
      nodes: options.nodes,
      hostOf: (name) => this.hosts.get(name),
      write: (line) => process.write(line),
      channelTo: (id) => (id >= firstClient ? WITH_CLIENTS : BETWEEN_NODES),
      ready: () => {
        this.readyAt[host.id] = incarnation;
      },
      lost: (dest) => this.undeliverable.set(dest, (this.undeliverable.get(dest) ?? 0) + 1),
      failed: (why) => this.fail(why),
      sent: () => this.sent++,
    });
    return node;
  }

  /** Does to the processes what the world has done to their hosts. */
  follow(world: World): void {
    for (const [id, process] of this.processes.entries()) {
      const host = world.host(id);
      if (!host.up) this.end(id);
      else process?.paused(host.paused);
    }
  }

  async close(): Promise<void> {
    for (const id of this.processes.keys()) this.end(id);
    await Promise.all(this.ends);
  }

  private end(id: HostId): void {
    const process = this.processes[id];
    if (process === undefined) return;
    this.processes[id] = undefined;
    this.ends.push(process.end());
  }

  private fail(why: string): void {
    this.failure ??= programFailed(why);
    this.wake();
  }
}
