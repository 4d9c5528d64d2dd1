import { kv } from '../kv/kv.ts';
import { Breaches } from '../lab/breaches.ts';
import type { LabAnswer, LabMonitor, ProtocolLab } from '../lab/lab.ts';
import { REGISTER_OPERATIONS, registerOperation } from '../lab/operations.ts';
import { multiPaxos } from './core.ts';
import type { MultiPaxosDefect } from './defects.ts';
import type { MultiPaxosMessage, SlotEntry } from './messages.ts';
import { MultiPaxosMonitor } from './monitor.ts';
import type { MultiPaxosCommand, MultiPaxosResult, MultiPaxosState } from './state.ts';

const NODES = [1, 2, 3, 4, 5] as const;
const PROMISES = ['agreement', 'validity', 'state machine safety'] as const;

/** Multi-Paxos on five nodes, as the laboratory takes it. */
export const multiPaxosLab: ProtocolLab<
  MultiPaxosState,
  MultiPaxosMessage,
  MultiPaxosCommand,
  MultiPaxosResult
> = {
  name: 'multi-paxos',
  about: 'a key-value store on five Multi-Paxos nodes with a stable leader',
  nodes: NODES,
  fewestNodes: 3,
  core: ({ nodes, defect, options }) =>
    multiPaxos(
      {
        ...options,
        nodes,
        defect: defect as MultiPaxosDefect | undefined,
        ...(defect === 'non-intersecting-quorums'
          ? { phase1Quorum: 2, phase2Quorum: nodes.length >> 1 }
          : {}),
      },
      kv,
    ),
  monitor: watch,
  promises: PROMISES,
  operations: REGISTER_OPERATIONS,
  model: 'cas-register',
  clients: { kind: 'one-at-a-time', retries: true },
  command: (call) => ({
    client: call.process + 1,
    sequence: call.sequence,
    operation: registerOperation(call) as never,
  }),
  answer: readResult,
  leads: ({ role }) => role === 'leader',
  survives: ['crash-recovery', 'omission', 'timing'],
  troubles: [
    {
      kind: 'swarm',
      classes: ['crashes', 'lostWrites', 'pauses', 'loss', 'duplication', 'reordering', 'partitions'],
    },
  ],
  load: { clients: 5, keys: 3, ratePerSecond: 20 },
  bounds: { simulatedSeconds: 20, recoverWithinMs: 4_000 },
  defects: [
    {
      name: 'executes-past-gap',
      about: 'carries out chosen commands though an earlier slot is not chosen yet',
      breaks: 'state machine safety',
      catalogue: 91,
    },
    {
      name: 'leaves-gaps',
      about: 'a new leader leaves slots it heard nothing of empty for ever',
      breaks: 'liveness after healing',
      catalogue: 91,
      nodes: [1, 2, 3],
      // Several slots open at once when the leader stops, the first of them lost.
      ratePerSecond: 150,
      simulatedSeconds: 16.5,
      troubles: [
        { kind: 'steady', fault: 'loss', probability: 0.1 },
        { kind: 'storm', fault: 'crash', on: 'leader', everyMs: [1_000, 2_500], forMs: [100, 400] },
      ],
    },
    {
      name: 'non-intersecting-quorums',
      about: 'takes quorums of the two phases that need not meet',
      breaks: 'agreement',
      catalogue: 91,
    },
    {
      name: 'forgets-on-restart',
      about: 'boots empty after a crash and keeps its id',
      breaks: 'agreement',
      catalogue: 87,
      nodes: [1, 2, 3],
      ratePerSecond: 60,
      troubles: [
        { kind: 'steady', fault: 'loss', probability: 0.3 },
        { kind: 'storm', fault: 'crash', on: 'any', everyMs: [200, 900], forMs: [10, 200] },
      ],
    },
  ],
};

function readResult(result: MultiPaxosResult): LabAnswer {
  if (result.ok) return { kind: 'done', output: result.value };
  switch (result.error) {
    case 'not-leader':
      return { kind: 'redirect', node: result.leader };
    case 'too-many-open':
      return { kind: 'redirect', node: 0 };
    default:
      return { kind: 'unclear' };
  }
}

function watch(): LabMonitor<MultiPaxosState, MultiPaxosCommand, MultiPaxosResult> {
  const monitor = new MultiPaxosMonitor();
  const breaches = new Breaches();
  const hear = (): void => {
    for (const { promise, node, reason } of monitor.violations) breaches.add(promise, node, reason);
  };
  return {
    breaches: breaches.list,
    memory: { parts: { monitor } },
    examined: () => monitor.examined,
    requested: (_node, command) => monitor.asked(command),
    noted(node, kind, data): void {
      if (kind !== 'chosen') return;
      const { slot, entry } = data as { readonly slot: number; readonly entry: SlotEntry };
      monitor.chosen(node, slot, entry);
      hear();
    },
    observe(node, state): void {
      monitor.observe(node, state);
      hear();
    },
  };
}
