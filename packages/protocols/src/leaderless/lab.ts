import { EMPTY_VECTOR } from '../clocks/vector.ts';
import { Breaches } from '../lab/breaches.ts';
import type { LabAnswer, LabCall, LabMonitor, LabTrouble, LabVariant, ProtocolLab } from '../lab/lab.ts';
import { leaderlessConfig, type LeaderlessOptions } from './config.ts';
import { leaderless } from './core.ts';
import type { LeaderlessDefect } from './defects.ts';
import type { LeaderlessCommand, LeaderlessMessage, LeaderlessResult } from './messages.ts';
import { LeaderlessMonitor } from './monitor.ts';
import type { LeaderlessState } from './state.ts';

const PROMISES = [
  'reads meet acknowledged writes',
  'no write is lost silently',
  'replicas agree after healing',
] as const;

const CRASHES: LabTrouble = {
  kind: 'storm',
  fault: 'crash',
  on: 'any',
  everyMs: [100, 500],
  forMs: [10, 300],
};
const POWER: readonly LabTrouble[] = [
  { kind: 'steady', fault: 'power-failures' },
  { kind: 'steady', fault: 'slow-disks', factor: 60 },
  { kind: 'storm', fault: 'crash', on: 'all', everyMs: [1_000, 3_000], forMs: [20, 300] },
];
const APART: LabTrouble = {
  kind: 'storm',
  fault: 'isolate',
  on: 'any',
  everyMs: [300, 900],
  forMs: [300, 900],
};

/** A leaderless store of five nodes with N = 3, W = R = 2. */
export const leaderlessLab: ProtocolLab<
  LeaderlessState,
  LeaderlessMessage,
  LeaderlessCommand,
  LeaderlessResult
> = {
  name: 'leaderless',
  about: 'a Dynamo-style store with three homes a key, two of which answer',
  nodes: [1, 2, 3, 4, 5],
  fewestNodes: 3,
  core: (variant) => leaderless(optionsOf(variant)),
  monitor: watch,
  promises: PROMISES,
  operations: [
    { f: 'read', weight: 4, judged: false, atTheEnd: true },
    { f: 'add', weight: 2, judged: false, input: (draw) => draw.unique() },
    { f: 'replace', weight: 3, judged: false, input: (draw) => draw.unique() },
    { f: 'delete', weight: 1, judged: false },
  ],
  model: null,
  clients: { kind: 'one-at-a-time', retries: false },
  command: commandOf,
  answer: readResult,
  survives: ['crash-recovery', 'omission', 'timing'],
  troubles: [
    {
      kind: 'swarm',
      classes: ['crashes', 'lostWrites', 'pauses', 'loss', 'duplication', 'reordering', 'partitions'],
    },
  ],
  load: { clients: 5, keys: 8, ratePerSecond: 30 },
  bounds: { simulatedSeconds: 20, recoverWithinMs: 4_000 },
  defects: [
    {
      name: 'forgets-on-restart',
      about: 'boots empty after a crash and counts its writes from 1 again',
      breaks: 'no write is lost silently',
      catalogue: 108,
      troubles: [CRASHES],
    },
    {
      name: 'acks-before-fsync',
      about: 'acknowledges what only its memory holds',
      breaks: 'reads meet acknowledged writes',
      catalogue: 28,
      ratePerSecond: 60,
      troubles: POWER,
    },
    {
      name: 'collects-tombstones',
      about: 'forgets deletions after a time',
      breaks: 'reads meet acknowledged writes',
      catalogue: 110,
      troubles: [APART],
    },
    {
      name: 'write-ignores-context',
      about: 'replaces what the coordinator holds, whatever the writer had read',
      breaks: 'no write is lost silently',
      catalogue: 114,
    },
  ],
};

function optionsOf({ nodes, defect, options }: LabVariant): LeaderlessOptions {
  return { antiEntropyMs: 150, ...options, nodes, defect: defect as LeaderlessDefect | undefined };
}

function commandOf({ f, key, input }: LabCall): LeaderlessCommand {
  switch (f) {
    case 'read':
      return { kind: 'get', key };
    case 'delete':
      return { kind: 'delete', key, read: 'held' };
    case 'add':
      return { kind: 'put', key, value: input, read: EMPTY_VECTOR, time: 1 };
    default:
      return { kind: 'put', key, value: input, read: 'held', time: 1 };
  }
}

function readResult(result: LeaderlessResult): LabAnswer {
  if (result.ok) return { kind: 'done', output: result.values };
  return result.error === 'too-many-open' ? { kind: 'redirect', node: 0 } : { kind: 'unclear' };
}

function watch(variant: LabVariant): LabMonitor<LeaderlessState, LeaderlessCommand, LeaderlessResult> {
  const monitor = new LeaderlessMonitor(leaderlessConfig(optionsOf(variant)));
  const breaches = new Breaches();
  const hear = (): void => {
    for (const { promise, node, reason } of monitor.violations) breaches.add(promise, node, reason);
  };
  return {
    breaches: breaches.list,
    memory: { parts: { monitor } },
    examined: (promise) => monitor.examined.get(promise) ?? 0,
    noted(node, kind, data): void {
      monitor.note(node, kind, data);
      hear();
    },
    ended(states): void {
      monitor.ended(states);
      hear();
    },
  };
}
