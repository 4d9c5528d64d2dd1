import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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
import { loggedWrite, watchLog } from './changeLog.ts';
import { COMMANDS } from './commands.ts';
import { leaseCommand } from './leases.ts';
import { isFailure, respCommand, type RespReply, takeResp } from './resp.ts';
import { redisFailure, redisStore } from './store.ts';

const NAME = 'holdfast';
const ASK_MS = 400;

/**
 * Redis with asynchronous replication, a Sentinel beside every member. Reads: `local`, what the asked member holds. Settings: `downAfterMs`,
 * `minReplicas` (replicas without which the primary refuses writes), `maxLagSeconds`, `changeLog` (true: every write goes into a stream, too, which is what is watched).
 */
export const redis: System = {
  name: 'redis',
  needs: [
    { program: 'redis-server', packages: ['redis-server'] },
    { program: 'redis-sentinel', packages: ['redis-sentinel'] },
  ],
  modes: ['local'],
  actions: ['read', 'write', ...CHANGES, ...LEASES, 'watch'],
  settings: ['downAfterMs', 'minReplicas', 'maxLagSeconds', 'changeLog'],
  readyMs: 30_000,
  version: () => /v=(\S+)/.exec(command([programOf('redis-server'), '--version']).stdout)?.[1] ?? 'unknown',
  async launch(options) {
    const cluster = new RedisCluster(options);
    await cluster.configure();
    for (const { servers } of cluster.members) await servers[0]?.start();
    for (const { servers } of cluster.members) await servers[1]?.start();
    return cluster;
  },
};

class RedisCluster implements Cluster {
  readonly system = 'redis';
  readonly version: string = redis.version();
  readonly members: Member[] = [];
  private readonly options: ClusterOptions;
  private readonly sentinels: string[] = [];
  private readonly connections = new Map<string, Exchange<RespReply>>();

  constructor(options: ClusterOptions) {
    this.options = options;
  }

  async configure(): Promise<void> {
    const { site, ledger, dataFolderOf } = this.options;
    const places: { host: string; port: number; sentinel: number }[] = [];
    for (let i = 0; i < this.options.members; i++) {
      const [port = 0, sentinel = 0] = await site.ports(i, 2);
      places.push({ host: site.hostOf(i), port, sentinel });
    }
    for (const [index, place] of places.entries()) {
      const name = `N${index + 1}`;
      const home = join(ledger.folder, name);
      mkdirSync(home, { recursive: true });
      const dataFolder = dataFolderOf?.(index) ?? home;
      const first = places[0] ?? place;
      writeFileSync(
        join(home, 'redis.conf'),
        this.serverConfig(place, index === 0 ? undefined : first, dataFolder),
      );
      writeFileSync(join(home, 'sentinel.conf'), this.sentinelConfig(place, first, home));
      const server = (program: string, config: string): Server =>
        new Server(`${name} ${program}`, ledger.runId, {
          words: site.at(index, [programOf(program), join(home, config)]),
          cwd: home,
          log: join(home, `${program}.log`),
        });
      const servers = [server('redis-server', 'redis.conf'), server('redis-sentinel', 'sentinel.conf')];
      this.members.push({ name, index, servers, address: `${place.host}:${place.port}`, dataFolder });
      this.sentinels.push(`${place.host}:${place.sentinel}`);
    }
  }

  /** Whom most Sentinels name. */
  async leader(): Promise<Member | undefined> {
    const answers = await Promise.all(
      this.sentinels.map((address) =>
        this.ask(address, ['SENTINEL', 'get-master-addr-by-name', NAME]).catch(() => null),
      ),
    );
    const votes = answers.flatMap((answer) => (Array.isArray(answer) ? [answer.map(String).join(':')] : []));
    return this.members.find(
      ({ address }) => votes.filter((vote) => vote === address).length * 2 > this.members.length,
    );
  }

