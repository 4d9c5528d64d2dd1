import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareDocuments, failureScenariosForm, parseDocument, SCENARIO_NAMES } from '@holdfast/report';
import { beforeAll, describe, expect, it } from 'vitest';
import { assertSamePlans, caseStudy, type CaseStudy, filled, pairOutcome } from '../../src/casebook/index.ts';
import {
  askScenario,
  FAILURE_SCENARIOS,
  failureScenario,
  scenarioExperiment,
} from '../../src/casebook/scenarios/index.ts';
import { ExperimentError, raftKv, simulate, sketch, type Subject } from '../../src/index.ts';
import { CASEBOOK, caseNamed } from './support.ts';

const KEPT = readFileSync(join(CASEBOOK, 'failure-scenarios', 'failure-scenarios.md'), 'utf8');

describe('the ten failure scenarios', () => {
  let study: CaseStudy;
  beforeAll(async () => {
    study = caseStudy({ ...(await caseNamed('failure-scenarios')), seeds: { first: 1, count: 2 } });
  });

  const serviceOf = (key: string): Subject => {
    const subject = study.experiments[key]?.subject;
    if (subject === undefined) expect.fail(`no experiment '${key}'`);
    return subject;
  };

  for (const scenario of FAILURE_SCENARIOS) {
    const { id, happens, hoped, question } = scenario;
    it(`S1.148 ${id} ${happens}: a service that is right answers ${hoped}, its twin does not, each with a trace`, () => {
      const [right, twin] = [serviceOf(id.toLowerCase()), serviceOf(`${id.toLowerCase()}-twin`)];
      const other = hoped === 'yes' ? 'no' : 'yes';
      for (const seed of [1, 3]) {
        const good = askScenario(scenario, right, seed);
        expect(good).toMatchObject({ id, question, answer: hoped });
        expect(good.examined).toBeGreaterThan(20);
        expect(askScenario(scenario, twin, seed)).toMatchObject({ id, question, answer: other });
        // A backlog grows by the load alone.
        expect(good.trace.faults.length > 0).toBe(id !== 'SC9');
        expect(good.trace.events.length).toBeGreaterThan(good.history.operations.length);
      }
    });
  }

  it('S1.148 there are ten, in order, each of which pits two services against the same plan', () => {
    expect(FAILURE_SCENARIOS.map(({ id, happens }) => `${id} ${happens}`)).toEqual(SCENARIO_NAMES);
    assertSamePlans(study);
    const [first] = study.pairs ?? [];
    if (first === undefined) expect.fail('ten pairs');
    expect(pairOutcome(study, first)).toMatchObject({ broken: 2, problems: [] });
    expect(pairOutcome(study, { ...first, better: first.wrong }).problems).toHaveLength(1);
  });

  it('S1.148 a service that somebody brings is asked the same question, and refused by name when it cannot be', () => {
    // It remembers nothing: but it is asked once only, and so it does nothing twice.
    const patient = (attempts: number): Subject =>
      sketch({
        name: 'a counter of one’s own',
        nodes: ['mine'],
        operations: ['add', 'total'],
        survives: ['omission'],
        clients: { timeoutMs: 60, attempts },
        program: ({ kept }) => ({
          request: ({ f, key }, answer) => {
            const total = Number(kept[key] ?? 0) + (f === 'add' ? 1 : 0);
            kept[key] = total;
            answer({ outcome: 'ok', output: f === 'add' ? null : total });
          },
        }),
        promises: [],
        judge: () => [],
      });
    const scenario = failureScenario('SC1');
    expect(askScenario(scenario, patient(1)).answer).toBe('no');
    expect(askScenario(scenario, patient(4)).answer).toBe('yes');
    expect(() => scenarioExperiment(scenario, raftKv({ nodes: 3 }))).toThrow(ExperimentError);
    expect(() => scenarioExperiment(failureScenario('SC4'), patient(1))).toThrow(
      /needs 3 servers \(relay, broker, consumer\), and 'a counter of one’s own' has 1/,
    );
  });

  it('S1.148 a scenario that could look at nothing is left open', () => {
    const silent = sketch({
      name: 'silent',
      nodes: ['mine'],
      operations: ['add', 'total'],
      survives: ['omission'],
      clients: { timeoutMs: 60 },
      program: () => ({}),
      promises: [],
      judge: () => [],
    });
    const result = simulate(scenarioExperiment(failureScenario('SC1'), silent), 1);
    expect(result.status).toBe('undecided');
    expect(result.verdicts[0]?.reason).toBe('no counter could be read in the end');
  });

  it('S1.148 the sheet has ten entries that verify; a twin in place of a service turns its entry red', () => {
    const [recipe] = study.documents;
    if (recipe === undefined) expect.fail('the sheet');
    const problems = (after: ReturnType<typeof filled>): string[] =>
      compareDocuments(failureScenariosForm, parseDocument(KEPT), after)
        .filter(({ status }) => status !== 'holds')
        .map(({ field, status }) => `${field}: ${status}`);
    expect(problems(filled(study, recipe))).toEqual([]);
    const worse = filled(study, recipe, { experiments: { sc10: study.experiments['sc10-twin'] } as never });
    expect(problems(worse)).toEqual(['SC10 an operator forces a promotion: false']);
  });
});
