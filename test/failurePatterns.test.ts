import { readFileSync, writeFileSync } from 'node:fs';
import { type RunResult, simulate } from 'holdfast';
import { describe, expect, it } from 'vitest';
import experiments from '../casebook/failure-patterns/experiment.ts';
import {
  type FailurePattern,
  type PatternExperiment,
  PATTERNS,
} from '../casebook/failure-patterns/patterns.ts';

const README = new URL('../casebook/failure-patterns/README.md', import.meta.url);

const runs = new Map<string, RunResult>();

function run(name: PatternExperiment, seed = 1): RunResult {
  const key = `${name} ${seed}`;
  const found = runs.get(key) ?? simulate(experiments[name], seed);
  runs.set(key, found);
  return found;
}

function measured(name: PatternExperiment, metric: string): number {
  return run(name).metrics[metric] ?? Number.NaN;
}

const ROWS: Readonly<Record<string, string>> = {
  'thundering herd': 'S1.139',
  'cache stampede': 'S1.140',
  'hot partition': 'S1.141',
  'poison message': 'S1.142',
  'slow consumer': 'S1.143',
  'retry storm': 'S1.144',
  'gray failure': 'S1.144',
  'clock skew incident': 'S1.144',
  'cascading failure': 'S1.145',
  'coordinated omission': 'S1.146',
};

function sees({ detector: { metric, above } }: FailurePattern, name: PatternExperiment): boolean {
  return measured(name, metric) > above;
}

describe('failure patterns', () => {
  for (const pattern of PATTERNS) {
    const { name, without, with: tamed, causeRemains = false } = pattern;
    it(`${ROWS[name]} ${name} breaks its promise and is seen; tamed it does neither`, () => {
      expect([run(without).status, sees(pattern, without)]).toEqual(['violated', true]);
      for (const each of tamed)
        expect([each, run(each).status, sees(pattern, each)]).toEqual([each, 'holds', causeRemains]);
    });
  }

  it('S1.139 jitter or coalescing brings the peak of arrivals below a tenth', () => {
    const peak = measured('thundering-herd', 'peakAtOrigin');
    expect(peak).toBe(400);
    expect(measured('thundering-herd-jittered', 'peakAtOrigin')).toBeLessThan(peak / 10);
    expect(measured('thundering-herd-coalesced', 'peakAtOrigin')).toBe(1);
  });

  it('S1.140 without single flight as many compute as are in flight, with it one each time; a soft expiry keeps p99 flat', () => {
    // 200 reads a second for the 100 ms of a computation.
    expect(measured('cache-stampede', 'atOnce')).toBeGreaterThanOrEqual(18);
    const { computations = 0, expiries = 0, atOnce } = run('cache-stampede-shared').metrics;
    expect([computations, atOnce]).toEqual([expiries, 1]);
    expect(measured('cache-stampede-shared', 'p99')).toBeGreaterThan(50);
    expect(measured('cache-stampede-tamed', 'p99')).toBeLessThan(5);
  });

  it('S1.143 backlog and recovery are as Little predicts them; a twin without the slow phase is not', () => {
    const little = run('slow-consumer').verdicts.find(({ promise }) => promise === 'as Little predicts');
    expect(little?.status).toBe('holds');
    const { meanInSystem = 0, littleInSystem = 1 } = run('slow-consumer').metrics;
    expect(meanInSystem / littleInSystem).toBeCloseTo(1, 2);
    const stuck = run('poison-message').metrics;
    expect(stuck['meanInSystem']).toBeGreaterThan(100 * (stuck['littleInSystem'] ?? 0));
  });

  it('S1.144 the mean of all replicas hides what the figures of each show', () => {
    // Two thirds of the calls never meet the sick replica, and a second attempt saves most others.
    expect(measured('gray-failure', 'userFailures')).toBeLessThan(0.05);
    expect(measured('gray-failure', 'slowestReplica')).toBeGreaterThan(3);
  });

  it('S1.146 the closed loop hides the stall; the corrected histogram shows it, side by side with the truth', () => {
    const truth = measured('coordinated-omission', 'truth p99');
    expect(truth).toBeGreaterThan(1_500);
    expect(measured('coordinated-omission', 'said p99')).toBeLessThan(truth / 100);
    expect(measured('coordinated-omission-corrected', 'said p99') / truth).toBeCloseTo(1, 1);
  });

  it('the page shows what was measured', () => {
    const text = readFileSync(README, 'utf8');
    const between = `<!-- detectors -->\n${tables()}<!-- /detectors -->`;
    const renewed = text.replace(/<!-- detectors -->\n[\s\S]*<!-- \/detectors -->/, between);
    if (process.env['HOLDFAST_REWRITE'] === '1') writeFileSync(README, renewed);
    else expect(text).toBe(renewed);
  });
});

function tables(): string {
  const figure = (name: PatternExperiment, metric: string): string =>
    String(Math.round(measured(name, metric) * 100) / 100);
  const rows = PATTERNS.map(({ name, about, mitigation, detector, without, with: tamed }) => {
    const after = tamed.map((each) => figure(each, detector.metric)).join(' or ');
    return `| ${name} | ${about} | ${mitigation} | ${detector.metric} | ${figure(without, detector.metric)} | ${after} |\n`;
  });
  const head =
    '| pattern | what happens | what tames it | seen by | without | with |\n| --- | --- | --- | --- | --- | --- |\n';
  return `${head}${rows.join('')}\nA service that stands still for two seconds of twenty, as users, a closed loop, and a corrected one tell it:\n\n${plots()}`;
}

/** Three plots side by side: a bar for each quantile, a mark for each 100 ms. */
function plots(): string {
  const lines = [50, 90, 95, 99, 99.9].map((share) => {
    const cell = (name: PatternExperiment, who: string): string => {
      const ms = measured(name, `${who} p${share}`);
      return `${'#'.repeat(Math.round(ms / 100))} ${Math.round(ms)} ms`.trim().padEnd(30);
    };
    const cells = [
      cell('coordinated-omission', 'truth'),
      cell('coordinated-omission', 'said'),
      cell('coordinated-omission-corrected', 'said'),
    ];
    return `${`p${share}`.padEnd(6)} ${cells.join(' ')}`.trimEnd();
  });
  const head = `       ${'users'.padEnd(30)} ${'closed loop'.padEnd(30)} corrected`;
  return `\`\`\`\n${[head, ...lines].join('\n')}\n\`\`\`\n`;
}
