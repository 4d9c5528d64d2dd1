import { roundsKilled } from '../killedRunner.ts';
import { lacking } from '../liveCheck.ts';
import type { Figure } from './figure.ts';

/** Files whose runs hold everything that could be left: namespaces and rules, tunnels, mounts. */
const FILES = [
  'live/etcd-partition.yaml',
  'live/partial-partition.yaml --network vxlan',
  'museum/nats-power-loss.yaml',
] as const;

/** The last moment at which a runner is killed. */
const LATEST_MS = 7_000;

export const killed: Figure = {
  name: 'killed',
  skip: () => lacking('etcd', 'nats', 'namespaces', 'vxlan', 'disk'),
  async run(rounds = 50) {
    let clean = 0;
    for (let round = 0; round < rounds; round++) {
      const [file = '', ...words] = (FILES[round % FILES.length] ?? '').split(' ');
      const afterMs = Math.round(Math.random() * LATEST_MS);
      const left = await roundsKilled(file, afterMs, words);
      if (left.length === 0) clean++;
      else console.error(`  ${file} killed after ${afterMs} ms left ${left.join(', ')}`);
    }
    return [
      {
        what: 'killed (SIGKILL) at a random moment: nothing left',
        measured: `${clean} of ${rounds}`,
        floor: 'all of 50',
        kept: clean === rounds,
      },
    ];
  },
};