  async isReady(): Promise<boolean> {
    const first = this.members[0]?.address ?? '';
    const info = await this.ask(first, ['INFO', 'replication']);
    const online = typeof info === 'string' ? info.split('state=online').length - 1 : 0;
    const quorums = await Promise.all(
      this.sentinels.map((address) => this.ask(address, ['SENTINEL', 'ckquorum', NAME])),
    );
    const known = quorums.every(
      (text) => typeof text === 'string' && text.startsWith(`OK ${this.members.length} usable`),
    );
    const replicas = await Promise.all(
      this.sentinels.map((address) => this.ask(address, ['SENTINEL', 'replicas', NAME])),
    );
    const found = replicas.every((list) => Array.isArray(list) && list.length === this.members.length - 1);
    return online === this.members.length - 1 && known && found;
  }

  async perform(member: Member, action: Action, deadlineMs: number): Promise<Answer> {
    const { f } = action;
    const ask = (words: readonly string[], ms: number): Promise<RespReply> =>
      this.connection(member.address).request(respCommand(words), ms);
    if (f === 'write' && this.options.settings['changeLog'] === true)
      return loggedWrite(ask, action.key ?? '', JSON.stringify(action.input), deadlineMs);
    const command = COMMANDS[f] ?? leaseCommand(action);
    const changed =
      command === undefined ? await changeOptimistically(redisStore(ask), action, deadlineMs) : undefined;
    if (changed !== undefined) return changed;
    if (command === undefined) return { outcome: 'fail', output: `redis has no action '${f}'` };
    try {
      const reply = await ask(command.words(action.key ?? '', JSON.stringify(action.input)), deadlineMs);
      return isFailure(reply) ? { outcome: 'fail', output: reply.error } : command.answer(reply);
    } catch (error) {
      return command.isRead ? { outcome: 'fail', output: textOf(error) } : redisFailure(error);
    }
  }

  /** Watches the log of changes on one server; a replica's is as old as the replica. */
  watch(
    { address }: Member,
    request: WatchRequest,
    onEvent: (event: WatchEvent) => void,
    onEnd?: () => void,
  ): () => void {
    return watchLog(address, request, onEvent, onEnd);
  }

  wipe(member: Member): Promise<void> {
    rmSync(join(member.dataFolder, 'dump.rdb'), { force: true });
    return Promise.resolve();
  }

  close(): void {
    for (const connection of this.connections.values()) connection.close();
    this.connections.clear();
  }

  private ask(address: string, words: readonly string[]): Promise<RespReply> {
    return this.connection(address).request(respCommand(words), ASK_MS);
  }

  private connection(address: string): Exchange<RespReply> {
    let connection = this.connections.get(address);
    if (connection === undefined) {
      connection = new Exchange(address, takeResp);
      this.connections.set(address, connection);
    }
    return connection;
  }

  private serverConfig(place: Place, primary: Place | undefined, home: string): string {
    const { minReplicas = 0, maxLagSeconds = 1 } = this.options.settings;
    return lines([
      `port ${place.port}`,
      `bind ${place.host}`,
      `dir ${home}`,
      'protected-mode no',
      'save ""',
      'repl-diskless-sync-delay 0',
      'repl-ping-replica-period 1',
      `min-replicas-to-write ${minReplicas}`,
      `min-replicas-max-lag ${maxLagSeconds}`,
      ...(primary === undefined ? [] : [`replicaof ${primary.host} ${primary.port}`]),
    ]);
  }

  private sentinelConfig(place: Place, primary: Place, home: string): string {
    const { downAfterMs = 1_000 } = this.options.settings;
    return lines([
      `port ${place.sentinel}`,
      `bind ${place.host}`,
      `dir ${home}`,
      'protected-mode no',
      `sentinel monitor ${NAME} ${primary.host} ${primary.port} ${Math.floor(this.options.members / 2) + 1}`,
      `sentinel down-after-milliseconds ${NAME} ${downAfterMs}`,
      `sentinel failover-timeout ${NAME} 5000`,
    ]);
  }
}

interface Place {
  readonly host: string;
  readonly port: number;
  readonly sentinel: number;
}

function lines(all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}
