import assert from 'node:assert/strict';
import {
  awaitLeader,
  type Cluster,
  type ClusterOptions,
  type Hold,
  launchReady,
  loopbackSite,
  type Member,
  Recorder,
  type System,
  takeHold,
} from '@holdfast/live';

/** Clients that ask at once, each for a key of its own, each again as soon as it is answered. */
export const PARALLEL = 64;
const LEADER_MS = 10_000;
const DEADLINE_MS = 5_000;

/** Makes a cluster, uses it, and undoes it. */
export async function withCluster<T>(
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

/** The member that leads. */
export function leaderOf(cluster: Cluster): Promise<Member> {
  return awaitLeader(cluster, { withinMs: LEADER_MS });
}

/** Writes by so many at once to a member for so long, each recorded; how many a second were acknowledged. */
export async function writesASecond(cluster: Cluster, member: Member, forMs: number): Promise<number> {
  const recorder = new Recorder();
  const started = performance.now();
  const end = started + forMs;
  const lane = async (lane: number): Promise<void> => {
    for (let i = 0; performance.now() < end; i++) {
      const action = { f: 'write', key: `k${lane}`, input: i };
      await recorder.record(`c${lane}`, member, action, () => cluster.perform(member, action, DEADLINE_MS));
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, (_, i) => lane(i)));
  const ok = recorder.recorded.filter(({ answer }) => answer.outcome === 'ok').length;
  return (ok * 1_000) / (performance.now() - started);
}
