import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plain } from '@holdfast/plain';
import { textOf } from '../../errors.ts';
import type { Action, Answer } from '../../history/recorder.ts';
import { programOf } from '../../install/find.ts';
import { command } from '../../processes/command.ts';
import { Server } from '../../processes/server.ts';
import type { Cluster, ClusterOptions, Member, System, WatchEvent, WatchRequest } from '../cluster.ts';
import { CHANGES_OF_ONE_KEY } from '../changes.ts';
import { LEASES } from '../leases.ts';
import { changeOptimistically } from '../optimistic.ts';
import { NatsClient } from './client.ts';
import { followStream } from './consumer.ts';
import { NatsLeases } from './leases.ts';
import { natsFailure, natsStore, type Stored } from './store.ts';

const STATUS_MS = 600;
/** The stream that holds the registers, as NATS keeps key-value buckets. */
const STREAM = 'KV_holdfast';
const SUBJECT = '$KV.holdfast';
/** JetStream's error numbers: nothing under that subject; another sequence than was expected. */
const NOT_FOUND = 10_037;
/** There is no such stream: none of its keys has a value. */
const NO_STREAM = 10_059;
const WRONG_SEQUENCE = 10_071;
const NOBODY_LISTENS = 503;

/**
 * NATS JetStream: a replicated key-value bucket, one process per member. Reads: `leader` (asks the stream's leader) or `direct` (whatever member
 * answers). Settings: `replicas`, the copies of the stream (default: all members); `syncInterval` where the version has it; `changeLog` (true: the stream
 * keeps every message of a key, not only the last, so that changes can be watched).
 */
export const nats: System = {
  name: 'nats',
  needs: [{ program: 'nats-server', packages: ['nats-server'] }],
  modes: ['leader', 'direct'],
  actions: ['read', 'write', ...CHANGES_OF_ONE_KEY, ...LEASES, 'watch'],
  settings: ['replicas', 'syncInterval', 'changeLog'],
  readyMs: 30_000,
  version: () => /v(\d\S*)/.exec(command([programOf('nats-server'), '--version']).stdout)?.[1] ?? 'unknown',
  async launch(options) {
    const cluster = new NatsCluster(options);
    await cluster.configure();
    await Promise.all(cluster.members.flatMap(({ servers }) => servers.map((server) => server.start())));
    return cluster;
  },
};

interface ApiError {
  readonly error?: { readonly code?: number; readonly err_code?: number; readonly description?: string };
}

interface StreamInfo extends ApiError {
  readonly cluster?: {
    readonly leader?: string;
    readonly replicas?: readonly { readonly current?: boolean }[];
  };
}

class NatsCluster implements Cluster {
  readonly system = 'nats';
  readonly version: string = nats.version();
  readonly members: Member[] = [];
  private readonly options: ClusterOptions;
  private readonly clients = new Map<string, NatsClient>();
  private readonly leases = new Map<string, NatsLeases>();

  constructor(options: ClusterOptions) {
    this.options = options;
  }

  async configure(): Promise<void> {
    const { site, ledger, members, dataFolderOf, settings } = this.options;
    const places: { host: string; port: number; route: number }[] = [];
    for (let i = 0; i < members; i++) {
      const [port = 0, route = 0] = await site.ports(i, 2);
      places.push({ host: site.hostOf(i), port, route });
    }
    const routes = places.map(({ host, route }) => `nats-route://${host}:${route}`);
    for (const [index, { host, port, route }] of places.entries()) {
      const name = `N${index + 1}`;
      const home = join(ledger.folder, name);
      mkdirSync(home, { recursive: true });
      const dataFolder = join(dataFolderOf?.(index) ?? home, 'jetstream-data');
      const { syncInterval } = settings;
      const sync = syncInterval === undefined ? '' : `, sync_interval: ${JSON.stringify(syncInterval)}`;
      const config = [
        `server_name: ${name}`,
        `listen: "${host}:${port}"`,
        `jetstream: { store_dir: ${JSON.stringify(dataFolder)}${sync} }`,
        `cluster: { name: holdfast, listen: "${host}:${route}", routes: ${JSON.stringify(routes)} }`,
      ];
      writeFileSync(join(home, 'nats.conf'), `${config.join('\n')}\n`);
      const server = new Server(name, ledger.runId, {
        words: site.at(index, [programOf('nats-server'), '-c', join(home, 'nats.conf')]),
        cwd: home,
        log: join(home, 'nats.log'),
      });
      this.members.push({ name, index, servers: [server], address: `${host}:${port}`, dataFolder });
    }
  }

