import {
  type Experiment,
  exactly,
  experiment,
  type FaultDraft,
  type FaultSpec,
  linearizable,
  protocol,
  type ProtocolLab,
  raftKv,
  registers,
  unclaimed,
  type Workload,
} from 'holdfast';
import { machines } from './members.ts';
import type { Command, Machine, Message, Policy, Result } from './model.ts';
import { PROMISES, watchMachines } from './watch.ts';

const OPERATOR = 6;

const STORE: ProtocolLab<Machine, Message, Command, Result> = {
  name: 'etcd-like',
  about: 'a consensus-backed store with spare machines, backups and an operator',
  nodes: [1, 2, 3, 4, 5, OPERATOR],
  core: ({ options }) => {
    const members = options.members === 5 ? [1, 2, 3, 4, 5] : [1, 2, 3];
    return machines({
      members,
      spares: [4, 5].filter((node) => !members.includes(node)),
      operator: OPERATOR,
      policy: options.policy as Policy,
      checks: options.checks !== false,
    });
  },
  monitor: watchMachines,
  promises: PROMISES,
  operations: [
    { f: 'read', weight: 1, judged: false },
    { f: 'write', weight: 1, judged: false },
  ],
  model: null,
  clients: { kind: 'one-at-a-time', retries: true },
  command: ({ process, sequence, f, key, input }) => ({
    client: process + 1,
    sequence,
    operation: f === 'read' ? { f: 'get', key } : { f: 'put', key, value: input },
  }),
  answer: (result) => {
    if (result.ok) return { kind: 'done', output: (result.value ?? null) as never };
    if (result.error === 'redirect') return { kind: 'redirect', node: result.node };
    if (result.error === 'ahead') return { kind: 'refused', why: result.why };
    return { kind: 'unclear', why: result.why };
  },
  leads: ({ inner }) => inner?.role === 'leader',
  survives: ['crash-recovery', 'omission', 'timing'],
  troubles: [],
  load: { clients: 60, keys: 2, ratePerSecond: 40 },
  bounds: { simulatedSeconds: 20, recoverWithinMs: 2_000 },
  defects: [],
};

/** Two members are lost within this span, ms, and come back within the other: after they were given up. */
export const LOST = [3_000, 4_000] as const;
export const BACK = [9_000, 10_000] as const;

/** N1 and N2 are lost, so that N3 is what is left of three. */
const lost: FaultSpec = {
  name: 'loss of N1 and N2, which come back much later',
  kinds: ['crash'],
  hosts: ['N1', 'N2'],
  plan: ({ choices }) =>
    ['N1', 'N2'].map((host): FaultDraft => {
      const atUs = choices.between(LOST[0] * 1_000, LOST[1] * 1_000, 'lost');
      const untilUs = choices.between(BACK[0] * 1_000, BACK[1] * 1_000, 'back');
      return { kind: 'crash', host, atUs, forUs: untilUs - atUs };
    }),
};

/** Once both are back, half of the clients reach N1 and N2 only, for a while: as behind a load balancer that found them healthy again. */
const SENT_BACK: FaultDraft = {
  kind: 'bridge',
  left: Array.from({ length: 30 }, (_, i) => `C${i + 1}`),
  right: ['N3', 'N4', 'N5'],
  atUs: 10_500_000,
  forUs: 2_000_000,
};

/** So many that some ask nothing while the quorum is lost: these come back with what they have seen. */
const CLIENTS = 60;

const load: Workload = registers({
  keys: 2,
  clients: CLIENTS,
  ratePerSecond: 40,
  mix: { read: 1, write: 1, cas: 0 },
});
/** The histories follow no register once a restore has set it back: what was lost, and by whom it is noticed, is judged instead. */
const configuration: Workload = { ...load, name: 'configuration', model: null };

interface Make {
  readonly policy: Policy;
  readonly members?: 3 | 5;
  readonly checks?: boolean;
}

function lostQuorum(name: string, { policy, members = 3, checks = true }: Make): Experiment {
  return experiment({
    name,
    subject: protocol(STORE, { options: { policy, members, checks } }),
    workload: configuration,
    faults: [lost, exactly([SENT_BACK])],
    contract: {
      read: unclaimed({ duringPartition: 'reject' }),
      write: unclaimed({ duringPartition: 'reject' }),
    },
    bounds: { simulatedSeconds: 20, recoverWithinMs: 2_000 },
  });
}

/** Sizes of the table of quorums. */
export const SIZES: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8, 9];
/** From when on members are gone for good, ms, and until when that is looked at. */
export const GONE = [2_000, 6_000] as const;

/** A group of Raft that loses so many of its members for good. */
function losing(members: number, gone: number): Experiment {
  const hosts = Array.from({ length: gone }, (_, i) => `N${i + 1}`);
  return experiment({
    name: losingName(members, gone),
    subject: raftKv({ nodes: members }),
    workload: registers({ keys: 1, clients: 2, ratePerSecond: 20, mix: { read: 1, write: 1, cas: 0 } }),
    faults: [
      exactly(
        hosts.map((host) => ({
          kind: 'crash',
          host,
          atUs: GONE[0] * 1_000,
          forUs: (GONE[1] - GONE[0]) * 1_000,
        })),
      ),
    ],
    contract: {
      read: linearizable({ duringPartition: 'reject' }),
      write: linearizable({ duringPartition: 'reject' }),
    },
    bounds: { simulatedSeconds: 10, recoverWithinMs: 1_300 },
  });
}

/** The key of an experiment of the table of quorums. */
export function losingName(members: number, gone: number): string {
  return `lose-${gone}-of-${members}`;
}

const arithmetic = SIZES.flatMap((members) => {
  const tolerated = Math.floor((members - 1) / 2);
  return [losing(members, tolerated), losing(members, tolerated + 1)];
});

const experiments = {
  wrong: lostQuorum('wrong', { policy: 'force' }),
  better: lostQuorum('better', { policy: 'restore' }),
  wait: lostQuorum('wait', { policy: 'wait' }),
  'five-members': lostQuorum('five-members', { policy: 'wait', members: 5 }),
  'returns-unchecked': lostQuorum('returns-unchecked', { policy: 'restore', checks: false }),
  ...Object.fromEntries(arithmetic.map((each) => [each.name, each])),
};

export default experiments;
