import {
  type Action,
  type Answer,
  type Cluster,
  type LinkDevice,
  type Member,
  REAL_CLOCK,
  type Stage,
  type Strikes,
  TcpProxy,
} from '@holdfast/live';
import type { Verdict } from '@holdfast/check';
import type { RaftOptions, ReadMode } from '@holdfast/protocols';
import { kvOperation } from '../../packages/holdfast/src/subjects/raft/operation.ts';
import { Ledger } from '../../packages/live/src/ledger/ledger.ts';
import { Striker } from '../../packages/live/src/faults/striker.ts';
import { RealNode } from './node.ts';

/** How long the nodes may take until one leads. */
const READY_MS = 5_000;

/** Three nodes of the Raft core on loopback, each pair joined by two proxies, one each way: whatever strikes their links strikes the proxies. */
export class RealRaft implements Cluster {
  readonly system = 'raft-kv';
  readonly version = 'sockets on loopback';
  readonly members: Member[] = [];
  /** Who led in a term. */
  readonly leaders = new Map<number, Set<string>>();
  /** Cuts so far. */
  cuts = 0;
  private readonly nodes: RealNode[] = [];
  private readonly proxies = new Map<string, TcpProxy>();
  private readonly idle: number[] = [];
  private readonly sequences: number[] = [];

  /** Begins them, and waits for a leader. */
  async begin(count: number, options: Omit<RaftOptions, 'voters'>): Promise<void> {
    const voters = Array.from({ length: count }, (_, i) => i + 1);
    const addresses: string[] = [];
    for (const node of voters) {
      const name = `N${node}`;
      const made = new RealNode(node, { ...options, voters }, ({ role, term }) => {
        if (role === 'leader') this.leadersOf(Number(term)).add(name);
      });
      this.nodes.push(made);
      addresses.push(await made.listen());
      this.members.push({
        name,
        index: node - 1,
        servers: [],
        address: addresses.at(-1) ?? '',
        dataFolder: '',
      });
    }
    for (const from of voters) {
      const ways = new Map<number, string>();
      for (const to of voters.filter((one) => one !== from)) {
        const proxy = new TcpProxy({ upstream: addresses[to - 1] ?? '' });
        await proxy.enable();
        this.proxies.set(`${from - 1} ${to - 1}`, proxy);
        ways.set(to, proxy.address);
      }
      this.nodes[from - 1]?.begin(ways);
    }
    const end = performance.now() + READY_MS;
    while (!(await this.isReady()) && performance.now() < end)
      await new Promise((done) => setTimeout(done, 10));
  }

  /** What cuts their links: proxies that are down. */
  links(): LinkDevice {
    return {
      name: 'proxies',
      changes: new Set(),
      cut: async (pairs) => {
        this.cuts++;
        const struck = pairs.flatMap(([from, to]) => this.proxies.get(`${from} ${to}`) ?? []);
        await Promise.all(struck.map((proxy) => proxy.disable()));
        return async () => void (await Promise.all(struck.map((proxy) => proxy.enable())));
      },
      change: () => {
        throw new TypeError('these proxies only cut');
      },
    };
  }

  leader(): Promise<Member | undefined> {
    const claims = this.nodes.map((node, index) => ({ index, view: node.view() }));
    const leading = claims.filter(({ view }) => view['role'] === 'leader');
    leading.sort((a, b) => Number(b.view['term']) - Number(a.view['term']));
    return Promise.resolve(this.members[leading[0]?.index ?? -1]);
  }

  async isReady(): Promise<boolean> {
    return (await this.leader()) !== undefined;
  }

  async perform(
    { index }: Member,
    { f, key = '', input, mode }: Action,
    deadlineMs: number,
  ): Promise<Answer> {
    const process = this.idle.pop() ?? this.sequences.push(0) - 1;
    const sequence = (this.sequences[process] ?? 0) + 1;
    this.sequences[process] = sequence;
    const operation = kvOperation({ process, sequence, f, key, input });
    const isRead = f === 'read';
    const read: ReadMode = mode === 'serializable' ? 'local' : 'index';
    const command = { client: process + 1, sequence, operation, ...(isRead ? { read } : {}) };
    const node = this.nodes[index];
    if (node === undefined) throw new TypeError(`there is no node ${index}`);
    const answer = await node.ask({ command, isRead, stays: isRead, deadlineMs });
    // What may still happen keeps its identity for ever.
    if (answer.outcome !== 'unknown') this.idle.push(process);
    return answer;
  }

  /** What was seen from inside: two leaders of one term would break everything else. */
  invariants(): Verdict[] {
    const twice = [...this.leaders].find(([, names]) => names.size > 1);
    const evidence = { examined: this.leaders.size, steps: this.leaders.size };
    const reason =
      twice === undefined
        ? `${this.leaders.size} terms had one leader each`
        : `${[...twice[1]].join(' and ')} led in term ${twice[0]}`;
    return [
      { promise: 'election safety', status: twice === undefined ? 'holds' : 'violated', reason, evidence },
    ];
  }

  wipe(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {
    for (const node of this.nodes) node.close();
    for (const proxy of this.proxies.values()) void proxy.disable();
  }

  private leadersOf(term: number): Set<string> {
    const known = this.leaders.get(term) ?? new Set();
    this.leaders.set(term, known);
    return known;
  }
}

/** The stage of an experiment on such a cluster. `state` is a folder for the ledger. */
export async function realStage(
  members: number,
  options: Omit<RaftOptions, 'voters'>,
  state: string,
): Promise<Stage & { readonly cluster: RealRaft }> {
  const started = performance.now();
  const cluster = new RealRaft();
  await cluster.begin(members, options);
  const ledger = new Ledger(`sockets-${process.pid}`, state);
  const links = cluster.links();
  return {
    cluster,
    clock: REAL_CLOCK,
    mesh: undefined,
    striker: (means): Strikes => new Striker(cluster, { ...means, ledger, links, disks: undefined }),
    invariants: () => cluster.invariants(),
    readyMs: performance.now() - started,
    close: () => {
      cluster.close();
      ledger.close();
      return Promise.resolve();
    },
  };
}
