import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Plain } from '@holdfast/plain';
import { textOf } from '../../errors.ts';
import type { Action, Answer } from '../../history/recorder.ts';
import { programOf } from '../../install/find.ts';
import { command } from '../../processes/command.ts';
import { Server } from '../../processes/server.ts';
import { Exchange } from '../../wire/exchange.ts';
import type { Cluster, ClusterOptions, Member, System, WatchEvent, WatchRequest } from '../cluster.ts';
import { CHANGES } from '../changes.ts';
import { LEASES } from '../leases.ts';
import { changeOptimistically } from '../optimistic.ts';
import {
  takeZk,
  ZK_CODE,
  zkConnect,
  zkCreateSaid,
  zkData,
  zkGet,
  zkMadeBy,
  type ZkReply,
  zkSet,
  zkSync,
  zkWrittenBy,
} from './jute.ts';
import { ZooKeeperLeases } from './leases.ts';
import { zooKeeperFailure, zooKeeperStore } from './store.ts';
import { watchNodes } from './watching.ts';

const JAR = '/usr/share/java/zookeeper.jar';
const JUTE = '/usr/share/java/zookeeper-jute.jar';
const ASK_MS = 600;
const SESSION_MS = 4_000;

/**
 * ZooKeeper. Reads: `local`, what the asked member holds, or `sync`, after it has caught up with the leader. Settings: `tickMs`, `syncLimit` (ticks
 * after which a member that hears nothing from its leader gives up).
 */
export const zookeeper: System = {
  name: 'zookeeper',
  needs: [
    { program: 'java', packages: ['default-jre-headless'] },
    { program: 'zookeeper.jar', packages: ['zookeeper'] },
  ],
  modes: ['local', 'sync'],
  actions: ['read', 'write', ...CHANGES, ...LEASES, 'watch'],
  settings: ['tickMs', 'syncLimit'],
  readyMs: 45_000,
  version: () =>
    /\d+\.\d+\.\d+/.exec(command(['dpkg-query', '-W', '-f=${Version}', 'zookeeper']).stdout)?.[0] ??
    'unknown',
  async launch(options) {
    const cluster = new ZooKeeperCluster(options);
    await cluster.configure();
    await Promise.all(cluster.members.flatMap(({ servers }) => servers.map((server) => server.start())));
    return cluster;
  },
};

/** How a node is written, and which transaction the answer says it was. */
const WRITES = [
  [zkSet, zkWrittenBy],
  [zkCreateSaid, zkMadeBy],
  [zkSet, zkWrittenBy],
] as const;

class ZooKeeperCluster implements Cluster {
  readonly system = 'zookeeper';
  readonly watches = 'newest';
  readonly version: string = zookeeper.version();
  readonly members: Member[] = [];
  private readonly options: ClusterOptions;
  private readonly connections = new Map<string, Exchange<ZkReply>>();
  private readonly leases = new ZooKeeperLeases();
  private xid = 0;

  constructor(options: ClusterOptions) {
    this.options = options;
  }

  async configure(): Promise<void> {
    const { site, ledger, settings } = this.options;
    const { tickMs = 200, syncLimit = 20 } = settings;
    const places: { readonly host: string; readonly ports: readonly number[] }[] = [];
    for (let i = 0; i < this.options.members; i++)
      places.push({ host: site.hostOf(i), ports: await site.ports(i, 3) });
    const peers = places.map(({ host, ports }, i) => `server.${i + 1}=${host}:${ports[1]}:${ports[2]}`);
    for (const [index, { host, ports }] of places.entries()) {
      const name = `N${index + 1}`;
      const home = join(ledger.folder, name);
      const dataFolder = join(this.options.dataFolderOf?.(index) ?? home, 'data');
      mkdirSync(home, { recursive: true });
      mkdirSync(dataFolder, { recursive: true });
      writeFileSync(join(dataFolder, 'myid'), `${index + 1}\n`);
      const limits = [`tickTime=${tickMs}`, 'initLimit=50', `syncLimit=${syncLimit}`];
      const own = [`dataDir=${dataFolder}`, `clientPort=${ports[0]}`, `clientPortAddress=${host}`];
      const rest = ['4lw.commands.whitelist=srvr', 'admin.enableServer=false'];
      writeFileSync(join(home, 'zoo.cfg'), `${[...limits, ...own, ...rest, ...peers].join('\n')}\n`);
      const java = [
        programOf('java'),
        '-Xmx128m',
        '-XX:TieredStopAtLevel=1',
        '-cp',
        [home, JAR, JUTE].join(':'),
      ];
      const words = [...java, 'org.apache.zookeeper.server.quorum.QuorumPeerMain', join(home, 'zoo.cfg')];
      const server = new Server(name, ledger.runId, {
        words: site.at(index, words),
        cwd: home,
        log: join(home, 'zookeeper.log'),
      });
      this.members.push({ name, index, servers: [server], address: `${host}:${ports[0]}`, dataFolder });
    }
  }

