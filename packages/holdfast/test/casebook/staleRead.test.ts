import { beforeAll, describe, expect, it } from 'vitest';
import { type CaseStudy, filled, readContract, staleReads } from '../../src/casebook/index.ts';
import { simulate } from '../../src/simulate/simulate.ts';
import { caseNamed } from './support.ts';

const SPANS = { calm: [1_800, 3_000], cutOff: [3_000, 6_000], asleep: [9_000, 12_000] } as const;

describe('the case of the stale read', () => {
  let study: CaseStudy;
  beforeAll(async () => {
    study = await caseNamed('stale-read');
  });

  const verdictOf = (name: string): { readonly status: string; readonly reason: string } | undefined => {
    const experiment = study.experiments[name];
    if (experiment === undefined) return undefined;
    return simulate(experiment, 1).verdicts.find(({ promise }) => promise === 'linearizability');
  };

  it('S0.30 fails the checker with local reads on a cut-off member, naming the read, and passes with ReadIndex on the same seed', () => {
    const local = verdictOf('wrong');
    expect(local?.status).toBe('violated');
    expect(local?.reason).toMatch(/^process \d+ read \d+ from k\d/);
    expect(verdictOf('better')?.status).toBe('holds');
  });

  it('S0.31 fills the four answers for every read API by probes; leases are stale beyond their bound', () => {
    const api = (name: string, experiment: string): Parameters<typeof readContract>[0]['apis'][number] => ({
      name,
      experiment,
      call: name,
      promised: 'linearizable',
      acceptableMs: 0,
    });
    const recipe = readContract({
      apis: [api('log', 'log'), api('index', 'better'), api('lease', 'lease'), api('asleep', 'lease-asleep')],
      seeds: [1],
      leaderClient: 'C1',
      followerClient: 'C3',
      ...SPANS,
    });
    const { fields } = filled(study, recipe, { shrinkEvents: 12_000 });
    const rows = (name: string): unknown => fields.find((field) => field.name === name)?.facts.rows;
    expect(rows('Leader/follower behavior')).toEqual([
      ['log', 'no', 'yes', 'no'],
      ['index', 'yes', 'yes', 'no'],
      ['lease', 'yes', 'no', 'yes'],
      ['asleep', 'yes', 'no', 'yes'],
    ]);
    expect(rows('Partition injected')).toEqual([
      ['log', 'no', 'no', 'no'],
      ['index', 'no', 'no', 'no'],
      ['lease', 'for a moment', 'no', 'no'],
      ['asleep', 'for a moment', 'no', 'no'],
    ]);
    expect(rows('Pause injected')).toEqual([
      ['log', 'no', 'no'],
      ['index', 'no', 'no'],
      ['lease', 'not injected', '-'],
      ['asleep', 'yes', 'yes'],
    ]);
    expect(fields.map(({ name }) => name)).toHaveLength(8);
    expect(fields.at(-1)?.facts).toEqual({ failing: ['asleep'], sound: ['log', 'index', 'lease'] });
    const evidence = fields.at(-1)?.evidence[0]?.text ?? '';
    expect(evidence).toMatch(/shrunk from \d+ to \d+ events: process \d+ read/);
  });

  it('S0.32 finds reads as old as the cut is long with local reads, and none when a quorum is asked', () => {
    const oldest = (name: 'wrong' | 'better'): number =>
      Math.max(
        0,
        ...staleReads(simulate(study.experiments[name], 2, { trace: true })).map(({ behindMs }) => behindMs),
      );
    expect(oldest('wrong')).toBeGreaterThan(1_000);
    expect(oldest('wrong')).toBeLessThan(3_100);
    expect(oldest('better')).toBe(0);
  });
});
