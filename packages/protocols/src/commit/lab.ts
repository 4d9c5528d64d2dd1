import { Breaches } from '../lab/breaches.ts';
import type { Core } from '../core/core.ts';
import {
  type InstanceCommand,
  type InstanceMessage,
  instances,
  type InstancesState,
} from '../lab/instances.ts';
import type { LabAnswer, LabDefect, LabMonitor, LabVariant, ProtocolLab } from '../lab/lab.ts';
import type { CommitDefect, CommitOptions } from './config.ts';
import { consensusCommit } from './consensus.ts';
import { CommitMonitor } from './monitor.ts';
import type { CommitCommand, CommitPhase, CommitResult } from './state.ts';
import { threePhaseCommit } from './threePhase.ts';
import { twoPhaseCommit } from './twoPhase.ts';

/** What the monitor looks at in any of the three. */
interface Watched {
  readonly phase: CommitPhase;
  readonly token: number;
}

type State = InstancesState<Watched>;
type Command = InstanceCommand<CommitCommand>;
type Lab = ProtocolLab<State, InstanceMessage<unknown>, Command, CommitResult>;
type AnyCommit = Core<Watched, unknown, CommitCommand, CommitResult>;

const PROMISES = ['atomicity', 'unanimity'] as const;

/** Three-phase commit where messages are lost and sides form: its assumption, withdrawn. */
const UNDER_PARTITION = 'under-partition';

/** One transaction in four is refused by the last participant. */
const isRefused = (instance: number): boolean => instance % 4 === 0;

function optionsOf({ nodes, defect, options }: LabVariant, instance: number): CommitOptions {
  const [coordinator = 0, ...participants] = nodes;
  const refusing = isRefused(instance) ? participants.slice(-1) : [];
  // Under a partition it is the correct protocol that runs.
  const broken = defect === UNDER_PARTITION ? undefined : (defect as CommitDefect | undefined);
  return { ...options, coordinator, participants, refusing, defect: broken };
}

/** A core for the transactions that all agree to, and one for those that somebody refuses. */
function coresOf(name: string, make: (options: CommitOptions) => AnyCommit): Lab['core'] {
  return (variant) => {
    const cores = [0, 1].map((instance) => make(optionsOf(variant, instance)));
    return instances(name, (instance) => cores[isRefused(instance) ? 0 : 1] as AnyCommit);
  };
}

function commitLab(
  name: string,
  about: string,
  make: (options: CommitOptions) => AnyCommit,
  rest: Pick<Lab, 'survives' | 'troubles' | 'defects'>,
): Lab {
  return {
    name,
    about,
    nodes: [1, 2, 3, 4],
    fewestNodes: 3,
    core: coresOf(name, make),
    monitor: watch,
    promises: PROMISES,
    operations: [{ f: 'commit', weight: 1, judged: false }],
    model: null,
    clients: { kind: 'one-at-a-time', retries: true },
    command: ({ process, sequence }) => ({ instance: process * 1_000 + sequence, command: 'commit' }),
    answer: readResult,
    load: { clients: 5, keys: 1, ratePerSecond: 20 },
    bounds: { simulatedSeconds: 12, recoverWithinMs: 3_000 },
    ...rest,
  };
}

function readResult(result: CommitResult): LabAnswer {
  if (result.ok) return { kind: 'done', output: result.decision };
  // The coordinator is the first to be asked: whoever is not it says so by its number.
  return result.error === 'not-coordinator' ? { kind: 'redirect', node: 1 } : { kind: 'unclear' };
}

const POWER = { kind: 'steady', fault: 'power-failures' } as const;
const SLOW_DISKS = { kind: 'steady', fault: 'slow-disks', factor: 60 } as const;

const DEFECTS: readonly LabDefect[] = [
  {
    name: 'prepares-in-memory',
    about: 'a participant says yes without a durable record',
    breaks: 'atomicity',
    catalogue: 116,
    ratePerSecond: 30,
    troubles: [POWER, { kind: 'storm', fault: 'crash', on: 'any', everyMs: [50, 200], forMs: [1, 50] }],
  },
  {
    name: 'aborts-alone-after-yes',
    about: 'a participant that said yes gives up waiting, and aborts',
    breaks: 'atomicity',
    catalogue: 117,
    ratePerSecond: 30,
    troubles: [{ kind: 'steady', fault: 'loss', probability: 0.3 }],
  },
  {
    name: 'answers-before-forcing-log',
    about: 'the coordinator announces commit before it is durable',
    breaks: 'atomicity',
    catalogue: 117,
    ratePerSecond: 30,
    troubles: [
      POWER,
      SLOW_DISKS,
      { kind: 'storm', fault: 'crash', on: 'any', everyMs: [50, 200], forMs: [1, 50] },
    ],
  },
];

