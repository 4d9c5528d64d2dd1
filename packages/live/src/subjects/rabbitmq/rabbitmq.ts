import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LiveError } from '../../errors.ts';
import type { Action, Answer } from '../../history/recorder.ts';
import { command } from '../../processes/command.ts';
import { Server } from '../../processes/server.ts';
import type { Cluster, ClusterOptions, Member, System } from '../cluster.ts';
import { RabbitClients, UNACKNOWLEDGED } from './clients.ts';

/** Debian's wrapper on PATH changes the user and the environment; the server's own script does not. */
const SCRIPTS = '/usr/lib/rabbitmq/bin';
const STATUS_MS = 2_000;
/** A node that does not answer for so long is taken for gone; the server's own default is 60 s. */
const TICK_SECONDS = 8;
/** How often a node asks whether it can join the first one. */
const JOIN_EVERY_MS = 250;

/**
 * RabbitMQ quorum queues, one node per member. Actions: `enqueue` (confirmed by a quorum), `dequeue` (taken and acknowledged, or not, by its mode), and a queue with one
 * message used as a mutex: `acquire` takes the message and keeps it unacknowledged, `release` gives it back; `input.holder` names who. Settings:
 * `onPartition` (`ignore`, `pause_minority`), `tickSeconds`.
 */
export const rabbitmq: System = {
  name: 'rabbitmq',
  needs: [{ program: 'rabbitmq-server', packages: ['rabbitmq-server'] }],
  modes: ['acknowledged', UNACKNOWLEDGED],
  actions: ['enqueue', 'dequeue', 'acquire', 'release'],
  settings: ['onPartition', 'tickSeconds'],
  readyMs: 120_000,
  version: () => {
    const asked = command(['dpkg-query', '-W', '-f', '${Version}', 'rabbitmq-server']).stdout;
    return /^[\d.]+/.exec(asked)?.[0] ?? 'unknown';
  },
  async launch(options) {
    if (!existsSync(join(SCRIPTS, 'rabbitmq-server'))) {
      throw new LiveError(
        'PROGRAM_MISSING',
        `Cannot start rabbitmq: ${SCRIPTS}/rabbitmq-server is not there`,
        "run 'holdfast doctor --install' as root",
      );
    }
    const cluster = new RabbitCluster(options);
    await cluster.configure();
    await Promise.all(cluster.members.flatMap(({ servers }) => servers.map((server) => server.start())));
    return cluster;
  },
};

interface Place {
  readonly host: string;
  readonly port: number;
  readonly distribution: number;
  readonly node: string;
}

class RabbitCluster implements Cluster {
  readonly system = 'rabbitmq';
  readonly version: string = rabbitmq.version();
  readonly members: Member[] = [];
  private readonly options: ClusterOptions;
  private readonly clients = new RabbitClients();
  private readonly places: Place[] = [];

  constructor(options: ClusterOptions) {
    this.options = options;
  }

  async configure(): Promise<void> {
    const { site, ledger } = this.options;
    const { places } = this;
    for (let i = 0; i < this.options.members; i++) {
      const [port = 0, distribution = 0] = await site.ports(i, 2);
      const host = site.hostOf(i);
      places.push({ host, port, distribution, node: `rabbit${i + 1}@${host}` });
    }
    for (const [index, place] of places.entries()) {
      const name = `N${index + 1}`;
      const home = join(ledger.folder, name);
      const dataFolder = join(this.options.dataFolderOf?.(index) ?? home, 'mnesia');
      mkdirSync(home, { recursive: true });
      writeFileSync(join(home, '.erlang.cookie'), `holdfast${ledger.runId}`);
      chmodSync(join(home, '.erlang.cookie'), 0o400);
      // The first begins alone, at once; each other one joins it, instead of all of them trying each other first.
      const peers = index === 0 ? [] : [...places.slice(0, 1), place];
      writeFileSync(join(home, 'rabbitmq.conf'), this.configOf(place, peers));
      writeFileSync(join(home, 'enabled_plugins'), '[].\n');
      const server = new Server(name, ledger.runId, {
        words: site.at(index, [join(SCRIPTS, 'rabbitmq-server')]),
        cwd: home,
        log: join(home, 'rabbitmq.log'),
        env: environmentOf(place, home, dataFolder),
      });
      this.members.push({
        name,
        index,
        servers: [server],
        address: `${place.host}:${place.port}`,
        dataFolder,
      });
    }
  }

  /** The first member: who leads differs from queue to queue, and no client has to know. */
  leader(): Promise<Member | undefined> {
    return Promise.resolve(this.members[0]);
  }

  /** Every node serves clients, and the queue of the mutex has a copy on each and its one message. */
  async isReady(): Promise<boolean> {
    const [first] = this.members;
    if (first === undefined) return false;
    const nodes = await Promise.all(this.members.map((member) => this.clients.answers(member, STATUS_MS)));
    if (!nodes.every(Boolean)) return false;
    this.tellAll();
    return this.clients.prepare(first, this.members.length, STATUS_MS * 5);
  }

  perform(member: Member, action: Action, deadlineMs: number): Promise<Answer> {
    return this.clients.perform(member, action, deadlineMs);
  }

  wipe(member: Member): Promise<void> {
    rmSync(member.dataFolder, { recursive: true, force: true });
    return Promise.resolve();
  }

  close(): void {
    this.clients.close();
  }

  /** Once they are one cluster, a node that begins anew looks for all others. */
  private tellAll(): void {
    for (const [index, place] of this.places.entries()) {
      const home = join(this.options.ledger.folder, `N${index + 1}`);
      writeFileSync(join(home, 'rabbitmq.conf'), this.configOf(place, this.places));
    }
  }

  private configOf({ host, port }: Place, peers: readonly Place[]): string {
    const { onPartition = 'ignore', tickSeconds = TICK_SECONDS } = this.options.settings;
    return [
      `listeners.tcp.1 = ${host}:${port}`,
      'loopback_users = none',
      'vm_memory_high_watermark.absolute = 512MB',
      'disk_free_limit.absolute = 50MB',
      `cluster_partition_handling = ${onPartition}`,
      `net_ticktime = ${tickSeconds}`,
      'cluster_formation.peer_discovery_backend = classic_config',
      `cluster_formation.discovery_retry_interval = ${JOIN_EVERY_MS}`,
      `cluster_formation.discovery_retry_limit = ${Math.ceil(rabbitmq.readyMs / JOIN_EVERY_MS)}`,
      ...peers.map(({ node }, i) => `cluster_formation.classic_config.nodes.${i + 1} = ${node}`),
      '',
    ].join('\n');
  }
}

function environmentOf(
  { node, distribution }: Place,
  home: string,
  data: string,
): Readonly<Record<string, string>> {
  return {
    HOME: home,
    RABBITMQ_NODENAME: node,
    RABBITMQ_USE_LONGNAME: 'true',
    RABBITMQ_DIST_PORT: String(distribution),
    RABBITMQ_MNESIA_BASE: data,
    RABBITMQ_LOG_BASE: home,
    RABBITMQ_LOGS: '-',
    RABBITMQ_CONFIG_FILE: join(home, 'rabbitmq.conf'),
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    RABBITMQ_ENABLED_PLUGINS_FILE: join(home, 'enabled_plugins'),
    // One scheduler thread a node: three nodes share few processors.
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 1:1 +sbwt none',
  };
}
