import assert from 'node:assert/strict';
import {
  awaitLeader,
  type Cluster,
  type ClusterOptions,
  etcd,
  EtcdMesh,
  type Hold,
  launchReady,
  loopbackSite,
  Recorder,
  redis,
  type System,
  takeHold,
} from '@holdfast/live';
import { lacking } from '../liveCheck.ts';
import { type Figure, quantile, shownMs, timed } from './figure.ts';

const LOAD_MS = 2_500;
const PARALLEL = 64;

/** Makes a cluster, uses it, and undoes it. */
async function withCluster<T>(
  system: System,
  use: (cluster: Cluster) => Promise<T>,
  more: (hold: Hold) => Partial<ClusterOptions> = () => ({}),
): Promise<T> {
  const hold = takeHold();
  try {
    const cluster = await launchReady(system, {
      ledger: hold.ledger,
      site: loopbackSite(),
      members: 3,
      settings: {},
      ...more(hold),
    });
    const used = await use(cluster);
    cluster.close();
    return used;
  } finally {
    assert.deepEqual(hold.release(), []);
  }
}

export const ready: Figure = {
  name: 'ready',
  skip: () => lacking('etcd'),
  async run(rounds = 20) {
    const times: number[] = [];
    for (let i = 0; i < rounds; i++) {
      const started = performance.now();
      await withCluster(etcd, () => {
        times.push(performance.now() - started);
        return Promise.resolve();
      });
    }
    const median = quantile(times, 0.5);
    const measured = `${shownMs(median)} (9 of 10 under ${shownMs(quantile(times, 0.9))}; ${rounds} starts)`;
    return [{ what: 'three-node etcd ready, median', measured, floor: '1 s', kept: median <= 1_000 }];
  },
};

/** Writes by so many at once to the leader, each recorded; how many a second were acknowledged. */
async function load(cluster: Cluster): Promise<number> {
  const leader = await awaitLeader(cluster, { withinMs: 10_000 });
  const recorder = new Recorder();
  const end = performance.now() + LOAD_MS;
  const started = performance.now();
  const lane = async (lane: number): Promise<void> => {
    for (let i = 0; performance.now() < end; i++) {
      const action = { f: 'write', key: `k${lane}`, input: i };
      await recorder.record(`c${lane}`, leader, action, () => cluster.perform(leader, action, 5_000));
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, (_, i) => lane(i)));
  const ok = recorder.recorded.filter(({ answer }) => answer.outcome === 'ok').length;
  return (ok * 1_000) / (performance.now() - started);
}

export const mesh: Figure = {
  name: 'mesh',
  skip: () => lacking('etcd'),
  async run(rounds = 5) {
    const [without, within]: [number[], number[]] = [[], []];
    for (let i = 0; i < rounds; i++) {
      without.push(await withCluster(etcd, load));
      let device: EtcdMesh | undefined;
      const through = withCluster(etcd, load, ({ ledger }) => {
        const made = new EtcdMesh(`holdfast-${ledger.runId}`);
        device = made;
        return { peerProxy: (index, address) => made.proxy(index, address) };
      });
      within.push(await through);
      device?.close();
    }
    const [plain, meshed] = [quantile(without, 0.5), quantile(within, 0.5)];
    const cost = 1 - meshed / plain;
    const measured = `${(cost * 100).toFixed(1)} % (${plain.toFixed(0)} and ${meshed.toFixed(0)} writes a second, ${PARALLEL} at once, medians of ${rounds})`;
    return [{ what: 'mesh in the path, throughput lost', measured, floor: 'under 10 %', kept: cost < 0.1 }];
  },
};

export const recorded: Figure = {
  name: 'recorded',
  skip: () => lacking('redis'),
  async run(rounds = 3) {
    const rates: number[] = [];
    for (let i = 0; i < rounds; i++) rates.push(await withCluster(redis, load));
    const best = quantile(rates, 0.5);
    const measured = `${best.toFixed(0)} (writes to Redis, ${PARALLEL} at once, median of ${rounds})`;
    return [
      { what: 'recorded operations a second, one process', measured, floor: '5,000', kept: best >= 5_000 },
    ];
  },
};

/** Stops and lets go on, as the signals device does. */
export async function pauses(rounds: number): Promise<readonly [number, number]> {
  return withCluster(etcd, async ({ members }) => {
    const placed: number[] = [];
    const undone: number[] = [];
    for (let i = 0; i < rounds; i++) {
      const server = members[i % members.length]?.servers[0];
      placed.push(await timed(() => server?.signal('SIGSTOP')));
      undone.push(await timed(() => server?.signal('SIGCONT')));
    }
    return [quantile(placed, 0.5), quantile(undone, 0.5)] as const;
  });
}
