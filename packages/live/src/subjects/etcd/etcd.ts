import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { LiveError } from '../../errors.ts';
import type { Action, Answer } from '../../history/recorder.ts';
import { programOf } from '../../install/find.ts';
import { command } from '../../processes/command.ts';
import { Server } from '../../processes/server.ts';
import type { Cluster, ClusterOptions, Member, System, WatchEvent, WatchRequest } from '../cluster.ts';
import { CHANGES } from '../changes.ts';
import { LEASES } from '../leases.ts';
import { EtcdClient } from './client.ts';
import { answering, type Place, startWords } from './starting.ts';

/** Deadline of questions about health; a member that is stopped or alone must not hold them up. */
const STATUS_MS = 400;

const CLIENT_PORT = 2379;
const RESTORE_MS = 30_000;

/**
 * etcd 3.4 or newer, one process per member. Reads: `linearizable` (through the leader and a quorum) or `serializable` (what the asked
 * member holds). Settings: `heartbeatMs`, `electionMs`, `snapshotCount`, `compactionBatch` (revisions
 * taken away at once), `storeEveryMs` (how often the store makes durable what its log holds), `catchUpEntries` (of the log, kept
 * behind a snapshot; by a configuration file, as there is no flag for it), `preVote`, `snapshot` (a file that `etcdctl snapshot save` made: the members begin with what
 * it holds, as a new logical cluster).
 */
export const etcd: System = {
  name: 'etcd',
  needs: [{ program: 'etcd', packages: ['etcd-server'] }],
  modes: ['linearizable', 'serializable'],
  actions: [
    'read',
    'write',
    ...CHANGES,
    ...LEASES,
    'delete',
    'compact',
    'compact-in-full',
    'lock',
    'renew',
    'watch',
  ],
  settings: [
    'heartbeatMs',
    'electionMs',
    'snapshotCount',
    'compactionBatch',
    'storeEveryMs',
    'catchUpEntries',
    'preVote',
    'snapshot',
  ],
  readyMs: 20_000,
  version: etcdVersion,
  launch,
  attach: async (addresses) => {
    const version = await versionAt(addresses[0] ?? '');
    return new EtcdCluster({ addresses, version });
  },
};

/** What a member that runs says of itself; `unknown` when it says nothing. */
async function versionAt(address: string): Promise<string> {
  const client = new EtcdClient(address);
  try {
    return (await client.status(STATUS_MS)).version;
  } catch {
    return 'unknown';
  } finally {
    client.grpc.close();
  }
}

/** A cluster that runs already. */
interface Running {
  readonly addresses: readonly string[];
  readonly version: string;
}

function etcdVersion(): string {
  return /etcd Version: (\S+)/.exec(command([programOf('etcd'), '--version']).stdout)?.[1] ?? 'unknown';
}

async function launch(options: ClusterOptions): Promise<EtcdCluster> {
  const cluster = new EtcdCluster();
  await cluster.configure(options);
  await cluster.start();
  return cluster;
}

/** A running etcd cluster. */
export class EtcdCluster implements Cluster {
  readonly system = 'etcd';
  readonly version: string;
  readonly members: Member[] = [];
  private readonly clients = new Map<string, EtcdClient>();
  private readonly peerAddresses: string[] = [];

  /** One that runs already, or one that `configure` prepares. */
  constructor(running?: Running) {
    this.version = running?.version ?? etcdVersion();
    for (const [index, address] of (running?.addresses ?? []).entries())
      this.members.push({ name: `N${index + 1}`, index, servers: [], address, dataFolder: '' });
  }

  /** Finds addresses and writes down how each member is started. */
  async configure(options: ClusterOptions): Promise<void> {
    const { site, ledger } = options;
    const places: Place[] = [];
    for (let i = 0; i < options.members; i++) places.push(await placeOf(options, i));
    const initial = places.map((place, i) => `N${i + 1}=http://${place.advertised}`).join(',');
    for (const [index, place] of places.entries()) {
      const name = `N${index + 1}`;
      const home = join(ledger.folder, name);
      const dataFolder = join(options.dataFolderOf?.(index) ?? home, 'etcd');
      mkdirSync(home, { recursive: true });
      const { snapshot } = options.settings;
      if (snapshot !== undefined) restore(options, String(snapshot), { name, dataFolder, place, initial });
      const words = [programOf('etcd'), ...startWords(options, { name, home, dataFolder, place, initial })];
      this.peerAddresses.push(place.peerAddress);
      const server = new Server(name, ledger.runId, {
        words: site.at(index, words),
        cwd: home,
        log: join(home, 'etcd.log'),
      });
      this.members.push({ name, index, servers: [server], address: place.clientAddress, dataFolder });
    }
  }

