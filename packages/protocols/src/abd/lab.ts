import { Breaches } from '../lab/breaches.ts';
import type { LabAnswer, LabMonitor, ProtocolLab } from '../lab/lab.ts';
import { READ_WRITE_OPERATIONS } from '../lab/operations.ts';
import { abd } from './core.ts';
import type { AbdDefect } from './defects.ts';
import { AbdMonitor } from './monitor.ts';
import type { AbdCommand, AbdMessage, AbdResult, AbdState } from './state.ts';

/** ABD registers on three nodes, written by any of them. */
export const abdLab: ProtocolLab<AbdState, AbdMessage, AbdCommand, AbdResult> = {
  name: 'abd',
  about: 'linearizable registers on three nodes without a leader',
  nodes: [1, 2, 3],
  core: ({ nodes, defect, options }) => abd({ ...options, nodes, defect: defect as AbdDefect | undefined }),
  monitor: watch,
  promises: ['one value a tag'],
  operations: READ_WRITE_OPERATIONS,
  model: 'register',
  clients: { kind: 'one-at-a-time', retries: false },
  command: ({ f, key, input }) => (f === 'read' ? { f, key } : { f: 'write', key, value: input }),
  answer: readResult,
  survives: ['crash-recovery', 'omission', 'timing'],
  troubles: [
    {
      kind: 'swarm',
      classes: ['crashes', 'lostWrites', 'pauses', 'loss', 'duplication', 'reordering', 'partitions'],
    },
  ],
  load: { clients: 5, keys: 3, ratePerSecond: 20 },
  bounds: { simulatedSeconds: 16, recoverWithinMs: 4_000 },
  defects: [
    {
      name: 'no-write-back',
      about: 'a read returns what it has not stored at a majority',
      breaks: 'linearizability',
      catalogue: 110,
      ratePerSecond: 80,
      troubles: [
        { kind: 'steady', fault: 'loss', probability: 0.3 },
        { kind: 'steady', fault: 'slow-disks', factor: 30 },
      ],
    },
    {
      name: 'tags-without-writer',
      about: 'two writers give one tag to two values',
      breaks: 'one value a tag',
      catalogue: 89,
      ratePerSecond: 60,
    },
    {
      name: 'no-query',
      about: 'a writer numbers its writes by itself',
      breaks: 'linearizability',
      catalogue: 15,
    },
    {
      name: 'forgets-on-restart',
      about: 'boots empty after a crash and keeps its name',
      breaks: 'linearizability',
      catalogue: 38,
      troubles: [{ kind: 'storm', fault: 'crash', on: 'any', everyMs: [200, 600], forMs: [10, 200] }],
    },
  ],
};

function readResult(result: AbdResult): LabAnswer {
  if (result.ok) return { kind: 'done', output: result.value };
  return { kind: 'redirect', node: result.writer };
}

function watch(): LabMonitor<AbdState, AbdCommand, AbdResult> {
  const monitor = new AbdMonitor();
  const breaches = new Breaches();
  return {
    breaches: breaches.list,
    memory: { parts: { monitor } },
    examined: () => monitor.examined,
    observe(node, state): void {
      monitor.observe(node, state);
      for (const { promise, node: at, reason } of monitor.violations) breaches.add(promise, at, reason);
    },
  };
}
