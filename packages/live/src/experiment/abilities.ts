import { checkerNamed, modelNamed, modelNames } from '@holdfast/check';
import { LiveError } from '../errors.ts';
import type { System } from '../subjects/cluster.ts';
import { SYSTEMS } from '../subjects/systems.ts';
import type { WorkloadEntry } from './file.ts';
import { LOAD_ACTIONS, LOADS, type LoadName } from './loads.ts';
import type { PlayedFile } from './stage.ts';

/** What can be asked of a system. */
type Able = Pick<System, 'name' | 'actions'> & Partial<Pick<System, 'modes' | 'settings'>>;

/** Which workloads a system can do, as they are when a file says no more than their names. */
export function loadsOf({ actions }: Pick<System, 'actions'>): LoadName[] {
  return LOADS.filter((load) => LOAD_ACTIONS[load].every((f) => actions.includes(f)));
}

/** Throws `LiveError` when a file asks what a system cannot do, in a way it does not have, or to be judged by what there is not: said before a run starts. */
export function assertActions(file: PlayedFile, system: Able): void {
  const { workload, subject } = file;
  const all = [...(file.steps ?? []), ...(file.rollback ?? [])];
  const steps = all.flatMap((step) => [
    ...(['read', 'write', 'cas'] as const).filter((f) => step[f] !== undefined),
    ...(step.do === undefined ? [] : [step.do.f ?? 'read']),
  ]);
  if (workload !== undefined) assertLoad(workload, system);
  const modes = all.map((step) => (step.read ?? step.write ?? step.cas ?? step.do)?.mode);
  for (const mode of [workload?.mode, ...modes]) assertKnown('the mode', mode, system.modes, system);
  for (const name of Object.keys(subject.settings ?? {}))
    assertKnown('the setting', name, system.settings, system);
  assertChecks(file);
  // A watch is opened by a step of its own.
  const unknown = steps.find((f) => f === 'watch' || !system.actions.includes(f));
  if (unknown === undefined) return;
  throw new LiveError(
    'FAULT_UNSUPPORTED',
    `Cannot ask ${system.name} to ${unknown}: it can ${system.actions.join(', ')}`,
    'mend the step',
    unknown,
  );
}

/** Throws `LiveError` when a system has no such mode or setting; nobody knows better where it does not say what it has. */
function assertKnown(
  what: string,
  name: string | undefined,
  known: readonly string[] | undefined,
  system: Able,
): void {
  if (name === undefined || known === undefined || known.includes(name)) return;
  throw new LiveError(
    'BAD_FILE',
    `Cannot use ${what} '${name}' with ${system.name}: it has ${known.join(', ')}`,
    'choose one of them',
    name,
  );
}

/** Throws `LiveError` for a model or a checker there is not. */
function assertChecks({ checks }: PlayedFile): void {
  for (const { linearizable, checker } of checks) {
    if (linearizable !== undefined && modelNamed(linearizable) === undefined) {
      throw new LiveError(
        'UNKNOWN_NAME',
        `Cannot judge by the model '${linearizable}': there is none of that name`,
        `use one of ${modelNames.join(', ')}`,
        linearizable,
      );
    }
    // Several stand in one, with commas between them.
    const unknown = checker?.split(',').find((name) => checkerNamed(name.trim()) === undefined);
    if (unknown !== undefined) {
      throw new LiveError(
        'UNKNOWN_NAME',
        `Cannot judge by the checker '${unknown.trim()}': there is none of that name`,
        "see 'holdfast check --list'",
        unknown,
      );
    }
  }
}

function assertLoad(workload: WorkloadEntry, system: Able): void {
  const { of = 'registers', mix = {}, atomic = true } = workload;
  const drawn = Object.entries(mix).flatMap(([f, weight]) => (weight > 0 ? [f] : []));
  const asked: readonly string[] = of === 'registers' && drawn.length > 0 ? drawn : LOAD_ACTIONS[of];
  // The broken twin of a workload is made of reads and writes.
  const needed = atomic || of === 'watch' ? asked : ['read', 'write'];
  const lacking = needed.filter((f) => !system.actions.includes(f));
  if (lacking.length === 0) return;
  const twin = atomic ? '' : ' with atomic: false';
  const others = SYSTEMS.filter(({ actions }) => needed.every((f) => actions.includes(f)));
  throw new LiveError(
    'FAULT_UNSUPPORTED',
    `Cannot load ${system.name} with ${of}${twin}: it cannot ${lacking.join(', ')}; its workloads are ${loadsOf(system).join(', ') || 'none'}`,
    `choose one of them${others.length === 0 ? '' : `, or ${others.map(({ name }) => name).join(', ')}`}`,
    of,
  );
}
