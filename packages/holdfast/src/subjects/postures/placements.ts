import type { Operation } from '@holdfast/check';
import { unclaimed } from '../../experiment/contract.ts';
import { type Experiment, experiment } from '../../experiment/experiment.ts';
import type { PlannedOperation, Workload } from '../../experiment/workload.ts';
import { exactly } from '../../faults/exactly.ts';
import type { FaultDraft, FaultSpec } from '../../faults/spec.ts';
import type { SketchRun } from '../sketch/options.ts';
import { misplaced, type Observed, observeLetters, type Parting } from './letters.ts';
import { type Posture, type PostureOptions, printLetters, readLetters } from './posture.ts';
import { clientOf, FAST_US, postureStore, REGIONS } from './store.ts';

/** When the network is parted, microseconds. */
export const PARTED = { fromUs: 4_000_000, untilUs: 8_000_000 } as const;
/** Longer than it takes to know of it and to elect. */
const SETTLE_US = 1_200_000;
const KEYS = ['x', 'y'] as const;
const EVERY_US = 70_000;

/** The promise of a store that claims its letters. */
export const PLACED = 'it behaves as its letters claim';

/** A posture, what it claims to be, and which region is cut off. */
export interface Placement {
  readonly name: string;
  /** `PA/EL`, for the system, or for this setting of it. */
  readonly claims: string;
  readonly posture: Posture;
  /** Default `paris`, which has the primary at first. */
  readonly cutOff?: string;
}

const anyNode = { order: 'any-node', elects: false } as const;
const electing = { order: 'primary', elects: true } as const;

/** Four configurations of one store, one for each pair of letters (S1.33). */
export const FOUR_POSTURES: readonly Placement[] = [
  {
    name: 'pc-ec',
    claims: 'PC/EC',
    posture: { ...anyNode, write: 'majority', read: 'majority', cutOff: 'refuses' },
  },
  {
    name: 'pc-el',
    claims: 'PC/EL',
    posture: { ...electing, write: 'majority', read: 'local', cutOff: 'refuses' },
  },
  {
    name: 'pa-ec',
    claims: 'PA/EC',
    posture: { ...anyNode, write: 'majority', read: 'majority', cutOff: 'serves' },
  },
  { name: 'pa-el', claims: 'PA/EL', posture: { ...anyNode, write: 'one', read: 'local', cutOff: 'serves' } },
];

/**
 * Known systems in miniature: how each is set, and the letters that this setting has. MongoDB and Cassandra stand there more than once: their letters are
 * those of a setting, and of the side on which the primary is, not of a product.
 */
export const MINIATURES: readonly Placement[] = [
  {
    name: 'dynamo-cassandra',
    claims: 'PA/EL',
    posture: { ...anyNode, write: 'one', read: 'local', cutOff: 'serves' },
  },
  {
    name: 'cassandra-quorum',
    claims: 'PC/EC',
    posture: { ...anyNode, write: 'majority', read: 'majority', cutOff: 'refuses' },
  },
  {
    name: 'spanner',
    claims: 'PC/EC',
    posture: { ...electing, write: 'majority', read: 'majority', cutOff: 'refuses' },
  },
  {
    name: 'pnuts',
    claims: 'PC/EL',
    posture: { order: 'primary', elects: false, write: 'one', read: 'local', cutOff: 'refuses-writes' },
  },
  {
    name: 'mongodb-w1-primary',
    claims: 'PA/EC',
    posture: { ...electing, write: 'one', read: 'primary', cutOff: 'serves' },
  },
  {
    name: 'mongodb-w1-primary-with-majority',
    claims: 'PC/EC',
    posture: { ...electing, write: 'one', read: 'primary', cutOff: 'serves' },
    cutOff: 'rome',
  },
  {
    name: 'mongodb-majority',
    claims: 'PC/EC',
    posture: { ...electing, write: 'majority', read: 'majority', cutOff: 'refuses' },
  },
  {
    name: 'mongodb-w1-nearest',
    claims: 'PA/EL',
    posture: { ...electing, write: 'one', read: 'local', cutOff: 'serves' },
  },
];