  /** Who leads the stream, by any member that answers. */
  async leader(): Promise<Member | undefined> {
    for (const member of this.members) {
      const info = await this.streamInfo(member).catch(() => undefined);
      const found = this.members.find(({ name }) => name === info?.cluster?.leader);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** The stream exists with all its copies current, and every member answers about it. */
  async isReady(): Promise<boolean> {
    const first = this.members[0];
    if (first === undefined) return false;
    const { replicas = this.members.length } = this.options.settings;
    const created = (await this.api(first, `STREAM.CREATE.${STREAM}`, {
      name: STREAM,
      subjects: [`${SUBJECT}.>`],
      storage: 'file',
      num_replicas: replicas,
      max_msgs_per_subject: this.options.settings['changeLog'] === true ? -1 : 1,
      allow_direct: true,
      discard: 'new',
    })) as ApiError;
    if (created.error !== undefined) return false;
    const infos = await Promise.all(this.members.map((member) => this.streamInfo(member)));
    return infos.every(
      ({ cluster }) =>
        cluster?.leader !== undefined && (cluster.replicas ?? []).every(({ current }) => current === true),
    );
  }

  async perform(member: Member, action: Action, deadlineMs: number): Promise<Answer> {
    const { f, key = '', input, mode } = action;
    try {
      if (f === 'read') {
        const stored = await this.stored(member, key, mode, deadlineMs);
        return { outcome: 'ok', output: stored?.value ?? null };
      }
      if (f === 'write')
        return await this.publish(member, `${SUBJECT}.${key}`, JSON.stringify(input), deadlineMs);
    } catch (error) {
      // What only asked a question changed nothing, however it ended.
      return f === 'read' ? { outcome: 'fail', output: textOf(error) } : natsFailure(error);
    }
    const store = natsStore({
      stored: (name, ms) => this.stored(member, name, 'leader', ms),
      publish: (name, value, ms, expected) =>
        this.publish(member, `${SUBJECT}.${name}`, JSON.stringify(value), ms, expected),
    });
    const changed = CHANGES_OF_ONE_KEY.includes(f)
      ? await changeOptimistically(store, action, deadlineMs)
      : await this.leasesAt(member).perform(action, deadlineMs);
    return changed ?? { outcome: 'fail', output: `nats has no action '${f}'` };
  }

  /** Watches the stream through one member. */
  watch(
    { address }: Member,
    { prefix, fromRevision }: WatchRequest,
    onEvent: (event: WatchEvent) => void,
    onEnd?: () => void,
  ): () => void {
    const following = { stream: STREAM, subject: SUBJECT, prefix, fromSequence: fromRevision };
    return followStream(address, following, onEvent, onEnd);
  }

  wipe(member: Member): Promise<void> {
    rmSync(member.dataFolder, { recursive: true, force: true });
    return Promise.resolve();
  }

  close(): void {
    for (const client of this.clients.values()) client.close();
    this.clients.clear();
  }

  private client(member: Member): NatsClient {
    let client = this.clients.get(member.name);
    if (client === undefined) {
      client = new NatsClient(member.address);
      this.clients.set(member.name, client);
    }
    return client;
  }

  private async api(member: Member, what: string, body: object, deadlineMs = STATUS_MS): Promise<unknown> {
    const { status, payload } = await this.client(member).request(
      `$JS.API.${what}`,
      JSON.stringify(body),
      deadlineMs,
    );
    if (status !== undefined) throw new Refused(status);
    return JSON.parse(payload.toString('utf8')) as unknown;
  }

  /** The leases of those who ask one member. */
  private leasesAt(member: Member): NatsLeases {
    let leases = this.leases.get(member.name);
    if (leases === undefined) {
      leases = new NatsLeases({
        api: async (what, body, ms) => (await this.api(member, what, body, ms)) as ApiError,
        publish: (subject, text, ms, expected) => this.publish(member, subject, text, ms, expected),
      });
      this.leases.set(member.name, leases);
    }
    return leases;
  }

  private async streamInfo(member: Member): Promise<StreamInfo> {
    return (await this.api(member, `STREAM.INFO.${STREAM}`, {})) as StreamInfo;
  }

  /** The last value of a key; undefined when it has none. */
  private async stored(
    member: Member,
    key: string,
    mode: string | undefined,
    deadlineMs: number,
  ): Promise<Stored | undefined> {
    const query = { last_by_subj: `${SUBJECT}.${key}` };
    if (mode === 'direct') {
      const subject = `$JS.API.DIRECT.GET.${STREAM}`;
      const { status, payload } = await this.client(member).request(
        subject,
        JSON.stringify(query),
        deadlineMs,
      );
      if (status === 404) return undefined;
      if (status !== undefined) throw new Refused(status);
      return { value: JSON.parse(payload.toString('utf8')) as Plain, sequence: 0 };
    }
    const got = (await this.api(member, `STREAM.MSG.GET.${STREAM}`, query, deadlineMs)) as ApiError & {
      readonly message?: { readonly data?: string; readonly seq?: number };
    };
    if (got.error?.err_code === NOT_FOUND || got.error?.err_code === NO_STREAM) return undefined;
    if (got.message === undefined) throw new Refused(got.error?.code ?? 0, got.error?.description);
    const text = Buffer.from(got.message.data ?? '', 'base64').toString('utf8');
    return { value: JSON.parse(text) as Plain, sequence: got.message.seq ?? 0 };
  }

  /** Stores a text; with `expected` only when that is still the subject's last sequence. */
  private async publish(
    member: Member,
    subject: string,
    text: string,
    deadlineMs: number,
    expected?: number,
  ): Promise<Answer> {
    const headers: Record<string, string> =
      expected === undefined ? {} : { 'Nats-Expected-Last-Subject-Sequence': String(expected) };
    const { status, payload } = await this.client(member).request(subject, text, deadlineMs, headers);
    // Nobody took the message: it was stored nowhere.
    if (status === NOBODY_LISTENS) return { outcome: 'fail', output: 'no leader listens' };
    const { error, seq } = JSON.parse(payload.toString('utf8')) as ApiError & { readonly seq?: number };
    if (error === undefined) return { outcome: 'ok', output: null, detail: { revision: seq ?? 0 } };
    const output = error.description ?? 'refused';
    return { outcome: error.err_code === WRONG_SEQUENCE ? 'fail' : 'unknown', output };
  }
}

/** A server said no to a question. */
class Refused extends Error {
  constructor(status: number, text = 'nobody answers') {
    super(`${status}: ${text}`);
    this.name = 'Refused';
  }
}
