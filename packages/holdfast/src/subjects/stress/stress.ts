import { linearizable } from '../../experiment/contract.ts';
import { type Experiment, experiment } from '../../experiment/experiment.ts';
import type { Subject } from '../../experiment/subject.ts';
import type { FaultSpec } from '../../faults/spec.ts';
import { steady } from '../../faults/steady.ts';
import { storm } from '../../faults/storm.ts';
import { type RunResult, simulate } from '../../simulate/simulate.ts';
import { registers } from '../../workloads/registers.ts';
import { quantileOf } from '../patterns/running.ts';

/** Skew and stress, each a knob of its own. */
export interface StressKnobs {
  /** Share of all operations that goes to one key, 0 to 1. */
  readonly hotKeys?: number;
  /** How many times as long a write or sync takes. */
  readonly slowDisks?: number;
  /** Processor time that neighbours take from every event of a server while they are there, microseconds; they come and go. */
  readonly noisyNeighbours?: number;
}

/** The three knobs, each turned by itself (S3.22). */
export const STRESS_KNOBS: Readonly<Record<string, StressKnobs>> = {
  'hot keys': { hotKeys: 0.9 },
  'slow disks': { slowDisks: 60 },
  'noisy neighbours': { noisyNeighbours: 15_000 },
};

const KEYS = 6;
const SECONDS = 12;
const RECOVER_MS = 1_200;

/** Neighbours come to a server after the other, and stay for a second. */
function neighbours(costUs: number): FaultSpec {
  return {
    name: 'noisy neighbours',
    kinds: ['slow-cpu'],
    hosts: [],
    plan: ({ choices, servers, fromUs, untilUs }) => {
      const drafts: ReturnType<FaultSpec['plan']>[number][] = [];
      for (let atUs = fromUs; atUs < untilUs; atUs += 700_000)
        drafts.push({
          kind: 'slow-cpu',
          host: choices.pick(servers, 'neighbour'),
          costUs,
          atUs,
          forUs: 1_000_000,
        });
      return drafts;
    },
  };
}

/** A store of registers with knobs turned, and with crashes that lose what was not synced: whatever it promises must hold all the same. */
export function stressed(name: string, subject: Subject, knobs: StressKnobs): Experiment {
  const { hotKeys = 0, slowDisks, noisyNeighbours } = knobs;
  const promise = linearizable({ duringPartition: 'reject' });
  return experiment({
    name,
    subject,
    workload: registers({
      keys: KEYS,
      clients: 4,
      ratePerSecond: 40,
      mix: { read: 4, write: 3, cas: 3 },
      hotKeyShare: hotKeys,
    }),
    faults: [
      steady({ fault: 'power-failures' }),
      storm({ fault: 'crash', on: 'any', everyMs: [900, 2_000], forMs: [20, 150] }),
      ...(slowDisks === undefined ? [] : [steady({ fault: 'slow-disks', factor: slowDisks })]),
      ...(noisyNeighbours === undefined ? [] : [neighbours(noisyNeighbours)]),
    ],
    contract: { read: promise, write: promise, cas: promise },
    bounds: { simulatedSeconds: SECONDS, recoverWithinMs: RECOVER_MS },
  });
}

/** What one knob does to a store, beside the store without it. */
export interface Degradation {
  readonly knob: string;
  /** Promises that were broken, of all that were judged. */
  readonly broken: readonly string[];
  readonly judged: number;
  /** Ratios to the run without the knob: 1 is no change. */
  readonly medianLatency: number;
  readonly tailLatency: number;
  /** The most loaded key's share of all operations. */
  readonly hottestShare: number;
}

interface Figures {
  readonly p50: number;
  readonly p99: number;
  readonly hottestShare: number;
}

function figuresOf(results: readonly RunResult[]): Figures {
  // Once everything has healed no knob is turned any more.
  const all = results.flatMap(({ history, plan }) =>
    history.operations.filter(({ invokedAt }) => invokedAt < plan.healAtUs),
  );
  const done = all.filter(({ outcome }) => outcome === 'ok');
  const took = done.map(({ invokedAt, completedAt }) => completedAt - invokedAt);
  const perKey = new Map<string, number>();
  for (const { key = '' } of all) perKey.set(key, (perKey.get(key) ?? 0) + 1);
  return {
    p50: quantileOf(took, 0.5),
    p99: quantileOf(took, 0.99),
    hottestShare: Math.max(...perKey.values()) / all.length,
  };
}

/** Runs a store with each knob turned, and without: a row for each. Deterministic. */
export function stressReport(name: string, subject: Subject, seeds: readonly number[]): Degradation[] {
  const run = (knobs: StressKnobs): RunResult[] =>
    seeds.map((seed) => simulate(stressed(name, subject, knobs), seed));
  const calm = run({});
  const base = figuresOf(calm);
  return [
    ['none', calm] as const,
    ...Object.entries(STRESS_KNOBS).map(([knob, knobs]) => [knob, run(knobs)] as const),
  ].map(([knob, results]) => {
    const { p50, p99, hottestShare } = figuresOf(results);
    const verdicts = results.flatMap((result) => result.verdicts);
    return {
      knob,
      broken: [...new Set(verdicts.filter(({ status }) => status !== 'holds').map(({ promise }) => promise))],
      judged: verdicts.length,
      medianLatency: p50 / base.p50,
      tailLatency: p99 / base.p99,
      hottestShare,
    };
  });
}
