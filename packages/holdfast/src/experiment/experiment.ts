import { contractProblems, modelNamed, modelNames } from '@holdfast/check';
import { assertAdmitted } from '@holdfast/world';
import type { FaultSpec } from '../faults/spec.ts';
import type { OperationContract } from './contract.ts';
import { ExperimentError } from './errors.ts';
import type { Subject } from './subject.ts';
import type { Workload } from './workload.ts';

/** How long, and how soon. */
export interface Bounds {
  /** Length of one run in simulated time, up to 100 days. */
  readonly simulatedSeconds: number;
  /** Once everything has healed, operations must succeed again within this. */
  readonly recoverWithinMs: number;
  /** Work the history checker may do before it answers `undecided`. Default: its own. */
  readonly checkerSteps?: number;
}

/** What a person writes: subject, workload, faults, contract, bounds. */
export interface ExperimentDefinition {
  /** Short and unique among the experiments of a project: letters, digits and dashes. */
  readonly name: string;
  readonly subject: Subject;
  readonly workload: Workload;
  readonly faults: readonly FaultSpec[];
  /** What each operation of the workload promises. An operation left out is refused, not silently passed. */
  readonly contract: Readonly<Record<string, OperationContract>>;
  readonly bounds: Bounds;
}

const brand: unique symbol = Symbol.for('holdfast.experiment');

/** A checked experiment, ready to run. */
export interface Experiment extends ExperimentDefinition {
  readonly [brand]: true;
}

const MAX_SIMULATED_SECONDS = 100 * 24 * 3600;

/** Checks a definition and makes it runnable. Throws `ExperimentError` naming the field and how to mend it. */
export function experiment(definition: ExperimentDefinition): Experiment {
  if (!/^[A-Za-z0-9][A-Za-z0-9-]*$/.test(definition.name)) {
    throw new ExperimentError(
      'name',
      `must be letters, digits and dashes: current value is '${definition.name}'`,
      'choose a name that fits a file name',
    );
  }
  checkBounds(definition.bounds);
  checkContract(definition);
  checkFaults(definition);
  return { ...definition, [brand]: true };
}

/** Whether a value is what `experiment()` returned, also from another copy of the package. */
export function isExperiment(value: unknown): value is Experiment {
  return typeof value === 'object' && value !== null && brand in value;
}

function checkBounds(bounds: Bounds): void {
  const { simulatedSeconds, recoverWithinMs } = bounds;
  if (!(simulatedSeconds > 0 && simulatedSeconds <= MAX_SIMULATED_SECONDS)) {
    throw new ExperimentError(
      'bounds.simulatedSeconds',
      `must be above 0 and at most ${MAX_SIMULATED_SECONDS}: current value is ${simulatedSeconds}`,
      'give a length of simulated time in seconds',
    );
  }
  if (!(recoverWithinMs > 0 && recoverWithinMs * 4 <= simulatedSeconds * 1000)) {
    throw new ExperimentError(
      'bounds.recoverWithinMs',
      `must be above 0 and at most a quarter of simulatedSeconds: current value is ${recoverWithinMs}`,
      'leave room for a fault phase and for the recovery after it',
    );
  }
  const { checkerSteps } = bounds;
  if (checkerSteps !== undefined && !(checkerSteps >= 1)) {
    throw new ExperimentError(
      'bounds.checkerSteps',
      `must be at least 1: current value is ${checkerSteps}`,
      'raise it',
    );
  }
}

function checkContract(definition: ExperimentDefinition): void {
  const { subject, workload, contract } = definition;
  checkModel(workload);
  for (const f of Object.keys(contract)) {
    if (subject.operations.includes(f)) continue;
    throw new ExperimentError(
      `contract.${f}`,
      `names an operation that subject '${subject.name}' does not have`,
      `its operations are ${subject.operations.join(', ')}`,
    );
  }
  for (const f of workload.operations) {
    if (!subject.operations.includes(f)) {
      throw new ExperimentError(
        `workload '${workload.name}'`,
        `uses operation '${f}' that subject '${subject.name}' does not have`,
        `its operations are ${subject.operations.join(', ')}`,
      );
    }
    if (contract[f] !== undefined) continue;
    throw new ExperimentError(
      'contract',
      `says nothing of operation '${f}', which the workload uses`,
      `add '${f}: linearizable({ ... })', or unclaimed({ ... }) to leave it unjudged`,
    );
  }
  const model = workload.model === null ? null : (modelNamed(workload.model) ?? null);
  const [wrong] = contractProblems(contract, workload.operations, model);
  if (wrong === undefined) return;
  const { operation, problem, mend } = wrong;
  if (model === null && claimsConsistency(contract[operation])) {
    throw new ExperimentError(
      `contract.${operation}`,
      `${problem}: workload '${workload.name}' has none (its model is null)`,
      `promise unclaimed({ ... }) for '${operation}', or give the workload a model: one of ${modelNames.join(', ')}`,
    );
  }
  throw new ExperimentError(`contract.${operation}`, problem, mend);
}

function claimsConsistency(promised: OperationContract | undefined): boolean {
  return promised !== undefined && (promised.consistency !== 'unclaimed' || promised.freshness !== undefined);
}

function checkModel({ model }: Workload): void {
  if (model === null || modelNamed(model) !== undefined) return;
  throw new ExperimentError(
    'workload.model',
    `'${model}' is not a model of the checker`,
    `use one of ${modelNames.join(', ')}, or null when no operation claims consistency`,
  );
}

function checkFaults(definition: ExperimentDefinition): void {
  const { subject, workload } = definition;
  const clients = Array.from({ length: workload.clients }, (_, i) => `C${i + 1}`);
  const known = new Set([...subject.nodes, ...clients, 'leader']);
  for (const spec of definition.faults) {
    for (const kind of spec.kinds) assertAdmitted(subject.failureModels, kind);
    for (const host of spec.hosts) {
      if (known.has(host)) continue;
      throw new ExperimentError(
        `fault '${spec.name}'`,
        `names host '${host}' that subject '${subject.name}' does not have`,
        `its servers are ${subject.nodes.join(', ')} (or say 'leader'), its clients C1 to C${clients.length}`,
      );
    }
  }
}
