import { checkLinearizable, type Operation } from '@holdfast/check';
import { unclaimed } from '../../experiment/contract.ts';
import { ExperimentError } from '../../experiment/errors.ts';
import { type Experiment, experiment } from '../../experiment/experiment.ts';
import type { PlannedOperation, Workload } from '../../experiment/workload.ts';
import type { PatternVerdict } from '../patterns/running.ts';
import type { SketchRun } from '../sketch/options.ts';
import { commandModel, isLook } from './commands.ts';
import { share } from './letters.ts';
import { cutOffRegion, inOrder, partingOf } from './placements.ts';
import type { Concern, PostureOptions } from './posture.ts';
import { postureStore, REGIONS } from './store.ts';

/** What an operation gives up while the network is parted: availability (`CP`) or consistency (`AP`). */
export type OperationPosture = 'CP' | 'AP';

/** A service whose operations each declare a posture. */
export interface PostureService {
  readonly name: string;
  readonly about: string;
  readonly declares: Readonly<Record<string, OperationPosture>>;
  readonly options: PostureOptions;
  /** Keys that its operations are about; a fresh one for each round when left out. */
  readonly key?: string;
}

const deciding = {
  order: 'primary',
  elects: true,
  write: 'majority',
  read: 'majority',
  cutOff: 'refuses',
} as const;
const merging = { order: 'any-node', elects: false, write: 'one', read: 'local', cutOff: 'serves' } as const;
/** An old page is better than none. */
const OLD_IS_FINE: Concern = { read: 'local', cutOff: 'serves' };

/** A lock, a cart, and a shop whose orders wait while browsing goes on (S1.32); an account and a timeline (S2.34). */
export const POSTURE_SERVICES: readonly PostureService[] = [
  {
    name: 'locks',
    about: 'a lock service: whoever is answered holds the lock alone',
    declares: { acquire: 'CP', read: 'CP' },
    options: { posture: deciding },
  },
  {
    name: 'cart',
    about: 'a shopping cart: what was put in stays in',
    declares: { add: 'AP', view: 'AP' },
    options: { posture: merging, merge: 'union' },
    key: 'cart',
  },
  {
    name: 'shop',
    about: 'orders take from one stock, and wait; whoever browses sees what there was',
    declares: { order: 'CP', browse: 'AP' },
    options: { posture: deciding, concerns: { browse: OLD_IS_FINE }, initial: { stock: 200 } },
    key: 'stock',
  },
  {
    name: 'bank',
    about: 'an account: its balance is never below nothing, and never an old one',
    declares: { withdraw: 'CP', balance: 'CP' },
    options: { posture: deciding, initial: { account: 3_000 } },
    key: 'account',
  },
  {
    name: 'timeline',
    about: 'a timeline: everybody may post, and sees what has arrived',
    declares: { add: 'AP', view: 'AP' },
    options: { posture: merging, merge: 'union' },
    key: 'timeline',
  },
];

/** Settings that do not do what is declared, by service: one that goes on alone, and one that asks a majority for a page. */
export const POSTURE_DEFECTS: Readonly<
  Record<string, { readonly concerns: PostureOptions['concerns']; readonly breaks: string }>
> = {
  'locks-held-on-both-sides': {
    concerns: { acquire: { write: 'one', cutOff: 'serves' } },
    breaks: 'acquire',
  },
  'bank-pays-on-both-sides': {
    concerns: { withdraw: { write: 'one', cutOff: 'serves' } },
    breaks: 'withdraw',
  },
  'bank-shows-old-balance': { concerns: { balance: OLD_IS_FINE }, breaks: 'balance' },
  'shop-sells-on-both-sides': {
    concerns: { browse: OLD_IS_FINE, order: { write: 'one', cutOff: 'serves' } },
    breaks: 'order',
  },
  'shop-pages-wait': { concerns: {}, breaks: 'browse' },
  'cart-waits': { concerns: { add: { write: 'majority', cutOff: 'refuses' } }, breaks: 'add' },
  'timeline-waits': { concerns: { view: { read: 'majority', cutOff: 'refuses' } }, breaks: 'view' },
};

const CUT_OFF = REGIONS[0] ?? '';
const EVERY_US = 200_000;
/** All look for the last time within this. */
const LAST_US = 10_000;

/** The promise of one operation of a service. */
export function declared(f: string, posture: OperationPosture): string {
  return `${f} behaves as ${posture}`;
}

/** The service of that name. Throws `ExperimentError`. */
export function postureService(name: string): PostureService {
  const found = POSTURE_SERVICES.find((each) => each.name === name);
  if (found !== undefined) return found;
  throw new ExperimentError(
    'service',
    `is unknown: current value is '${name}'`,
    `choose one of ${POSTURE_SERVICES.map((each) => each.name).join(', ')}`,
  );
}

/** A service under one partition that leaves its first primary alone; `defect` is one of `POSTURE_DEFECTS` of that service. */
export function serviceExperiment(name: string, defect?: string): Experiment {
  const service = postureService(name);
  const concerns = defect === undefined ? service.options.concerns : POSTURE_DEFECTS[defect]?.concerns;
  const options: PostureOptions = concerns === undefined ? service.options : { ...service.options, concerns };
  const workload = loadOf(service);
  const all = Object.entries(service.declares);
  return experiment({
    name: defect ?? name,
    subject: postureStore(service.about, workload.operations, options, {
      promises: all.map(([f, posture]) => declared(f, posture)),
      judge: (run) => all.map(([f]) => judgeOperation(service, f, run)),
      metrics: ({ operations }) =>
        Object.fromEntries(
          all.flatMap(([f]) => {
            const { minority, majority } = answeredBySide(operations, f);
            return [
              [`${f}: answered by the minority, %`, share(minority)],
              [`${f}: answered by the majority, %`, share(majority)],
            ];
          }),
        ),
    }),
    workload,
    faults: [cutOffRegion(CUT_OFF)],
    contract: Object.fromEntries(
      workload.operations.map((f) => [f, unclaimed({ duringPartition: 'reject', availability: 'none' })]),
    ),
    bounds: { simulatedSeconds: 14, recoverWithinMs: 1_500 },
  });
}

