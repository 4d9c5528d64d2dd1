import { modelNamed } from '@holdfast/check';
import {
  type CoreModel,
  type CoreProperty,
  type Explorable,
  explorable,
  linearizable,
  type NodeSymmetry,
  type Observation,
  ofSide,
  type OperationEvent,
  operationRecorder,
  type PairedHistory,
  pairedRecorder,
  type Recorder,
  Walkthrough,
} from '@holdfast/explore';
import type { FaultKind } from '@holdfast/world';
import type { ExploredPromises, ExploredSubject } from '../experiment/explored.ts';
import type { Experiment } from '../experiment/experiment.ts';
import type { Call } from '../experiment/subject.ts';
import { planRun } from '../simulate/plan.ts';
import { chooseCalls } from './chooseCalls.ts';
import { NotExplorableError } from './errors.ts';
import { withinFaults } from './withinFaults.ts';

/** How large the explored world is. */
export interface ExploredSize {
  /** Nodes of the group. Default: the fewest the subject can be. */
  readonly nodes?: number;
  /** Calls that clients make, each by one of its own. Default 3. */
  readonly calls?: number;
  /** The seed whose plan the calls are from. Default 1. */
  readonly seed?: number;
}

/** An experiment as something to explore, and what was made of it. */
export interface ExploredExperiment {
  readonly model: Explorable;
  readonly calls: readonly Call[];
  readonly nodes: number;
  /** Promises of the experiment that exploration does not judge. */
  readonly unjudged: readonly string[];
  /** Kinds of fault of the experiment that exploration does not make. */
  readonly leftOut: readonly FaultKind[];
  /** Of its own promises, those that something could have broken so far; absent where all that are judged are looked at in every state. */
  readonly examined?: ReadonlySet<string>;
}

/** What is judged of what clients see, as in simulation. */
export const LINEARIZABILITY = 'linearizability';

const CALLS = 3;
/** Groups below this show little. */
const FEWEST = 3;

/**
 * The experiment's subject, calls, faults and contract as a system to search to the end: the same cores, calls of the same plan, bounds from
 * its faults, and what clients see judged by the same model in every state. Throws `NotExplorableError`.
 */
export function exploredExperiment(experiment: Experiment, size: ExploredSize = {}): ExploredExperiment {
  const { name, subject, workload, faults } = experiment;
  const nodes = size.nodes ?? fewestNodes(experiment);
  const explored = subject.explored?.(nodes);
  if (explored === undefined)
    throw new NotExplorableError(
      name,
      subject.explored === undefined
        ? `its subject, ${subject.name}, is not made of cores whose promises hold however long steps take`
        : `its subject, ${subject.name}, cannot be taken step by step with ${nodes} nodes`,
      "simulate it with 'holdfast run', or write a model ('holdfast explore' lists those that come with it)",
    );
  const calls = chooseCalls(planRun(experiment, size.seed ?? 1).operations, size.calls ?? CALLS);
  const { bounds, leftOut } = withinFaults(faults.flatMap(({ kinds }) => kinds));
  const model = modelOf(experiment, explored, calls);
  // A node that tells all others something sends as many messages in one step.
  const inFlight = Math.max(bounds.inFlight ?? 0, nodes - 1, sentAtStart(model));
  const within = { ...bounds, inFlight };
  const judged = new Set((model.properties ?? []).map((property) => property.name));
  if (judged.size === 0)
    throw new NotExplorableError(
      name,
      'neither what its clients see nor a promise of its own can be judged in a state',
      "simulate it with 'holdfast run'",
    );
  return {
    model: explorable(model, within),
    calls,
    nodes,
    unjudged: [
      ...subject.promises.filter((promise) => !judged.has(promise)),
      ...workload.operations.filter((f) => !isJudged(experiment, f)).map((f) => `what '${f}' promises`),
    ],
    leftOut,
    ...(explored.examined === undefined ? {} : { examined: explored.examined }),
  };
}

