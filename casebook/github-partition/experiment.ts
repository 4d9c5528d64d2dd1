import {
  type Experiment,
  exactly,
  experiment,
  type FaultSpec,
  linearizable,
  type PlannedOperation,
  protocol,
  type ProtocolLab,
  type Subject,
  type Workload,
} from 'holdfast';
import { type Command, type Message, type Policy, type Result, type Site } from './model.ts';
import { sites } from './sites.ts';
import { PROMISES, watchSites } from './watch.ts';

const TWO_SITES: ProtocolLab<Site, Message, Command, Result> = {
  name: 'two-sites',
  about: 'a database in two sites, and an authority that appoints the one that may write',
  nodes: [1, 2, 3],
  core: ({ options, defect }) => sites(options.policy as Policy, defect),
  monitor: watchSites,
  promises: PROMISES,
  operations: [
    { f: 'read', weight: 1, judged: true, atTheEnd: true },
    { f: 'write', weight: 1, judged: true, input: (draw) => draw.unique() },
  ],
  model: 'register',
  clients: { kind: 'one-at-a-time', retries: true },
  command: ({ process, sequence, f, key, input }) => ({
    id: `${process}/${sequence}`,
    f: f === 'read' ? 'read' : 'write',
    key,
    value: input,
  }),
  answer: (result) => {
    if (result.ok) return { kind: 'done', output: (result.value ?? null) as never };
    if (result.error === 'redirect') return { kind: 'redirect', node: result.node };
    return result.error === 'rejected' ? { kind: 'refused', why: result.why } : { kind: 'unclear' };
  },
  leads: ({ primary, self, control }) => control === null && primary === self,
  survives: ['omission', 'timing'],
  troubles: [],
  load: { clients: 4, keys: 3, ratePerSecond: 30 },
  bounds: { simulatedSeconds: 24, recoverWithinMs: 3_000 },
  defects: [
    {
      name: 'skips-comparison',
      about: 'sets the lost site back without comparing the logs',
      breaks: 'recovery goes step by step',
    },
  ],
};

/** Earliest and latest instant of the cut, ms, and how long it lasts: about what the network took at GitHub, ten times faster. */
export const CUT = { from: [3_000, 4_000], lasting: [5_000, 7_000] } as const;

/** Clients on the side of the site that is lost, and on that of the authority. */
export const EAST_CLIENTS: readonly string[] = ['C1', 'C3'];
export const WEST_CLIENTS: readonly string[] = ['C2', 'C4'];

/** The east with half of the clients is cut off from the west, where the authority is. */
const cut: FaultSpec = {
  name: 'partition {N1} | {N2,N3} for some seconds',
  kinds: ['partition'],
  hosts: ['N1', 'N2', 'N3'],
  plan: ({ choices }) => {
    const us = ([from, to]: readonly [number, number], label: string): number =>
      choices.between(from * 1_000, to * 1_000, label);
    return [
      {
        kind: 'partition',
        groups: [
          ['N1', ...EAST_CLIENTS],
          ['N2', 'N3', ...WEST_CLIENTS],
        ],
        unlisted: 'isolated',
        atUs: us(CUT.from, 'cut'),
        forUs: us(CUT.lasting, 'length'),
      },
    ];
  },
};

/** Orders written and read in both sites. */
const orders: Workload = {
  name: 'orders',
  clients: 4,
  operations: ['read', 'write'],
  model: 'register',
  plan: ({ choices, fromUs, untilUs, finalUntilUs }) => {
    const planned: PlannedOperation[] = [];
    const add = (atUs: number, f: 'read' | 'write', input: number | null): void => {
      const [client, key] = [choices.below(4, 'client'), `k${choices.below(3, 'key')}`];
      planned.push({ id: planned.length, atUs, client, f, key, input });
    };
    let value = 0;
    for (let atUs = fromUs; ; ) {
      atUs += 1 + choices.between(10_000, 50_000, 'gap');
      if (atUs >= untilUs) break;
      if (choices.chance(0.5, 'write')) add(atUs, 'write', ++value);
      else add(atUs, 'read', null);
    }
    for (let atUs = untilUs; atUs < finalUntilUs; atUs += 100_000) add(atUs, 'read', null);
    return planned;
  },
};

function underPolicy(name: string, policy: Policy, defect?: string): Experiment {
  const subject: Subject = protocol(TWO_SITES, { options: { policy }, defect });
  return experiment({
    name,
    subject,
    workload: orders,
    faults: [cut],
    contract: {
      // A site without authority may say what it has, and never takes a write.
      read: linearizable({ duringPartition: 'serve-stale' }),
      write: linearizable({ duringPartition: 'reject' }),
    },
    bounds: { simulatedSeconds: 24, recoverWithinMs: 3_000 },
  });
}

/** What makes heartbeats irregular, in the experiment that tunes a detector. */
export const NOISE = { lossPercent: 10, heldMs: 40 } as const;

/** The authority hears the east's heartbeats over bad links for forty seconds; then it hears nothing. */
const heartbeats: Experiment = experiment({
  name: 'heartbeats',
  subject: protocol(TWO_SITES, { options: { policy: 'read-only' } }),
  workload: { ...orders, plan: () => [] },
  faults: [
    exactly([
      { kind: 'loss', hosts: [], probability: NOISE.lossPercent / 100, atUs: 0, forUs: 48_000_000 },
      {
        kind: 'reorder',
        hosts: [],
        probability: 0.3,
        holdUs: NOISE.heldMs * 1_000,
        atUs: 0,
        forUs: 48_000_000,
      },
      {
        kind: 'partition',
        groups: [['N1'], ['N2', 'N3']],
        unlisted: 'with-all',
        atUs: 42_000_000,
        forUs: 5_000_000,
      },
    ]),
  ],
  contract: {
    read: linearizable({ duringPartition: 'serve-stale' }),
    write: linearizable({ duringPartition: 'reject' }),
  },
  bounds: { simulatedSeconds: 60, recoverWithinMs: 3_000 },
});

const experiments = {
  heartbeats,
  wrong: underPolicy('wrong', 'both-writable'),
  better: underPolicy('better', 'single-authority'),
  'read-only': underPolicy('read-only', 'read-only'),
  'manual-gate': underPolicy('manual-gate', 'manual-gate'),
  'skips-comparison': underPolicy('skips-comparison', 'both-writable', 'skips-comparison'),
};

export default experiments;
