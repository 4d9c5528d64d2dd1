import { unclaimed } from '../../experiment/contract.ts';
import { type Experiment, experiment } from '../../experiment/experiment.ts';
import type { Workload } from '../../experiment/workload.ts';
import { exactly } from '../../faults/exactly.ts';
import type { FaultDraft } from '../../faults/spec.ts';
import { simulate } from '../../simulate/simulate.ts';
import type { SketchEffect } from '../../subjects/sketch/options.ts';
import { sketch } from '../../subjects/sketch/sketch.ts';
import { type CaseFinding, functionsOf, markCase } from '../code.ts';
import type { Grade } from '../exercise.ts';
import type { SchedulerDesign } from './design.ts';
import { DONE, LEADS, REFUSED, SERVICE, schedulerProgram, STORAGE, storageProgram } from './scheduler.ts';
import { serviceProgram } from './service.ts';

const SEEDS = [1, 2];
const SECONDS = 12;
const NODES = ['service', 'storage', 'S1', 'S2', 'S3'];
const ONE = 'once a later leader has worked, no earlier one does';
const ON = 'somebody works, also after the trouble';
const [FIRST_MS, LONG_MS] = [2_000, 2_500];

const span = (atMs: number, forMs: number): { readonly atUs: number; readonly forUs: number } => {
  return { atUs: atMs * 1_000, forUs: forMs * 1_000 };
};
const cutFromService = (host: string, atMs: number, forMs: number): FaultDraft => {
  return { kind: 'partition', groups: [[host], ['service']], unlisted: 'with-all', ...span(atMs, forMs) };
};

const CASES: Readonly<Record<string, readonly FaultDraft[]>> = {
  'nothing happens': [],
  'the leader crashes, and comes back': [{ kind: 'crash', host: 'S1', ...span(FIRST_MS, LONG_MS) }],
  'the leader is paused past its session, and works when it wakes': [
    { kind: 'pause', host: 'S1', ...span(FIRST_MS, LONG_MS) },
  ],
  'the leader is cut off from the service, and not from the storage': [
    cutFromService('S1', FIRST_MS, LONG_MS),
  ],
  'leadership comes back to the first, and goes on': [
    { kind: 'pause', host: 'S1', ...span(1_500, 1_200) },
    { kind: 'pause', host: 'S2', ...span(4_300, 2_500) },
    { kind: 'pause', host: 'S3', ...span(4_300, 2_500) },
  ],
  'a leader after the other is paused, and cut off': [
    { kind: 'pause', host: 'S1', ...span(1_500, 1_500) },
    cutFromService('S2', 3_200, 1_200),
    { kind: 'pause', host: 'S3', ...span(4_300, 1_200) },
  ],
};

const nothing: Workload = { name: 'nothing', clients: 1, operations: ['ask'], model: null, plan: () => [] };

/** Three schedulers by a design, the miniature service and a storage, under one case of the suite. */
export function schedulerExperiment(design: SchedulerDesign, faults: readonly FaultDraft[]): Experiment {
  return experiment({
    name: 'one-active-scheduler',
    subject: sketch({
      name: 'three schedulers',
      nodes: NODES,
      operations: ['ask'],
      survives: ['crash-recovery', 'omission', 'timing'],
      clients: { timeoutMs: 1_000 },
      program: (node) => {
        if (node.index === SERVICE) return serviceProgram(node);
        return node.index === STORAGE ? storageProgram(node, design) : schedulerProgram(node, design);
      },
      promises: [ONE, ON],
      judge: ({ effects, healAtUs }) => [oneAtATime(effects), goesOn(effects, healAtUs)],
    }),
    workload: nothing,
    faults: [exactly(faults)],
    contract: { ask: unclaimed({ duringPartition: 'reject', availability: 'none' }) },
    bounds: { simulatedSeconds: SECONDS, recoverWithinMs: 1_000 },
  });
}

interface Judged {
  readonly promise: string;
  readonly kept: boolean;
  readonly reason: string;
  readonly examined: number;
}

function oneAtATime(effects: readonly SketchEffect[]): Judged {
  const order = effects.filter(({ what }) => what === LEADS).map(({ key }) => key);
  const done = effects.filter(({ what }) => what === DONE);
  let latest = -1;
  for (const { key, atUs } of done) {
    const rank = order.indexOf(key);
    if (rank < latest) {
      const reason = `at ${Math.round(atUs / 1_000)} ms a command of session ${key} is carried out, after commands of session ${order[latest] ?? ''}, which led later`;
      return { promise: ONE, kept: false, reason, examined: done.length };
    }
    latest = Math.max(latest, rank);
  }
  return { promise: ONE, kept: true, reason: 'each in its turn', examined: done.length };
}

function goesOn(effects: readonly SketchEffect[], healAtUs: number): Judged {
  const after = effects.filter(({ what, atUs }) => what === DONE && atUs > healAtUs).length;
  const during = effects.filter(
    ({ what, atUs }) => what === DONE && atUs > 3_200_000 && atUs < 4_400_000,
  ).length;
  const refused = effects.filter(({ what }) => what === REFUSED).length;
  const kept = after > 0 && during > 0;
  const reason = kept
    ? 'work goes on'
    : `${after === 0 ? 'after the trouble nothing is carried out' : 'while the leader is away nobody takes over'}; ${refused} commands were refused`;
  return { promise: ON, kept, reason, examined: effects.length };
}

const HELD =
  'who holds the lock may work: a holder that was paused or cut off believes so still, and only the storage can refuse it';

/** Runs a design under every case of the suite. */
export function gradeScheduler(submitted: unknown): Grade {
  const design = functionsOf<SchedulerDesign>(submitted, ['lead', 'accept']);
  return {
    marks: Object.entries(CASES).map(([name, faults]) =>
      markCase(name, () => {
        for (const seed of SEEDS) {
          const { verdicts } = simulate(schedulerExperiment(design, faults), seed);
          const broken = verdicts.find(({ status }) => status !== 'holds');
          if (broken !== undefined) return findingOf(broken.promise, broken.reason);
        }
        return undefined;
      }),
    ),
  };
}

function findingOf(promise: string, reason: string): CaseFinding {
  return promise === ONE ? { because: reason, belief: HELD } : { because: reason };
}
