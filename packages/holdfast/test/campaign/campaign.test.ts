import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type CampaignOptions, type CampaignResult, runCampaign } from '../../src/campaign/campaign.ts';
import { CampaignControl, IDLE } from '../../src/campaign/control.ts';
import { investigateInThread } from '../../src/campaign/investigateInThread.ts';
import type { ExperimentReference } from '../../src/node/resolveExperiment.ts';
import { runSeed, type SeedOutcome } from '../../src/node/seedOutcome.ts';
import experiments from '../cli/fixtures/tiny.ts';

function reference(file: string, name: string): ExperimentReference {
  return { kind: 'file', path: fileURLToPath(new URL(`../cli/fixtures/${file}`, import.meta.url)), name };
}

const TINY = reference('tiny.ts', 'tiny');
const BROKEN = reference('tiny.ts', 'broken');

interface Recorded extends CampaignResult {
  /** Everything but real time. */
  readonly lasting: readonly Omit<SeedOutcome, 'wallMs'>[];
}

async function campaign(options: Omit<CampaignOptions, 'onOutcome'>): Promise<Recorded> {
  const lasting: Omit<SeedOutcome, 'wallMs'>[] = [];
  const onOutcome = ({ wallMs: _wallMs, ...rest }: SeedOutcome): number => lasting.push(rest);
  return { ...(await runCampaign({ ...options, onOutcome })), lasting };
}

describe('runCampaign()', () => {
  it('gives the same outcomes for any number of jobs when all seeds hold', async () => {
    const one = await campaign({ reference: TINY, firstSeed: 5, count: 12, jobs: 1 });
    const two = await campaign({ reference: TINY, firstSeed: 5, count: 12, jobs: 2 });
    expect(one.lasting.map(({ seed }) => seed)).toEqual(Array.from({ length: 12 }, (_, i) => i + 5));
    expect(two.lasting).toEqual(one.lasting);
    expect(two.jobs).toBe(2);
    expect(two.summary).toMatchObject({ conclusion: 'holds', seeds: 12, digest: one.summary.digest });
  });

  it('stops at the smallest violated seed for any number of jobs, unless told to keep going', async () => {
    const options = { reference: BROKEN, firstSeed: 1, count: 24 };
    const all = await campaign({ ...options, jobs: 1, keepGoing: true });
    const violated = all.summary.violated.map(({ seed }) => seed);
    expect(all.summary.seeds).toBe(24);
    expect(violated.length).toBeGreaterThan(1);
    const three = await campaign({ ...options, jobs: 3 });
    expect(three.lasting).toEqual(all.lasting.slice(0, violated[0]));
    expect(three.summary.violated.map(({ seed }) => seed)).toEqual([violated[0]]);
  });

  it('reports a seed that throws as an outcome with its stack', async () => {
    const throws = reference('trips.ts', 'throws');
    const { lasting, summary } = await campaign({ reference: throws, firstSeed: 1, count: 40, jobs: 1 });
    const last = lasting.at(-1);
    expect(last?.error?.message).toBe('the workload tripped');
    expect(last?.error?.stack).toContain('trips.ts');
    expect(summary.errors).toHaveLength(1);
    expect(summary.conclusion).toBe('error');
  });

  it('survives a seed that ends its thread', async () => {
    const exits = reference('trips.ts', 'exits');
    const { lasting } = await campaign({ reference: exits, firstSeed: 1, count: 40, jobs: 2 });
    expect(lasting.at(-1)?.error?.message).toBe('the run ended its thread with exit code 7');
    expect(lasting.slice(0, -1).every(({ status }) => status === 'holds')).toBe(true);
  });

  it('rejects when a thread cannot load the experiment', async () => {
    await expect(
      runCampaign({ reference: reference('gone.ts', 'tiny'), firstSeed: 1, count: 2, jobs: 1 }),
    ).rejects.toThrow(/there is no such file/);
  });

  it('ends with what is known when it is interrupted', async () => {
    const controller = new AbortController();
    const result = await runCampaign({
      reference: TINY,
      firstSeed: 1,
      count: 1_000_000,
      jobs: 1,
      signal: controller.signal,
      onOutcome: () => controller.abort(),
    });
    expect(result.interrupted).toBe(true);
    expect(result.summary.seeds).toBeGreaterThan(0);
    expect(result.summary.seeds).toBeLessThan(1_000_000);
  });
});

describe('investigateInThread()', () => {
  it('shrinks in a thread of its own, and ends early when told to', async () => {
    const seen: number[] = [];
    const step = { reference: BROKEN, seed: firstViolated(), shrink: true };
    const found = await investigateInThread({ ...step, onProgress: (_runs, events) => seen.push(events) });
    expect(found.shrunk?.toEvents).toBeLessThan((found.shrunk?.fromEvents ?? 0) / 5);
    expect(found.shrunk?.result.trace?.events.length).toBeGreaterThan(0);
    expect(seen.length).toBeGreaterThan(0);
    const early = await investigateInThread({ ...step, signal: AbortSignal.abort() });
    expect(early.shrunk?.runs).toBe(0);
  });
});

function firstViolated(): number {
  for (let seed = 1; seed <= 24; seed++) {
    if (runSeed(experiments.broken, seed).status === 'violated') return seed;
  }
  throw new Error('none of 24 seeds is violated');
}

describe('CampaignControl', () => {
  it('hands out every offset once, in rising order, and none beyond the limit', () => {
    const control = new CampaignControl({ count: 10, jobs: 2 });
    const other = new CampaignControl(control.shared);
    expect([control.take(4), other.take(4), control.take(4), other.take(4)]).toEqual([
      [0, 4],
      [4, 8],
      [8, 10],
      [10, 10],
    ]);
  });

  it('only ever lowers the limit', () => {
    const control = new CampaignControl({ count: 10, jobs: 1 });
    control.lowerLimit(5);
    control.lowerLimit(7);
    expect(control.limit()).toBe(5);
    control.lowerLimit(0);
    const [first, end] = control.take(3);
    expect(first).toBe(end);
  });

  it('knows what each thread is at', () => {
    const control = new CampaignControl({ count: 10, jobs: 2 });
    control.at(1, 6);
    expect([control.whereIs(0), control.whereIs(1)]).toEqual([IDLE, 6]);
  });
});
