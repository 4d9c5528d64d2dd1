import type { FaultKind } from '@holdfast/world';
import { ExperimentError } from '../../experiment/errors.ts';
import type { Experiment } from '../../experiment/experiment.ts';

/** What processes, the network between them and signals can do. */
const DONE: ReadonlySet<FaultKind> = new Set<FaultKind>([
  'partition',
  'one-way',
  'bridge',
  'flapping',
  'channel',
  'loss',
  'duplicate',
  'reorder',
  'corrupt',
  'slow-link',
  'narrow-link',
  'black-hole',
  'crash',
  'amnesia',
  'pause',
  'slow-cpu',
  'clock-step',
  'clock-drift',
  'disk-slow',
  'byzantine',
]);

/** What needs a disk that can lose what was not synced. */
const ON_VOLATILE_DISKS: ReadonlySet<FaultKind> = new Set<FaultKind>(['disk-lost-writes']);

/** Whether an experiment's faults need volatile disks. Throws `ExperimentError` for a fault that processes cannot have. */
export function needsVolatileDisks({ faults, subject }: Experiment): boolean {
  const kinds = faults.flatMap((spec) => spec.kinds);
  for (const kind of kinds) {
    if (DONE.has(kind) || ON_VOLATILE_DISKS.has(kind)) continue;
    throw new ExperimentError(
      'faults',
      `hold '${kind}', which cannot be done to a process of ${subject.name}`,
      `simulate it with 'holdfast run', or leave it out: processes can have ${[...DONE, ...ON_VOLATILE_DISKS].join(', ')}`,
    );
  }
  return kinds.some((kind) => ON_VOLATILE_DISKS.has(kind));
}