/** Messages that are on their way when all nodes have just started: a bound below would leave nothing to do. */
function sentAtStart(model: CoreModel<unknown, unknown, unknown>): number {
  const start = new Walkthrough(explorable(model)).state() as { readonly inFlight: readonly unknown[] };
  return start.inFlight.length;
}

/** The subject's least size that is at least three. */
function fewestNodes({ subject }: Experiment): number {
  for (let nodes = Math.min(FEWEST, subject.nodes.length); nodes < subject.nodes.length; nodes++)
    if (subject.resized?.(nodes) !== undefined) return nodes;
  return subject.nodes.length;
}

function isJudged({ contract }: Experiment, f: string): boolean {
  return contract[f]?.consistency === 'linearizable';
}

function modelOf(
  experiment: Experiment,
  explored: ExploredSubject,
  calls: readonly Call[],
): CoreModel<unknown, unknown, unknown> {
  const { name, workload } = experiment;
  const promises = explored.promises?.(calls);
  const judge = workload.model === null ? undefined : modelNamed(workload.model);
  const claimed = explored.oneAnswers && calls.some(({ f }) => isJudged(experiment, f));
  const base = {
    name,
    nodes: explored.nodes,
    clients: calls.map((call) => ({ requests: [{ command: explored.command(call) }] })),
  };
  if (judge === undefined || !claimed) return { ...base, ...partsOf(promises) };
  const operations = clientRecorder(experiment, explored, calls);
  const seen = linearizable(judge) as CoreProperty<unknown>;
  const own = promises?.recorder ?? NO_PAST;
  return {
    ...base,
    history: pairedRecorder(own, operations),
    properties: [
      ...(promises?.properties ?? []).map((property) => ofSide(property, 'past')),
      ofSide({ ...seen, name: LINEARIZABILITY }, 'operations'),
    ],
    ...(promises?.symmetry === undefined ? {} : { symmetry: ofPast(promises.symmetry) }),
  };
}

const NO_PAST: Recorder<unknown, unknown, unknown> = {
  initial: null,
  observe: () => undefined,
  next: (past) => past,
};

function partsOf(
  promises: ExploredPromises | undefined,
): Pick<CoreModel<unknown, unknown, unknown>, 'history' | 'properties' | 'symmetry'> {
  if (promises === undefined) return {};
  const { recorder, properties, symmetry } = promises;
  return {
    properties,
    ...(recorder === undefined ? {} : { history: recorder }),
    ...(symmetry === undefined ? {} : { symmetry }),
  };
}

/** Clients have no names of nodes in what they saw. */
function ofPast(symmetry: NodeSymmetry<unknown>): NodeSymmetry<unknown> {
  return {
    ...symmetry,
    history: (history, rename) => {
      const { past, operations } = history as PairedHistory;
      return { past: symmetry.history?.(past, rename) ?? past, operations };
    },
  };
}

/** What clients see of the operations that are judged. */
function clientRecorder(
  experiment: Experiment,
  explored: ExploredSubject,
  calls: readonly Call[],
): Recorder<unknown, unknown, unknown> {
  return operationRecorder<unknown, unknown, unknown>(calls.length, (seen) =>
    eventOf(seen, experiment, explored, calls),
  );
}

function eventOf(
  seen: Observation<unknown, unknown, unknown>,
  experiment: Experiment,
  explored: ExploredSubject,
  calls: readonly Call[],
): OperationEvent | undefined {
  if (seen.kind !== 'request' && seen.kind !== 'reply' && seen.kind !== 'lost') return undefined;
  const { client: process } = seen;
  const call = calls[process];
  if (call === undefined || !isJudged(experiment, call.f)) return undefined;
  if (seen.kind === 'request') return { kind: 'invoke', process, f: call.f, input: call.input };
  if (seen.kind === 'lost') return { kind: 'lost', process };
  const answer = explored.answer(seen.result);
  if (answer.kind === 'done') return { kind: 'return', process, output: answer.output };
  return answer.kind === 'refused' ? { kind: 'fail', process } : { kind: 'lost', process };
}
