import assert from 'node:assert/strict';
import { join } from 'node:path';
import { runProcesses } from '../../packages/holdfast/src/node/processes/runProcesses.ts';
import type { ExperimentReference } from '../../packages/holdfast/src/node/resolveExperiment.ts';
import { FinalFailure, lacking, type LiveCheck } from './liveCheck.ts';
import experiments from './processExperiments.ts';

const FILE = join(import.meta.dirname, 'processExperiments.ts');

/** An experiment, and the promises of which it must break one; none where it must keep all. */
type Expected = readonly [name: string, breaks: readonly string[]];

const LOSES = ['no acknowledged write lost', 'linearizability', 'acknowledged effects survive'];

const EXPECTED: readonly Expected[] = [
  ['cut', []],
  ['cut-acknowledges-at-once', [...LOSES, 'rejected without authority']],
  ['cut-reads-its-own', ['linearizability', 'rejected without authority']],
];

const ON_VOLATILE_DISKS: readonly Expected[] = [
  ['outage', []],
  ['outage-replies-before-fsync', LOSES],
];

/** The experiment that is simulated, on processes of its own; its broken twins are found there, too. */
export function processChecks(): LiveCheck[] {
  return [
    ...EXPECTED.map((expected) => check(expected, () => undefined)),
    ...ON_VOLATILE_DISKS.map((expected) => check(expected, () => lacking('disk'))),
  ];
}

function check([name, breaks]: Expected, skip: LiveCheck['skip']): LiveCheck {
  return {
    name: `processes: ${name} ${breaks.length === 0 ? 'keeps all its promises' : 'is found violated'}`,
    skip,
    run: () => play(name, breaks),
  };
}

async function play(name: string, breaks: readonly string[]): Promise<void> {
  const experiment = experiments[name];
  if (experiment === undefined) throw new RangeError(`no experiment is called ${name}`);
  const reference: ExperimentReference = { kind: 'file', path: FILE, name };
  const { result, undoFailures } = await runProcesses(experiment, { reference, seed: 1 });
  assert.deepEqual(undoFailures, []);
  const told = result.verdicts.map(({ promise, status, reason }) => `${promise} ${status}: ${reason}`);
  const broken = result.verdicts.filter(({ status }) => status === 'violated').map(({ promise }) => promise);
  if (breaks.length > 0) {
    assert.ok(
      broken.some((promise) => breaks.includes(promise)),
      told.join('\n'),
    );
    return;
  }
  // A promise about safety that was broken once is broken; how soon a group recovers depends on who else uses the machine.
  if (broken.some((promise) => promise !== 'liveness after healing')) throw new FinalFailure(told.join('\n'));
  assert.deepEqual(broken, [], told.join('\n'));
}