/** Every client reads and writes two registers by turns, all the time; at last each reads both once more. */
const registersInRegions: Workload = {
  name: 'registers in three regions',
  clients: REGIONS.length,
  operations: ['read', 'write'],
  model: null,
  plan: ({ choices, fromUs, untilUs, finalUntilUs }): PlannedOperation[] => {
    const planned: Omit<PlannedOperation, 'id'>[] = [];
    let value = 0;
    for (let us = fromUs; us < untilUs; us += EVERY_US)
      for (let client = 0; client < REGIONS.length; client++) {
        const isWrite = choices.chance(0.4, 'write');
        const key = choices.pick(KEYS, 'key');
        const atUs = us + choices.below(EVERY_US, 'offset');
        const input = isWrite ? 100 * ++value + client : client;
        planned.push({ atUs, client, f: isWrite ? 'write' : 'read', key, input });
      }
    const gapUs = Math.floor((finalUntilUs - untilUs) / (REGIONS.length * KEYS.length + 1));
    let last = untilUs;
    for (const key of KEYS)
      for (let client = 0; client < REGIONS.length; client++)
        planned.push({ atUs: (last += gapUs), client, f: 'read', key, input: client });
    return inOrder(planned);
  },
};

/** Operations by time, numbered. */
export function inOrder(planned: readonly Omit<PlannedOperation, 'id'>[]): PlannedOperation[] {
  return planned.toSorted((a, b) => a.atUs - b.atUs).map((one, id) => ({ ...one, id }));
}

/** One region is cut off from the two others, together with its clients. */
export function cutOffRegion(region: string): FaultSpec {
  const client = (at: number): string => `C${at + 1}`;
  const sides = [true, false].map((isCut) =>
    REGIONS.flatMap((name, at) => ((name === region) === isCut ? [name, client(at)] : [])),
  );
  const { fromUs, untilUs } = PARTED;
  const draft: FaultDraft = {
    kind: 'partition',
    groups: sides,
    unlisted: 'with-all',
    atUs: fromUs,
    forUs: untilUs - fromUs,
  };
  return exactly([draft]);
}

/** How a run of that partition is looked at. */
export function partingOf(region: string): Parting {
  const isMinority = (operation: Operation): boolean => REGIONS[clientOf(operation)] === region;
  return { ...PARTED, settleUs: SETTLE_US, fastUs: FAST_US, isMinority };
}

/** A store under one partition, held to the letters it claims; `claims` replaces them. */
export function placementExperiment(placement: Placement, claims: string = placement.claims): Experiment {
  const { name, posture, cutOff = REGIONS[0] ?? '' } = placement;
  const claimed = readLetters(claims);
  const options: PostureOptions = { posture };
  const seen = ({ operations }: SketchRun): Observed => observeLetters(operations, partingOf(cutOff));
  const wrong = claims === placement.claims ? '' : `-as-${claims.replace('/', '-').toLowerCase()}`;
  return experiment({
    name: `${name}${wrong}`,
    subject: postureStore(`a store set as ${name}`, registersInRegions.operations, options, {
      promises: [PLACED],
      judge: (run) => {
        const observed = seen(run);
        const problem = misplaced(claimed, observed);
        const reason = problem ?? `claimed and observed ${printLetters(observed)}`;
        return [{ promise: PLACED, kept: problem === undefined, reason, examined: run.operations.length }];
      },
      metrics: (run) => measuresOf(seen(run)),
    }),
    workload: registersInRegions,
    faults: [cutOffRegion(cutOff)],
    contract: Object.fromEntries(
      registersInRegions.operations.map((f) => [
        f,
        unclaimed({ duringPartition: 'reject', availability: 'none' }),
      ]),
    ),
    bounds: { simulatedSeconds: 14, recoverWithinMs: 1_500 },
  });
}

/** What was observed as numbers by name. Letters are 1 where they are what the name says. */
export function measuresOf(observed: Observed): Record<string, number> {
  const { partition, calm, answered, minority, conflicts, lost, stalestMs, latencyMs } = observed;
  return {
    'P is A': Number(partition === 'A'),
    'P is C': Number(partition === 'C'),
    'E is L': Number(calm === 'L'),
    'E is C': Number(calm === 'C'),
    'answered by the majority, %': answered.majority,
    'answered by the minority, %': answered.minority,
    'reads answered by the minority, %': minority.reads,
    'writes answered by the minority, %': minority.writes,
    'keys written on both sides': conflicts,
    'keys that lost a write': lost,
    'stalest read in calm, ms': stalestMs.calm,
    'stalest read while parted, ms': stalestMs.parted,
    'median read, ms': latencyMs.reads,
    'median write, ms': latencyMs.writes,
  };
}