  async leader(): Promise<Member | undefined> {
    const modes = await Promise.all(this.members.map((member) => modeOf(member.address)));
    return this.members[modes.indexOf('leader')];
  }

  async isReady(): Promise<boolean> {
    const modes = await Promise.all(this.members.map((member) => modeOf(member.address)));
    return modes.includes('leader') && modes.every((mode) => mode === 'leader' || mode === 'follower');
  }

  async perform(member: Member, action: Action, deadlineMs: number): Promise<Answer> {
    const { f, key = '', input, mode } = action;
    try {
      if (f === 'read') return await this.read(member, key, mode, deadlineMs);
      if (f === 'write') return await this.write(member, key, input, deadlineMs);
    } catch (error) {
      return f === 'read' ? { outcome: 'fail', output: textOf(error) } : zooKeeperFailure(error);
    }
    const shared = (make: (xid: number) => Buffer, ms: number): Promise<ZkReply> =>
      this.connection(member).request(make(++this.xid), ms);
    const changed =
      (await this.leases.perform(member.address, action, deadlineMs, shared)) ??
      (await changeOptimistically(zooKeeperStore(shared), action, deadlineMs));
    return changed ?? { outcome: 'fail', output: `zookeeper has no action '${f}'` };
  }

  /** Watches nodes through one member. */
  watch(
    { address }: Member,
    request: WatchRequest,
    onEvent: (event: WatchEvent) => void,
    onEnd?: () => void,
  ): () => void {
    return watchNodes(address, request, onEvent, onEnd);
  }

  wipe(member: Member): Promise<void> {
    rmSync(join(member.dataFolder, 'version-2'), { recursive: true, force: true });
    return Promise.resolve();
  }

  close(): void {
    for (const connection of this.connections.values()) connection.close();
    this.connections.clear();
    this.leases.close();
  }

  private async read(
    member: Member,
    key: string,
    mode: string | undefined,
    deadlineMs: number,
  ): Promise<Answer> {
    const connection = this.connection(member);
    if (mode === 'sync') {
      const { code } = await connection.request(zkSync(++this.xid, `/${key}`), deadlineMs);
      if (code !== ZK_CODE.ok && code !== ZK_CODE.noNode)
        return { outcome: 'fail', output: `sync answered ${code}` };
    }
    const reply = await connection.request(zkGet(++this.xid, `/${key}`), deadlineMs);
    if (reply.code === ZK_CODE.noNode) return { outcome: 'ok', output: null };
    if (reply.code !== ZK_CODE.ok) return { outcome: 'fail', output: `get answered ${reply.code}` };
    return { outcome: 'ok', output: JSON.parse(zkData(reply)) as Plain };
  }

  /** Sets the node, or makes it when it is not there: each attempt but the last certainly had no effect. Its revision is the transaction. */
  private async write(member: Member, key: string, input: Plain, deadlineMs: number): Promise<Answer> {
    const connection = this.connection(member);
    const data = JSON.stringify(input);
    for (const [make, revisionIn] of WRITES) {
      const reply = await connection.request(make(++this.xid, `/${key}`, data), deadlineMs);
      const { code } = reply;
      if (code === ZK_CODE.ok)
        return { outcome: 'ok', output: null, detail: { revision: revisionIn(reply) } };
      if (code !== ZK_CODE.noNode && code !== ZK_CODE.nodeExists)
        return { outcome: 'unknown', output: `answered ${code}` };
    }
    return { outcome: 'fail', output: 'the node came and went' };
  }

  private connection(member: Member): Exchange<ZkReply> {
    let connection = this.connections.get(member.address);
    if (connection === undefined) {
      connection = new Exchange(member.address, takeZk, [zkConnect(SESSION_MS)]);
      this.connections.set(member.address, connection);
    }
    return connection;
  }
}

/** What a member says it is: `leader`, `follower`, or undefined. */
function modeOf(address: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const [host = '', port = ''] = address.split(':');
    const socket = connect({ host, port: Number(port), timeout: ASK_MS });
    let text = '';
    socket.on('connect', () => socket.write('srvr'));
    socket.on('data', (bytes: Buffer) => {
      text += bytes.toString();
    });
    socket.on('timeout', () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => resolve(/^Mode: (\w+)/m.exec(text)?.[1]));
  });
}