  /**
   * Starts the members one after another, each once the one before it answers its peers: a new member asks the others whether they know it, and waits a
   * whole second for each that listens already and does not answer yet, as all do that begin together.
   */
  async start(): Promise<void> {
    for (const [index, { servers }] of this.members.entries()) {
      for (const server of servers) await server.start();
      await answering(this.peerAddresses[index] ?? '', () => servers.some(({ pid }) => pid === undefined));
    }
  }

  /** A client of one member; the same one each time. */
  client(member: Member): EtcdClient {
    let client = this.clients.get(member.name);
    if (client === undefined) {
      client = new EtcdClient(member.address);
      this.clients.set(member.name, client);
    }
    return client;
  }

  /** Who claims to lead in the highest term anybody knows. */
  async leader(): Promise<Member | undefined> {
    const claims = await Promise.all(
      this.members.map(async (member) => {
        const status = await this.client(member)
          .status(STATUS_MS)
          .catch(() => undefined);
        return { member, status };
      }),
    );
    const leaders = claims.filter(
      ({ status }) => status !== undefined && status.leaderId === status.memberId,
    );
    leaders.sort((a, b) => Number((b.status?.term ?? 0n) - (a.status?.term ?? 0n)));
    return leaders[0]?.member;
  }

  /** All members answer and agree who leads. */
  async isReady(): Promise<boolean> {
    const statuses = await Promise.all(this.members.map((member) => this.client(member).status(STATUS_MS)));
    const leaders = new Set(statuses.map(({ leaderId }) => leaderId));
    return leaders.size === 1 && !leaders.has(0n);
  }

  /** One attempt at one member. */
  perform(member: Member, action: Action, deadlineMs: number): Promise<Answer> {
    return this.client(member).perform(action, deadlineMs);
  }

  /** Watches at one member. */
  watch(
    member: Member,
    request: WatchRequest,
    onEvent: (event: WatchEvent) => void,
    onEnd?: () => void,
  ): () => void {
    return this.client(member).watch(request, onEvent, onEnd);
  }

  /** Removes the member's write-ahead log and snapshots. */
  wipe(member: Member): Promise<void> {
    rmSync(member.dataFolder, { recursive: true, force: true });
    return Promise.resolve();
  }

  /** Closes all connections. */
  close(): void {
    for (const client of this.clients.values()) client.grpc.close();
    this.clients.clear();
  }
}

/** Makes a member's data out of a snapshot. Throws `LiveError`. */
function restore(
  { ledger }: ClusterOptions,
  snapshot: string,
  {
    name,
    dataFolder,
    place,
    initial,
  }: {
    readonly name: string;
    readonly dataFolder: string;
    readonly place: Place;
    readonly initial: string;
  },
): void {
  const words = [
    ['data-dir', dataFolder],
    ['name', name],
    ['initial-cluster', initial],
    ['initial-cluster-token', `holdfast-${ledger.runId}`],
    ['initial-advertise-peer-urls', `http://${place.advertised}`],
  ].map(([flag, value]) => `--${flag}=${value}`);
  const done = command(
    ['env', 'ETCDCTL_API=3', programOf('etcdctl'), 'snapshot', 'restore', snapshot, ...words],
    {
      timeoutMs: RESTORE_MS,
    },
  );
  if (done.ok) return;
  throw new LiveError(
    'NOT_READY',
    `Cannot restore ${name} from ${snapshot}: ${done.stderr.trim().split('\n').at(-1)}`,
    "give a file that 'etcdctl snapshot save' made",
    snapshot,
  );
}

async function placeOf({ site, peerProxy }: ClusterOptions, index: number): Promise<Place> {
  const host = site.hostOf(index);
  const [client = CLIENT_PORT, peer = CLIENT_PORT + 1] = await site.ports(index, 2);
  const peerAddress = `${host}:${peer}`;
  const advertised = peerProxy === undefined ? peerAddress : await peerProxy(index, peerAddress);
  return { clientAddress: `${host}:${client}`, peerAddress, advertised };
}
