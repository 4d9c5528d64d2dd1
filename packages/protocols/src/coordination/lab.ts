import type { LabAnswer, LabCall, LabDefect, LabTrouble, LabVariant, ProtocolLab } from '../lab/lab.ts';
import { REGISTER_OPERATIONS } from '../lab/operations.ts';
import type { CoordinationOptions } from './config.ts';
import { coordination } from './core.ts';
import type { CoordinationDefect } from './defects.ts';
import type { CoordinationOperation } from './machine.ts';
import { COORDINATION_PROMISES, CoordinationMonitor } from './monitor.ts';
import type {
  CoordinationCommand,
  CoordinationMessage,
  CoordinationResult,
  CoordinationState,
} from './state.ts';

/** How long sessions of the lab live without a renewal. */
const TTL_MS = 400;

const CRASHES: readonly LabTrouble[] = [
  { kind: 'storm', fault: 'crash', on: 'any', everyMs: [300, 900], forMs: [10, 300] },
];

/** A history short enough that watches come too late for it. */
const SHORT_HISTORY = {
  options: { keepEvents: 20, snapshotEvery: 10, keepEntries: 5 },
  ratePerSecond: 60,
} as const satisfies Partial<LabDefect>;

/** Three members, clients that read, write, keep sessions alive and watch. */
export const coordinationLab: ProtocolLab<
  CoordinationState,
  CoordinationMessage,
  CoordinationCommand,
  CoordinationResult
> = {
  name: 'coordination',
  about: 'sessions, ephemeral keys, watches and revisions on three nodes of Raft',
  nodes: [1, 2, 3],
  core: (variant) => coordination(coordinationOptionsOf(variant)),
  monitor: () => new CoordinationMonitor(),
  promises: COORDINATION_PROMISES,
  operations: [
    // All of it is judged by the monitor: revisions order everything.
    ...REGISTER_OPERATIONS.map((operation) => ({ ...operation, judged: false })),
    { f: 'keep-alive', weight: 3, judged: false },
    { f: 'ephemeral', weight: 2, judged: false, input: (draw) => draw.unique() },
    { f: 'remove', weight: 1, judged: false },
    { f: 'watch', weight: 4, judged: false, input: (draw) => 1 + draw.below(300, 'from') },
  ],
  model: null,
  clients: { kind: 'one-at-a-time', retries: true },
  command: coordinationCommandOf,
  answer: readResult,
  leads: ({ raft }) => raft.role === 'leader',
  survives: ['crash-recovery', 'omission', 'timing'],
  troubles: [
    {
      kind: 'swarm',
      classes: [
        'crashes',
        'lostWrites',
        'pauses',
        'loss',
        'duplication',
        'reordering',
        'partitions',
        'clockSkew',
      ],
    },
  ],
  load: { clients: 5, keys: 3, ratePerSecond: 30 },
  bounds: { simulatedSeconds: 16, recoverWithinMs: 4_000 },
  defects: [
    {
      name: 'misses-after-reconnect',
      about: 'serves a watch that comes back from now on, not from where it was',
      breaks: 'watches see every event once, in order',
      catalogue: 79,
    },
    {
      name: 'answers-future-watch',
      about: 'gives a watch from a revision still to come what there is',
      breaks: 'watches see every event once, in order',
      catalogue: 80,
    },
    {
      name: 'drops-deletes',
      about: 'does not tell a watch of keys that went',
      breaks: 'watches see every event once, in order',
      catalogue: 80,
    },
    {
      name: 'serves-compacted',
      about: 'gives a watch from before the compaction what is left',
      breaks: 'watches see every event once, in order',
      catalogue: 79,
      ...SHORT_HISTORY,
    },
    {
      name: 'revision-lost-in-snapshot',
      about: 'counts revisions anew after a restart from a snapshot',
      breaks: 'revisions only rise',
      catalogue: 79,
      ...SHORT_HISTORY,
      troubles: CRASHES,
    },
    {
      name: 'keeps-ephemerals',
      about: 'leaves keys behind when their session ends',
      breaks: 'ephemeral keys go with their session',
      catalogue: 85,
    },
    {
      name: 'expires-without-comparing',
      about: 'ends a session by a timer from before its last renewal',
      breaks: 'a renewal keeps its session',
      ratePerSecond: 60,
      troubles: [
        { kind: 'storm', fault: 'slow-link', on: 'all', everyMs: [200, 600], forMs: [300, 800], factor: 100 },
      ],
    },
  ],
};

/** A variant's options as the service takes them. */
export function coordinationOptionsOf({ nodes, defect, options }: LabVariant): CoordinationOptions {
  const { keepEvents, watchMs, ...raft } = options;
  return {
    nodes,
    ...(typeof keepEvents === 'number' ? { keepEvents } : {}),
    ...(typeof watchMs === 'number' ? { watchMs } : {}),
    raft,
    defect: defect as CoordinationDefect | undefined,
  };
}

/** A call of a client as the service takes it. */
export function coordinationCommandOf(call: LabCall): CoordinationCommand {
  if (call.f === 'watch') return { kind: 'watch', prefix: 'k', from: call.input as number };
  return {
    kind: 'do',
    client: call.process + 1,
    sequence: call.sequence,
    operation: operationOf(call),
  };
}

function operationOf({ f, key, input, process }: LabCall): CoordinationOperation {
  // One session for several processes: it lives as long as one of them renews it.
  const session = 1 + (process % 3);
  switch (f) {
    case 'read':
      return { f: 'get', key };
    case 'write':
      return { f: 'put', key, value: input };
    case 'cas': {
      const [from, to] = input as readonly [number, number];
      return { f: 'compare-and-swap', key, if: { value: from === 0 ? null : from }, to };
    }
    case 'keep-alive':
      return { f: 'keep-alive', session, ttlMs: TTL_MS };
    case 'ephemeral':
      return { f: 'put', key: `kept/${session}`, value: input, session };
    case 'remove':
      return { f: 'delete', key: `kept/${session}` };
    default:
      throw new RangeError(`Cannot ask for '${f}' as it must be an operation of the lab`);
  }
}

function readResult(result: CoordinationResult): LabAnswer {
  if (result.ok) {
    if ('events' in result) return { kind: 'done', output: result.events.length };
    const { value, done, error } = (result.value ?? {}) as {
      value?: unknown;
      done?: boolean;
      error?: string;
    };
    if (error !== undefined) return { kind: 'done', output: error };
    return { kind: 'done', output: done ?? ((value ?? null) as never) };
  }
  switch (result.error) {
    case 'not-leader':
      return { kind: 'redirect', node: result.leader };
    case 'busy':
      return { kind: 'redirect', node: 0 };
    case 'unknown':
      return { kind: 'unclear' };
    default:
      // The history is gone, or never was: an answer like any other.
      return { kind: 'done', output: result.error };
  }
}