/** Operations that were asked while both sides knew that they were parted. */
function answeredBySide(
  operations: readonly Operation[],
  f: string,
): { minority: Operation[]; majority: Operation[] } {
  const { fromUs, untilUs, settleUs, isMinority } = partingOf(CUT_OFF);
  const parted = operations.filter(
    (each) => each.f === f && each.invokedAt >= fromUs + settleUs && each.invokedAt < untilUs - settleUs,
  );
  return { minority: parted.filter(isMinority), majority: parted.filter((each) => !isMinority(each)) };
}

/** Measures availability and consistency of one operation and holds them against what is declared. */
function judgeOperation(
  { declares, options }: PostureService,
  f: string,
  { operations }: SketchRun,
): PatternVerdict {
  const posture = declares[f] ?? 'CP';
  const { minority, majority } = answeredBySide(operations, f);
  const [a, b] = [share(minority), share(majority)];
  const problems: string[] = [];
  if (minority.length === 0 || majority.length === 0) problems.push('it was not asked on both sides');
  if (posture === 'CP') {
    if (a > 0) problems.push(`the minority answered ${a.toFixed(0)} % of it`);
    const consistent = problemOfConsistent(declares, f, operations, options.initial);
    if (consistent !== undefined) problems.push(consistent);
  } else {
    if (a < 100) problems.push(`the minority refused ${(100 - a).toFixed(0)} % of it`);
    const converged = problemOfConverging(operations, f);
    if (converged !== undefined) problems.push(converged);
  }
  if (b < 99) problems.push(`the majority answered ${b.toFixed(0)} % of it only`);
  const kept = problems.length === 0;
  const reason = kept
    ? `answered ${a.toFixed(0)} % on the side without a majority, ${b.toFixed(0)} % on the other; ${posture === 'CP' ? 'linearizable throughout' : 'all agree in the end and nothing is lost'}`
    : problems.join('; ');
  return { promise: declared(f, posture), kept, reason, examined: minority.length + majority.length };
}

/** All operations that are declared CP must be linearizable together; those that may be old stand aside, unless they are the one that is judged. */
function problemOfConsistent(
  declares: PostureService['declares'],
  f: string,
  operations: readonly Operation[],
  initial: PostureOptions['initial'],
): string | undefined {
  // An operation that only looks is judged with all that changes; one that changes, with the others that do.
  const judged = operations
    .filter((each) => declares[each.f] === 'CP' && (isLook(f) || !isLook(each.f) || each.f === f))
    .map((each, id) => ({ ...each, id }));
  const { status, reason } = checkLinearizable(
    { operations: judged, timeUnit: 'us' },
    commandModel(initial),
    { explain: false },
  );
  return status === 'holds' ? undefined : `it is not linearizable: ${reason}`;
}

/** What was accepted must be in what everybody is shown at last. */
function problemOfConverging(operations: readonly Operation[], f: string): string | undefined {
  const last = Math.max(
    ...operations.filter(({ f: each }) => isLook(each)).map(({ invokedAt }) => invokedAt),
  );
  const shown = operations.filter(
    (each) => isLook(each.f) && each.outcome === 'ok' && each.invokedAt > last - LAST_US,
  );
  const different = new Set(shown.map(({ output }) => JSON.stringify(output)));
  if (different.size !== 1) return `${different.size} different answers are shown in the end`;
  if (isLook(f)) return undefined;
  const [first] = shown;
  const held = new Set(Array.isArray(first?.output) ? first.output : []);
  const lost = operations.filter(
    (each) => each.f === f && each.outcome === 'ok' && !held.has(each.input as never),
  );
  return lost.length === 0 ? undefined : `${lost.length} that were accepted are gone in the end`;
}

/** Everybody does everything, over and over; nothing is changed any more when all look for the last time. */
function loadOf({ name, declares, key }: PostureService): Workload {
  const operations = Object.keys(declares);
  return {
    name: `everybody uses ${name}`,
    clients: REGIONS.length,
    operations,
    model: null,
    plan: ({ choices, fromUs, untilUs, finalUntilUs }): PlannedOperation[] => {
      const planned: Omit<PlannedOperation, 'id'>[] = [];
      let value = 0;
      for (let us = fromUs; us < untilUs - EVERY_US; us += EVERY_US)
        for (let client = 0; client < REGIONS.length; client++)
          for (const f of operations) {
            const atUs = us + choices.below(EVERY_US, 'offset');
            const isCounted = f === 'withdraw' || f === 'order';
            const input = isCounted ? { by: client, amount: f === 'order' ? 1 : 10 } : 100 * ++value + client;
            planned.push({
              atUs,
              client,
              f,
              key: key ?? `lock-${Math.round(us / EVERY_US)}`,
              input: isLook(f) ? client : input,
            });
          }
      const look = operations.find(isLook) ?? '';
      for (let client = 0; client < REGIONS.length; client++)
        planned.push({
          atUs: Math.floor((untilUs + finalUntilUs) / 2) + 1_000 * client,
          client,
          f: look,
          key: key ?? 'lock-0',
          input: client,
        });
      return inOrder(planned);
    },
  };
}
