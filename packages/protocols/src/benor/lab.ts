import type { LabAnswer, LabDefect, ProtocolLab } from '../lab/lab.ts';
import { benOr } from './core.ts';
import type { BenOrDefect } from './defects.ts';
import type { BenOrMessage, Bit } from './messages.ts';
import { BEN_OR_PROMISES, BenOrMonitor } from './monitor.ts';
import type { BenOrCommand, BenOrResult, BenOrState } from './state.ts';

/** Nodes asked at almost the same time, that see different majorities. */
const DISORDER = {
  ratePerSecond: 2_000,
  troubles: [
    { kind: 'steady', fault: 'loss', probability: 0.3 },
    { kind: 'steady', fault: 'reorder', probability: 0.3, holdMs: 100 },
  ],
} as const satisfies Partial<LabDefect>;

/** Ben-Or's consensus on five nodes, as the laboratory takes it: one decision a run. */
export const benOrLab: ProtocolLab<BenOrState, BenOrMessage, BenOrCommand, BenOrResult> = {
  name: 'ben-or',
  about: 'one bit decided by five nodes that toss coins',
  nodes: [1, 2, 3, 4, 5],
  fewestNodes: 3,
  core: ({ nodes, defect, options }) =>
    benOr({ ...options, nodes, defect: defect as BenOrDefect | undefined }),
  monitor: () => new BenOrMonitor(),
  promises: BEN_OR_PROMISES,
  operations: [{ f: 'propose', weight: 1, judged: false, input: (draw) => draw.below(2, 'bit') }],
  model: null,
  clients: { kind: 'one-at-a-time', retries: true },
  command: ({ input }) => ({ value: input as Bit }),
  answer: (result): LabAnswer =>
    result.ok ? { kind: 'done', output: result.value } : { kind: 'redirect', node: 0 },
  survives: ['crash-recovery', 'omission', 'timing'],
  troubles: [
    {
      kind: 'swarm',
      classes: ['crashes', 'lostWrites', 'pauses', 'loss', 'duplication', 'reordering', 'partitions'],
    },
  ],
  load: { clients: 5, keys: 1, ratePerSecond: 200 },
  bounds: { simulatedSeconds: 4, recoverWithinMs: 1_000 },
  defects: [
    {
      name: 'proposes-without-majority',
      about: 'proposes what was most reported to it, by however many',
      breaks: 'agreement',
      ...DISORDER,
    },
  ],
};
