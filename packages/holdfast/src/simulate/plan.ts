import { Choices, type ChoiceEdits, type Fault, type MessageEdits } from '@holdfast/world';
import type { Experiment } from '../experiment/experiment.ts';
import type { PlannedOperation } from '../experiment/workload.ts';

/** Everything decided before a run starts. Plain data: a seed generates it, shrinking edits it, evidence carries it. */
export interface RunPlan {
  readonly seed: number;
  /** Number of servers: the subject's own, or fewer after shrinking. */
  readonly nodes: number;
  readonly operations: readonly PlannedOperation[];
  readonly faults: readonly Fault[];
  /** When everything heals. */
  readonly healAtUs: number;
  readonly endUs: number;
  /** What replaces the seed's answers while the run goes on. */
  readonly choices: ChoiceEdits;
  /** What becomes of chosen messages, whatever the network decides. */
  readonly messages?: MessageEdits;
}

/** Names of the client hosts of an experiment: C1, C2, ... */
export function clientNames(experiment: Experiment): string[] {
  return Array.from({ length: experiment.workload.clients }, (_, i) => `C${i + 1}`);
}

/** How long the servers run before the first operation, so that a leader can be there. */
const QUIET_START_US = 1_000_000;

/**
 * The plan a seed stands for. A run has three phases: faults strike until `healAtUs`; then the system has `recoverWithinMs` to recover
 * and must make progress; at last every register is read once more.
 */
export function planRun(experiment: Experiment, seed: number): RunPlan {
  const choices = new Choices({ seed });
  const { bounds, workload, subject } = experiment;
  const endUs = Math.round(bounds.simulatedSeconds * 1_000_000);
  const recoverUs = Math.round(bounds.recoverWithinMs * 1000);
  const healAtUs = endUs - 3 * recoverUs;
  const quietUs = Math.min(QUIET_START_US, Math.floor(healAtUs / 10));
  const operations = workload.plan({
    choices: choices.stream('workload'),
    fromUs: quietUs,
    untilUs: endUs - recoverUs,
    finalUntilUs: endUs - Math.floor(recoverUs / 2),
  });
  const context = {
    choices: choices.stream('faults'),
    servers: subject.nodes,
    clients: clientNames(experiment),
    fromUs: quietUs,
    untilUs: healAtUs,
  };
  const faults = experiment.faults
    .flatMap((spec) => spec.plan(context))
    .map((draft, id): Fault => ({ ...draft, id }) as Fault);
  return { seed, nodes: subject.nodes.length, operations, faults, healAtUs, endUs, choices: {} };
}
