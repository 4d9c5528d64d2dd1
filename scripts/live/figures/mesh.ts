import { type Cluster, etcd, EtcdMesh, type Hold, type ClusterOptions } from '@holdfast/live';
import { lacking } from '../liveCheck.ts';
import { type Figure, quantile } from './figure.ts';
import { leaderOf, PARALLEL, withCluster, writesASecond } from './loading.ts';

const LIMIT = 0.1;
/** Both clusters run at once and are loaded in turns, so short that both meet the same machine. */
const TURN_MS = 300;
const TURNS = 40;

/** What the mesh costs: a cluster with it and one without, side by side. */
export const mesh: Figure = {
  name: 'mesh',
  skip: () => lacking('etcd'),
  async run(rounds = 3) {
    const costs: number[] = [];
    const [without, within]: [number[], number[]] = [[], []];
    for (let i = 0; i < rounds; i++) {
      await sideBySide((plain, meshed) => {
        without.push(plain);
        within.push(meshed);
        costs.push(1 - meshed / plain);
      });
    }
    const [cost, low, high] = [quantile(costs, 0.5), quantile(costs, 0.25), quantile(costs, 0.75)];
    const rates = `${quantile(without, 0.5).toFixed(0)} and ${quantile(within, 0.5).toFixed(0)} writes a second`;
    const measured = `${percent(cost)} (${rates}, ${PARALLEL} at once; median of ${costs.length} pairs of turns, half of them from ${percent(low)} to ${percent(high)})`;
    return [{ what: 'mesh in the path, throughput lost', measured, floor: 'under 10 %', kept: cost < LIMIT }];
  },
};

/** Two fresh clusters, loaded in turns after one turn each that does not count. */
async function sideBySide(each: (plain: number, meshed: number) => void): Promise<void> {
  let device: EtcdMesh | undefined;
  const through = ({ ledger }: Hold): Partial<ClusterOptions> => {
    const made = new EtcdMesh(`holdfast-${ledger.runId}`);
    device = made;
    return { peerProxy: (index, address) => made.proxy(index, address) };
  };
  await withCluster(etcd, (plain) => withCluster(etcd, (meshed) => turns(plain, meshed, each), through));
  device?.close();
}

async function turns(
  plain: Cluster,
  meshed: Cluster,
  each: (plain: number, meshed: number) => void,
): Promise<void> {
  const [one, other] = [await leaderOf(plain), await leaderOf(meshed)];
  const onPlain = (): Promise<number> => writesASecond(plain, one, TURN_MS);
  const onMeshed = (): Promise<number> => writesASecond(meshed, other, TURN_MS);
  await onPlain();
  await onMeshed();
  for (let turn = 0; turn < TURNS; turn++) {
    // Who goes first changes, so that neither always has the better half.
    if (turn % 2 === 0) each(await onPlain(), await onMeshed());
    else {
      const second = await onMeshed();
      each(await onPlain(), second);
    }
  }
}

function percent(part: number): string {
  return `${(part * 100).toFixed(1)} %`;
}
