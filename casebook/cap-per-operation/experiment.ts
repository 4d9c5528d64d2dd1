import {
  eventual,
  type Experiment,
  exactly,
  experiment,
  type FaultDraft,
  linearizable,
  type PlannedOperation,
  protocol,
  type ProtocolLab,
  type Workload,
} from 'holdfast';
import {
  classOf,
  type Command,
  FIELDS,
  type Message,
  type Policy,
  type Region,
  type Result,
} from './model.ts';
import { regions } from './regions.ts';
import { PROMISES, watchRegions } from './watch.ts';

const PROFILES: ProtocolLab<Region, Message, Command, Result> = {
  name: 'profiles',
  about: 'a profile service in two regions',
  nodes: [1, 2],
  core: ({ options }) => regions(options.policy as Policy),
  monitor: ({ options }) => watchRegions(options.policy as Policy),
  promises: PROMISES,
  operations: [
    { f: 'read', weight: 1, judged: true },
    { f: 'write', weight: 1, judged: true },
    // The model knows reads and writes by two names; those by the short one may be accepted in both regions.
    { f: 'r', weight: 1, judged: true },
    { f: 'w', weight: 1, judged: true },
  ],
  model: 'register',
  clients: { kind: 'one-at-a-time', retries: true },
  command: ({ process, sequence, f, key, input }) => ({
    id: `${process}/${sequence}`,
    isWrite: f.startsWith('w'),
    key,
    value: input,
  }),
  answer: (result) => {
    if (result.ok) return { kind: 'done', output: (result.value ?? null) as never };
    return result.error === 'refused' ? { kind: 'refused', why: result.why } : { kind: 'unclear' };
  },
  survives: ['omission', 'timing'],
  troubles: [],
  load: { clients: 4, keys: 1, ratePerSecond: 20 },
  bounds: { simulatedSeconds: 20, recoverWithinMs: 2_500 },
  defects: [],
};

/** Clients of the home region, and of the other. */
export const HOME_CLIENTS: readonly string[] = ['C1', 'C3'];
export const AWAY_CLIENTS: readonly string[] = ['C2', 'C4'];
/** When the regions cannot reach each other, ms. */
export const CUT = [4_000, 10_000] as const;

const span = ([from, until]: readonly [number, number]): { atUs: number; forUs: number } => ({
  atUs: from * 1_000,
  forUs: (until - from) * 1_000,
});

/** Clients reach their own region only, always; for six seconds the regions do not reach each other. */
const FAULTS: readonly FaultDraft[] = [
  { kind: 'bridge', left: [...HOME_CLIENTS], right: ['N2'], ...span([0, 12_500]) },
  { kind: 'bridge', left: [...AWAY_CLIENTS], right: ['N1'], ...span([0, 12_500]) },
  {
    kind: 'partition',
    groups: [
      ['N1', ...HOME_CLIENTS],
      ['N2', ...AWAY_CLIENTS],
    ],
    unlisted: 'isolated',
    ...span(CUT),
  },
];

const NAMES = Object.keys(FIELDS);

/** Users in both regions who change and look at fields of one profile. */
const profiles: Workload = {
  name: 'profiles',
  clients: 4,
  operations: ['read', 'write', 'r', 'w'],
  model: 'register',
  plan: ({ choices, fromUs, untilUs, finalUntilUs }) => {
    const planned: PlannedOperation[] = [];
    const edits: string[] = [];
    let value = 0;
    const add = (atUs: number, isWrite: boolean, key: string, client: number): void => {
      const isStrong = classOf(key) === 'strong';
      const f = isStrong ? (isWrite ? 'write' : 'read') : isWrite ? 'w' : 'r';
      const input = isWrite ? (key.includes('#') ? Number(key.split('#')[1]) : ++value) : null;
      planned.push({ id: planned.length, atUs, client, f, key, input });
    };
    for (let atUs = fromUs; ; ) {
      atUs += 1 + choices.between(10_000, 60_000, 'gap');
      if (atUs >= untilUs) break;
      const field = choices.pick(NAMES, 'field');
      const isWrite = choices.chance(0.5, 'write');
      const client = choices.below(4, 'client');
      if (FIELDS[field] !== 'merged') add(atUs, isWrite, field, client);
      else if (isWrite || edits.length === 0) {
        edits.push(`${field}#${edits.length + 1}`);
        add(atUs, true, edits.at(-1) ?? field, client);
      } else add(atUs, false, choices.pick(edits, 'edit'), client);
    }
    const last = [...NAMES.filter((field) => FIELDS[field] !== 'merged'), ...edits.slice(-20)];
    const gap = Math.floor((finalUntilUs - untilUs) / (2 * last.length + 1));
    for (const [i, key] of last.entries()) {
      for (const client of [0, 1]) add(untilUs + (2 * i + client + 1) * gap, false, key, client);
    }
    return planned;
  },
};

function underPolicy(name: string, policy: Policy): Experiment {
  const strong = linearizable({ duringPartition: 'reject' });
  // Whichever concurrent write is later by its stamp wins: another that was accepted may be gone.
  const available = eventual({ duringPartition: 'accept-and-merge', durable: false });
  return experiment({
    name,
    subject: protocol(PROFILES, { options: { policy } }),
    workload: profiles,
    faults: [exactly(FAULTS)],
    contract: { read: strong, write: strong, r: available, w: available },
    bounds: { simulatedSeconds: 20, recoverWithinMs: 2_500 },
  });
}

const experiments = {
  wrong: underPolicy('wrong', 'accept-all'),
  better: underPolicy('better', 'per-operation'),
  'reject-writes': underPolicy('reject-writes', 'reject-writes'),
  'read-only': underPolicy('read-only', 'read-only'),
};

export default experiments;
