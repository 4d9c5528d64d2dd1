import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from '@holdfast/report';
import { beforeAll, describe, expect, it } from 'vitest';
import { type CaseStudy, filled, readContract, staleReads } from '../../src/casebook/index.ts';
import { simulate } from '../../src/simulate/simulate.ts';
import { parseEvidence } from '../../src/evidence/evidence.ts';
import { holdfast, ROOT } from '../cli/support.ts';
import { CASEBOOK, caseNamed } from './support.ts';

const FOLDER = join(CASEBOOK, 'stale-read');

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

  it('S0.33 the plan has eight fields and is run; each failure links its shrunk trace, which replays; windows are compared with what was measured', async () => {
    const [recipe] = study.documents;
    if (recipe === undefined) expect.fail('the plan');
    const written = parseDocument(readFileSync(join(FOLDER, 'read-contract-test-plan.md'), 'utf8'));
    expect(written.fields.map(({ name }) => name)).toEqual([
      'Read API',
      'Expected consistency',
      'Leader/follower behavior',
      'Partition injected',
      'Pause injected',
      'History checker',
      'Acceptable stale window',
      'Failure evidence',
    ]);
    const field = (name: string): (typeof written.fields)[number] => {
      const found = written.fields.find((each) => each.name === name);
      if (found === undefined) expect.fail(name);
      return found;
    };
    const windows = field('Acceptable stale window').facts.rows as readonly (readonly string[])[];
    for (const [name = '', acceptable = '', maximum = '', kept = ''] of windows) {
      expect([name, kept]).toEqual([name, Number(maximum) <= Number(acceptable) ? 'yes' : 'no']);
    }
    expect(windows.find(([name]) => name === 'local')?.[2]).toMatch(/^[123]\d00$/);
    const failing = field('Failure evidence');
    expect(failing.evidence).toHaveLength((failing.facts.failing as readonly string[]).length);
    for (const { command, text } of failing.evidence) {
      const [, path = ''] =
        /^npx holdfast replay (casebook\/stale-read\/failure-.*\.json)$/.exec(command) ?? [];
      const evidence = parseEvidence(readFileSync(join(ROOT, path), 'utf8'));
      expect(evidence.plan?.operations.length).toBeLessThan(20);
      const replayed = await holdfast(['replay', path], ROOT);
      expect(replayed.code).toBe(1);
      expect(replayed.out).toContain(text.slice(text.indexOf('process')));
    }
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