const THREE_PHASE_DEFECTS_SHOWN: readonly LabDefect[] = [
  {
    name: 'skips-precommit',
    about: 'the coordinator commits as soon as all have said yes, which nobody else knows',
    breaks: 'atomicity',
    ratePerSecond: 60,
    troubles: [{ kind: 'storm', fault: 'crash', on: 'any', everyMs: [50, 150], forMs: [200, 300] }],
  },
  {
    name: UNDER_PARTITION,
    about: 'runs where sides form, which it takes for crashes of the others',
    breaks: 'atomicity',
    catalogue: 117,
    ratePerSecond: 30,
    withdraws: ['omission'],
    troubles: [{ kind: 'storm', fault: 'isolate', on: 'any', everyMs: [300, 900], forMs: [300, 900] }],
  },
];

const CONSENSUS_DEFECTS_SHOWN: readonly LabDefect[] = [
  {
    name: 'decides-alone',
    about: 'the coordinator takes the votes for the decision, whatever is decided',
    breaks: 'atomicity',
    ratePerSecond: 30,
    troubles: [{ kind: 'steady', fault: 'loss', probability: 0.3 }],
  },
];

const EVERYTHING = {
  survives: ['crash-recovery', 'omission', 'timing'],
  troubles: [
    {
      kind: 'swarm',
      classes: ['crashes', 'lostWrites', 'pauses', 'loss', 'duplication', 'reordering', 'partitions'],
    },
  ],
} as const satisfies Pick<Lab, 'survives' | 'troubles'>;

/** Two-phase commit: atomic whatever happens, and blocked now and then. */
export const twoPhaseLab: Lab = commitLab(
  'two-phase-commit',
  'transactions over three participants by two-phase commit',
  (options) => twoPhaseCommit(options) as unknown as AnyCommit,
  { ...EVERYTHING, defects: DEFECTS },
);

/** Three-phase commit where its assumption holds: nodes crash, and nothing is lost or late. */
export const threePhaseLab: Lab = commitLab(
  'three-phase-commit',
  'transactions over three participants by three-phase commit, where messages arrive in time',
  (options) => threePhaseCommit(options) as unknown as AnyCommit,
  {
    survives: ['crash-recovery'],
    troubles: [{ kind: 'storm', fault: 'crash', on: 'any', everyMs: [1_000, 3_000], forMs: [300, 900] }],
    defects: THREE_PHASE_DEFECTS_SHOWN,
  },
);

/** Commit by consensus: atomic whatever happens, and never blocked by one node. */
export const consensusCommitLab: Lab = commitLab(
  'consensus-commit',
  'transactions over three participants, each decided by consensus',
  (options) => consensusCommit(options) as unknown as AnyCommit,
  { ...EVERYTHING, defects: CONSENSUS_DEFECTS_SHOWN },
);

function watch(variant: LabVariant): LabMonitor<State, Command, CommitResult> {
  const monitors = new Map<number, CommitMonitor>();
  const breaches = new Breaches();
  const of = (instance: number): CommitMonitor => {
    const { refusing = [] } = optionsOf(variant, instance);
    const monitor = monitors.get(instance) ?? new CommitMonitor({ refusing });
    monitors.set(instance, monitor);
    return monitor;
  };
  const hear = (node: number, instance: number, tell: (monitor: CommitMonitor) => void): void => {
    const monitor = of(instance);
    const { examined } = monitor;
    tell(monitor);
    for (const promise of PROMISES) breaches.count(promise, monitor.examined - examined);
    for (const { promise, reason } of monitor.violations) {
      breaches.add(promise, node, `transaction ${instance}: ${reason}`);
    }
  };
  return {
    breaches: breaches.list,
    memory: { parts: { monitors }, classes: [CommitMonitor] },
    examined: (promise) => breaches.examined(promise),
    answered: (node, { instance }, result) => hear(node, instance, (monitor) => monitor.told(node, result)),
    observe(node, state): void {
      for (const instance of state.touched) {
        const own = state.instances[instance];
        if (own !== undefined) hear(node, instance, (monitor) => monitor.observe(node, own));
      }
    },
  };
}
