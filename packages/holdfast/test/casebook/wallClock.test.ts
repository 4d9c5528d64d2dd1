import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { causalOracle, editorEvents } from '../../src/casebook/recipes/editorRun.ts';
import { assertSamePlans, caseStudy, type CaseStudy, measured } from '../../src/casebook/index.ts';
import { simulate } from '../../src/simulate/simulate.ts';
import { holdfast } from '../cli/support.ts';
import { CASEBOOK, caseNamed } from './support.ts';

const FOLDER = join(CASEBOOK, 'wall-clock');
const DOCUMENT = join(FOLDER, 'three-node-trace.md');

describe('the case of the wall clock', () => {
  let study: CaseStudy;
  beforeAll(async () => {
    study = await caseNamed('wall-clock');
  });

  it('S0.23 loses causally newer edits by wall clock, and none by version vectors or hybrid clocks on the same seeds', () => {
    assertSamePlans(study);
    for (const seed of [1, 2]) {
      const wrong = simulate(study.experiments.wrong, seed);
      const verdict = wrong.verdicts.find(({ promise }) => promise === study.wrong.breaks);
      expect(verdict?.status).toBe('violated');
      expect(verdict?.reason).toMatch(
        /edit \d+ of f\d by N\d lost to edit \d+; made by one who had seen edit \d+ of N1$/,
      );
      expect(simulate(study.experiments.better, seed).status).toBe('holds');
      const hybrid = simulate(study.experiments['hybrid'] ?? study.experiments.wrong, seed);
      expect(hybrid.metrics['lostNewer']).toBe(0);
    }
  });

  it('S0.25 measures lost edits, concurrent pairs told and bytes per edit from 3 to 50 writers', () => {
    const table = measured(caseStudy({ ...study, tradeoffs: { ...study.tradeoffs, seeds: [1] } }));
    const unshown = study.tradeoffs.claims.filter(({ holds }) => !holds(table));
    expect(unshown.map(({ sentence }) => sentence)).toEqual([]);
    expect(Object.keys(table)).toHaveLength(10);
  });

  it('S0.26 gives nine fields for three nodes whose timestamps and concurrent pairs are those of the messages', async () => {
    const text = readFileSync(DOCUMENT, 'utf8');
    expect(text.match(/^## /gm)).toHaveLength(9);
    expect(text.match(/"agrees":true/g)).toHaveLength(7);
    const good = await holdfast(['verify', DOCUMENT]);
    expect(good.out).toMatch(/^HOLDS {2}9 claims/m);
    const twin = `three-nodes=${join(FOLDER, 'experiment.ts')}#three-nodes-deaf`;
    const deaf = await holdfast(['verify', DOCUMENT, '--with', twin]);
    expect(deaf.code).toBe(1);
    expect(deaf.out).toMatch(
      /^VIOLATED {2}3 of 9 fields: Lamport timestamps, Vector timestamps, Concurrent pairs;/m,
    );
  });

  it('S0.26 stamps of larger runs equal the oracle too, and those of deaf clocks do not', () => {
    const equal = (name: string): boolean => {
      const experiment = study.experiments[name] ?? study.experiments.wrong;
      const events = editorEvents(simulate(experiment, 5, { trace: true }));
      const { longestPath, counts } = causalOracle(events);
      expect(events.length).toBeGreaterThan(5);
      return events.every(({ lamport, vector }, i) => {
        const truth = counts[i] ?? {};
        const same = ['A', 'B', 'C'].every((node) => (vector[node] ?? 0) === (truth[node] ?? 0));
        return lamport === longestPath[i] && same;
      });
    };
    expect([equal('versions-3'), equal('three-nodes-deaf')]).toEqual([true, false]);
  });
});
