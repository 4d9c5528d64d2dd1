import { relative } from 'node:path';
import type { MaelstromOptions } from './options.ts';

/** The words that make such a test again, from this folder; what is as it is without words is left out. */
export function commandOf(options: MaelstromOptions, cwd: string): string {
  const { workload, bin, args, nodes, clients, latency, nemeses, availability, seed } = options;
  const near = relative(cwd, bin);
  const program = !bin.includes('/') ? bin : near.startsWith('..') ? bin : `./${near}`;
  const numbered = nodes[0] === 'n0';
  const words: readonly (readonly [option: string, value: string | number, otherwise: string | number])[] = [
    ['--node-count', numbered ? nodes.length : 5, 5],
    ['--concurrency', clients, nodes.length],
    ['--rate', options.rate, 5],
    ['--time-limit', options.timeLimitMs / 1_000, 10],
    ['--recovery-time', options.recoveryMs / 1_000, nemeses.length > 0 ? 10 : 3],
    ['--timeout', options.timeoutMs / 1_000, 5],
    ['--latency', latency.meanMs, 0],
    ['--latency-dist', latency.distribution, 'constant'],
    ['--loss', options.loss, 0],
    ['--duplicate', options.duplicate, 0],
    ['--nemesis', nemeses.join(','), ''],
    ['--nemesis-interval', options.nemesisIntervalMs / 1_000, 10],
    ['--topology', options.topology, 'grid'],
    ['--consistency-models', options.consistencyModels, 'strict-serializable'],
    ['--availability', availability ?? '', ''],
    ['--key-count', options.keyCount, workload.keys],
    ['--max-txn-length', options.maxTxnLength, 4],
    ['--max-writes-per-key', options.maxWritesPerKey, 16],
    ['--seed', seed, 1],
  ];
  const said = words
    .filter(([, value, otherwise]) => value !== otherwise)
    .map(([option, value]) => `${option} ${value}`);
  const behind =
    args.length === 0
      ? []
      : ['--', ...args.map((arg) => (/^[\w./:=@-]+$/.test(arg) ? arg : JSON.stringify(arg)))];
  return ['npx holdfast maelstrom -w', workload.name, '--bin', program, ...said, ...behind].join(' ');
}
