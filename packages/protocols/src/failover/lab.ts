import type { LabAnswer, LabDefect, LabTrouble, LabVariant, ProtocolLab } from '../lab/lab.ts';
import { failoverConfig, type FailoverOptions, type FailoverPolicy } from './config.ts';
import { failover } from './core.ts';
import type { FailoverDefect } from './defects.ts';
import { AuthorityMonitor, FAILOVER_PROMISES } from './monitor.ts';
import type { FailoverCommand, FailoverMessage, FailoverResult, FailoverState } from './state.ts';
import type { AuthoritySystem, SplitBrainPrevention } from './systems.ts';

/** The leader is cut off for longer than the others wait; half of the clients stay with it. */
const ISOLATIONS: readonly LabTrouble[] = [
  { kind: 'storm', fault: 'isolate', on: 'leader', everyMs: [900, 2_000], forMs: [900, 2_000] },
];
/** Cuts of all shapes: the leader is given up while it lives and reaches what both share. */
const CUTS: readonly LabTrouble[] = [
  { kind: 'swarm', classes: ['partitions'] },
  { kind: 'swarm', classes: ['partitions'] },
];

/** Authority by votes and by time alone: nobody checks what arrives. */
const BY_TIME = {
  options: { system: 'job-scheduler', preventions: 'quorum-election fail-closed no-force-promotion' },
  troubles: CUTS,
  simulatedSeconds: 40,
} as const satisfies Partial<LabDefect>;

/** A pair with failover, a witness, what both share, and a power switch. */
export const failoverLab: ProtocolLab<FailoverState, FailoverMessage, FailoverCommand, FailoverResult> = {
  name: 'failover',
  about: 'one of a pair has authority: failover with seven preventions of split brain',
  nodes: [1, 2, 3, 4, 5],
  core: (variant) => failover(optionsOf(variant)),
  monitor: (variant) => new AuthorityMonitor(failoverConfig(optionsOf(variant))),
  promises: FAILOVER_PROMISES,
  operations: [
    { f: 'act', weight: 60, judged: false },
    // An operator who has lost patience.
    { f: 'force', weight: 1, judged: false },
  ],
  model: null,
  clients: { kind: 'one-at-a-time', retries: true },
  command: ({ f }) => ({ kind: f === 'force' ? 'force' : 'act' }),
  answer: readResult,
  leads: (state) => state.kind === 'pair' && state.role === 'leader',
  survives: ['crash-recovery', 'omission', 'timing'],
  troubles: [
    { kind: 'swarm', classes: ['crashes', 'lostWrites', 'loss', 'duplication', 'partitions'] },
    ...ISOLATIONS,
  ],
  load: { clients: 4, keys: 1, ratePerSecond: 30 },
  bounds: { simulatedSeconds: 16, recoverWithinMs: 3_000 },
  // Whoever was shot stays down until somebody has looked at it.
  recovers: false,
  defects: [
    {
      name: 'keeps-leading',
      about: 'a leader that hears no majority goes on, as it still has clients',
      breaks: 'one authority at a time',
      catalogue: 41,
      ...BY_TIME,
    },
    {
      name: 'votes-while-led',
      about: 'the witness votes for another though it hears the leader',
      breaks: 'nothing is done twice',
      catalogue: 50,
      ...BY_TIME,
    },
    {
      name: 'promotes-unconfirmed',
      about: 'takes over before the power switch has said that the old leader is off',
      breaks: 'one authority at a time',
      options: { system: 'storage-volume', preventions: 'stonith no-force-promotion' },
      troubles: ISOLATIONS,
    },
    {
      name: 'compares-with-own-epoch',
      about: 'the shared part refuses only what is older than what the sender itself said last',
      breaks: 'one authority at a time',
      options: { system: 'lock-service', preventions: 'fencing-tokens' },
      troubles: CUTS,
      simulatedSeconds: 40,
    },
    {
      name: 'mounts-beside',
      about: 'the storage lets a second writer in and leaves the first where it is',
      breaks: 'one authority at a time',
      options: { system: 'storage-volume', preventions: 'single-writer-storage' },
      troubles: CUTS,
      simulatedSeconds: 40,
    },
    {
      name: 'forces-unfenced',
      about: "takes an operator's word for proof that the old leader is gone",
      breaks: 'one authority at a time',
      options: { system: 'job-scheduler', preventions: 'stonith no-force-promotion' },
      troubles: CUTS,
      simulatedSeconds: 40,
    },
  ],
};

function optionsOf({ nodes, defect, options }: LabVariant): FailoverOptions {
  const [a, b, witness, shared, powerSwitch] = nodes as [number, number, number, number, number];
  const { system, policy, preventions, ...times } = options;
  return {
    ...times,
    pair: [a, b],
    witness,
    shared,
    powerSwitch,
    ...(system === undefined ? {} : { system: system as AuthoritySystem }),
    ...(policy === undefined ? {} : { policy: policy as FailoverPolicy }),
    ...(typeof preventions === 'string' ? { preventions: namesIn(preventions) } : {}),
    defect: defect as FailoverDefect | undefined,
  };
}

/** The names in a list with spaces between them. */
function namesIn(text: string): SplitBrainPrevention[] {
  return text.split(' ').filter((name) => name !== '') as SplitBrainPrevention[];
}

function readResult(result: FailoverResult): LabAnswer {
  if (result.ok) return { kind: 'done', output: result.item };
  switch (result.error) {
    case 'not-leader':
      return { kind: 'redirect', node: result.leader };
    case 'old-leader-not-fenced':
      return { kind: 'refused', why: result.error };
    case 'authority-lost':
      return { kind: 'unclear' };
  }
}
