import { etcd, redis } from '@holdfast/live';
import { lacking } from '../liveCheck.ts';
import { type Figure, quantile, shownMs, timed } from './figure.ts';
import { leaderOf, PARALLEL, withCluster, writesASecond } from './loading.ts';

const LOAD_MS = 2_500;

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

export const recorded: Figure = {
  name: 'recorded',
  skip: () => lacking('redis'),
  async run(rounds = 3) {
    const rates: number[] = [];
    for (let i = 0; i < rounds; i++) {
      rates.push(await withCluster(redis, async (one) => writesASecond(one, await leaderOf(one), LOAD_MS)));
    }
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
