import { chownSync, mkdirSync, appendFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { MicroOperation } from '@holdfast/check';
import { LiveError, textOf } from '../../errors.ts';
import type { Action, Answer } from '../../history/recorder.ts';
import { programOf } from '../../install/find.ts';
import { command } from '../../processes/command.ts';
import { Server } from '../../processes/server.ts';
import { eventually } from '../../time.ts';
import { Exchange, ExchangeError } from '../../wire/exchange.ts';
import type { Cluster, ClusterOptions, Member, System, WatchEvent, WatchRequest } from '../cluster.ts';
import { balancesIn, CHANGES, transferIn } from '../changes.ts';
import { MAKE_SLOT, watchSlot } from './changeLog.ts';
import { LEASES } from '../leases.ts';
import { readBank, refusal, transact, transfer } from './transactions.ts';
import { statementOf, TABLES } from './statements.ts';
import { queryMessage, type QueryResult, startupMessage, takeResult } from './wire.ts';

const ASK_MS = 500;
const SETUP_MS = 60_000;

/** The user that Debian has for nobody in particular: the server refuses to run as root. */
const NOBODY = 65_534;

/**
 * PostgreSQL with streaming replication: `N1` begins as the primary, the others follow. Nobody fails over by itself: the action `promote` makes the
 * asked member a primary. Reads: `local`. Settings: `synchronous` (true: a commit waits for any standby), `isolation` (of the transactions of `txn`;
 * `serializable` unless told otherwise), `changeLog` (true: the log can be decoded, which is what is watched).
 */
export const postgres: System = {
  name: 'postgres',
  needs: ['initdb', 'postgres', 'pg_basebackup'].map((program) => ({ program, packages: ['postgresql'] })),
  modes: ['local'],
  actions: ['read', 'write', ...CHANGES, ...LEASES, 'promote', 'watch'],
  settings: ['synchronous', 'isolation', 'changeLog'],
  readyMs: 30_000,
  version: () => /(\d+\.\d+)/.exec(command([programOf('postgres'), '--version']).stdout)?.[1] ?? 'unknown',
  async launch(options) {
    const cluster = new PostgresCluster(options);
    await cluster.begin();
    return cluster;
  },
};

class PostgresCluster implements Cluster {
  readonly system = 'postgres';
  readonly version: string = postgres.version();
  readonly members: Member[] = [];
  private readonly options: ClusterOptions;
  private readonly connections = new Map<string, Exchange<QueryResult>>();

  constructor(options: ClusterOptions) {
    this.options = options;
  }

  async begin(): Promise<void> {
    for (let i = 0; i < this.options.members; i++) await this.add(i);
    const [primary, ...standbys] = this.members as [Member, ...Member[]];
    this.run(0, [
      'initdb',
      '-D',
      primary.dataFolder,
      '-U',
      'postgres',
      '-A',
      'trust',
      '--no-sync',
      '-E',
      'UTF8',
    ]);
    appendFileSync(
      join(primary.dataFolder, 'pg_hba.conf'),
      'host all all 0.0.0.0/0 trust\nhost replication all 0.0.0.0/0 trust\n',
    );
    await primary.servers[0]?.start();
    const made = await eventually(
      async () => {
        const { error } = await this.query(primary, TABLES, ASK_MS);
        return error === undefined;
      },
      { withinMs: postgres.readyMs },
    );
    if (made !== true)
      throw new LiveError(
        'NOT_READY',
        'Cannot use postgres: its primary does not answer',
        primary.servers[0]?.lastWords() ?? '',
      );
    if (this.options.settings['changeLog'] === true) await this.query(primary, MAKE_SLOT, SETUP_MS);
    const [host = '', port = ''] = primary.address.split(':');
    for (const standby of standbys) {
      const from = [
        '-h',
        host,
        '-p',
        port,
        '-U',
        'postgres',
        '-D',
        standby.dataFolder,
        '-R',
        '--no-sync',
        '-c',
        'fast',
      ];
      this.run(standby.index, ['pg_basebackup', ...from]);
      await standby.servers[0]?.start();
    }
    if (this.options.settings['synchronous'] !== true) return;
    await this.query(primary, "alter system set synchronous_standby_names = '*'", ASK_MS);
    await this.query(primary, 'select pg_reload_conf()', ASK_MS);
  }

  /** The primary of the newest timeline among those that answer. */
  async leader(): Promise<Member | undefined> {
    const found = await Promise.all(
      this.members.map(async (member) => {
        const sql =
          "select pg_is_in_recovery(), case when pg_is_in_recovery() then '' else substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) end";
        const result = await this.query(member, sql, ASK_MS).catch(() => undefined);
        const [recovers, timeline] = result?.rows[0] ?? [];
        return { member, timeline: recovers === 'f' ? (timeline ?? '') : undefined };
      }),
    );
    const primaries = found.filter(({ timeline }) => timeline !== undefined);
    primaries.sort((a, b) => ((a.timeline ?? '') < (b.timeline ?? '') ? 1 : -1));
    return primaries[0]?.member;
  }

  async isReady(): Promise<boolean> {
    const primary = this.members[0] as Member;
    const sql = "select count(*) from pg_stat_replication where state = 'streaming'";
    const { rows } = await this.query(primary, sql, ASK_MS);
    return Number(rows[0]?.[0]) === this.members.length - 1;
  }

  async perform(member: Member, action: Action, deadlineMs: number, client = ''): Promise<Answer> {
    const { f, key = '', input } = action;
    const isolation = String(this.options.settings['isolation'] ?? 'serializable');
    // A session of the client's own.
    const ask = (sql: string, ms: number): Promise<QueryResult> => this.query(member, sql, ms, client);
    const statement = statementOf(action);
    const isRead = statement?.isRead ?? f === 'read-bank';
    try {
      if (f === 'txn') return await transact(ask, input as readonly MicroOperation[], isolation, deadlineMs);
      if (f === 'transfer') return await transfer(ask, key, transferIn(input), isolation, deadlineMs);
      if (f === 'read-bank') return await readBank(ask, key, balancesIn(input), isolation, deadlineMs);
      if (statement === undefined) return { outcome: 'fail', output: `postgres has no action '${f}'` };
      const { rows, error } = await this.query(member, statement.sql, deadlineMs);
      return error === undefined ? statement.answer(rows) : refusal(error, isRead);
    } catch (error) {
      const certain = isRead || (error instanceof ExchangeError && !error.sent);
      return { outcome: certain ? 'fail' : 'unknown', output: textOf(error) };
    }
  }

  /** Watches at the primary: standbys of this version decode nothing. */
  watch(
    { address }: Member,
    request: WatchRequest,
    onEvent: (event: WatchEvent) => void,
    onEnd?: () => void,
  ): () => void {
    return watchSlot(address, request, onEvent, onEnd);
  }

  wipe(member: Member): Promise<void> {
    rmSync(member.dataFolder, { recursive: true, force: true });
    return Promise.resolve();
  }

  close(): void {
    for (const connection of this.connections.values()) connection.close();
    this.connections.clear();
  }

  private async add(index: number): Promise<void> {
    const { site, ledger } = this.options;
    const name = `N${index + 1}`;
    const home = join(ledger.folder, name);
    mkdirSync(home, { recursive: true });
    if (process.getuid?.() === 0) chownSync(home, NOBODY, NOBODY);
    const host = site.hostOf(index);
    const [port = 0] = await site.ports(index, 1);
    const disk = this.options.dataFolderOf?.(index);
    if (disk !== undefined && process.getuid?.() === 0) chownSync(disk, NOBODY, NOBODY);
    const dataFolder = join(disk ?? home, 'data');
    const flags = [
      `listen_addresses=${host}`,
      `port=${port}`,
      'unix_socket_directories=',
      'wal_sender_timeout=60s',
      ...(this.options.settings['changeLog'] === true ? ['wal_level=logical'] : []),
    ];
    const words = [programOf('postgres'), '-D', dataFolder, ...flags.flatMap((flag) => ['-c', flag])];
    const server = new Server(name, ledger.runId, {
      words: site.at(index, asNobody(words)),
      cwd: home,
      log: join(home, 'postgres.log'),
    });
    this.members.push({ name, index, servers: [server], address: `${host}:${port}`, dataFolder });
  }

  private run(index: number, [program = '', ...args]: readonly string[]): void {
    const words = this.options.site.at(index, asNobody([programOf(program), ...args]));
    const { ok, stderr } = command(words, { timeoutMs: SETUP_MS });
    if (!ok)
      throw new LiveError(
        'NOT_READY',
        `Cannot set up postgres: ${program}: ${stderr.trim()}`,
        "see 'holdfast doctor'",
      );
  }

  private query(member: Member, sql: string, deadlineMs: number, client = ''): Promise<QueryResult> {
    const name = `${member.address} ${client}`;
    let connection = this.connections.get(name);
    if (connection === undefined) {
      connection = new Exchange(member.address, takeResult, [startupMessage('postgres', 'postgres')]);
      this.connections.set(name, connection);
    }
    return connection.request(queryMessage(sql), deadlineMs);
  }
}

function asNobody(words: readonly string[]): readonly string[] {
  if (process.getuid?.() !== 0) return words;
  return ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', ...words];
}
