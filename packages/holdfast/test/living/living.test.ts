import { fileURLToPath } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import type { RerunAnswer, RerunPlan, RerunRequest } from '@holdfast/report';
import { addHostFault, codeDigest, editMessage, renderReport } from '@holdfast/report';
import { expect, test } from 'vitest';
import { experimentNamed } from '../../src/living/named.ts';
import { Rerunner } from '../../src/living/rerunner.ts';
import { livingCode, rerunOf } from '../../src/node/livingCode.ts';
import { compressed, runReport } from '../../src/node/report.ts';
import { loadReference } from '../../src/node/resolveExperiment.ts';
import { planRun } from '../../src/simulate/plan.ts';
import { simulatePlan } from '../../src/simulate/simulate.ts';

const tiny = fileURLToPath(new URL('../cli/fixtures/tiny.ts', import.meta.url));
const needy = fileURLToPath(new URL('fixtures/readsAFile.ts', import.meta.url));
const TINY = { kind: 'file', path: tiny, name: 'tiny' } as const;

/** Runs a page's code as a worker would: nothing but the language, `onmessage` and `postMessage`. */
function worker(code: string): (request: RerunRequest) => RerunAnswer {
  let answer: RerunAnswer | undefined;
  const context = createContext({ postMessage: (sent: RerunAnswer) => void (answer = sent) });
  runInContext(code, context);
  return (request) => {
    context['sent'] = { data: request };
    runInContext('onmessage(sent)', context);
    if (answer === undefined) throw new Error('the code posted no answer');
    return structuredClone(answer);
  };
}

test('the code a page carries makes the same run with nothing but the language, for a file and for a built-in', async () => {
  for (const reference of [TINY, { kind: 'built-in', name: 'raft-ack-on-append' } as const]) {
    const living = livingCode(reference);
    if (living.kind === 'none') throw new Error(living.reason);
    expect(living.digest).toBe(codeDigest(living.code));
    const experiment = await loadReference(reference);
    const plan: RerunPlan = { ...planRun(experiment, 3), endUs: 3_000_000 };
    const here = new Rerunner(() => experiment).answer({ id: 1, experiment: '', base: true, plan });
    const there = worker(living.code)({ id: 1, experiment: reference.name, base: true, plan });
    expect(there).toEqual(here);
    expect(here.kind).toBe('ran');
  }
});

test('a real run of over 10,000 events with the code that makes it again is a report under 1 MB', async () => {
  const reference = { kind: 'built-in', name: 'raft-majority' } as const;
  const experiment = await loadReference(reference);
  const plan = { ...planRun(experiment, 1), endUs: 12_000_000 };
  const result = simulatePlan(experiment, plan, { trace: true });
  expect(result.trace?.events.length).toBeGreaterThan(10_000);
  const about = { experiment: 'raft-majority', title: 'Long', command: 'none' };
  const run = runReport(result, { ...about, living: { reference, cwd: '.' } });
  expect(run.rerun?.code.length).toBeGreaterThan(100_000);
  const html = renderReport({ title: 'Long', generatedFor: 'a test', runs: [run] }, { compress: compressed });
  expect(Buffer.byteLength(html)).toBeLessThan(1_000_000);
});

test('a lost message is another future: the first difference is named, an equal run has none', async () => {
  const experiment = await loadReference(TINY);
  const plan = planRun(experiment, 3);
  const rerunner = new Rerunner(() => experiment);
  const ask = (changed: RerunPlan, base = false): Extract<RerunAnswer, { kind: 'ran' }> => {
    const answer = rerunner.answer({ id: 1, experiment: 'tiny', base, plan: changed });
    if (answer.kind !== 'ran') throw new Error(JSON.stringify(answer));
    return answer;
  };
  const base = ask(plan, true);
  expect(base.digest).toBe(simulatePlan(experiment, plan).digest);
  expect(base.divergence).toBeUndefined();
  expect(ask(plan).divergence).toBeUndefined();
  const first = base.trace.events.find(({ kind }) => kind === 'deliver');
  const message = first?.message ?? -1;
  const lost = ask(editMessage(plan, message, { kind: 'drop' }));
  expect(lost.digest).not.toBe(base.digest);
  const { event, text } = lost.divergence ?? { event: -1, text: '' };
  expect(base.trace.events.slice(0, event)).toEqual(lost.trace.events.slice(0, event));
  expect(base.trace.events[event]).not.toEqual(lost.trace.events[event]);
  expect(text).toContain('taken out');
  expect(lost.trace.events.filter((e) => e.kind === 'deliver' && e.message === message)).toEqual([]);
  expect(simulatePlan(experiment, { ...plan, messages: { [message]: { kind: 'drop' } } }).digest).toBe(
    lost.digest,
  );
});

test('a change that cannot be run is an answer with the reason', async () => {
  const experiment = await loadReference(TINY);
  const rerunner = new Rerunner((name) => (name === 'tiny' ? experiment : undefined));
  const nowhere = addHostFault(planRun(experiment, 1), 'pause', 'N99', 1, 1);
  const ask = (experimentName: string, plan: RerunPlan): RerunAnswer =>
    rerunner.answer({ id: 4, experiment: experimentName, base: false, plan });
  expect(ask('tiny', nowhere)).toMatchObject({ id: 4, kind: 'failed', reason: /N99/ });
  expect(ask('other', nowhere)).toMatchObject({
    kind: 'failed',
    reason: "the code carries no experiment 'other'",
  });
});

test('an experiment that needs more than the language is reported with the reason and no code', () => {
  const reference = { kind: 'file', path: needy, name: 'x' } as const;
  const found = rerunOf(
    { seed: 1, nodes: 1, operations: [], faults: [], healAtUs: 0, endUs: 0, choices: {} },
    reference,
    'x.ts',
  );
  expect(found).toEqual({ noRerun: 'Could not resolve "node:fs"' });
});

test('an experiment is found by its key, by its name, or as the only one', async () => {
  const experiment = await loadReference(TINY);
  expect(experimentNamed(experiment, 'any')).toBe(experiment);
  expect(experimentNamed({ one: experiment }, 'one')).toBe(experiment);
  expect(experimentNamed([experiment], 'tiny')).toBe(experiment);
  expect(experimentNamed([experiment], 'other')).toBeUndefined();
  expect(experimentNamed('no', 'tiny')).toBeUndefined();
});
