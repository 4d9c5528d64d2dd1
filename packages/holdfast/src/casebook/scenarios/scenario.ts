import type { History, Operation } from '@holdfast/check';
import type { Trace } from '@holdfast/trace';
import { ExperimentError } from '../../experiment/errors.ts';
import { type Experiment, experiment } from '../../experiment/experiment.ts';
import { unclaimed } from '../../experiment/contract.ts';
import type { Subject } from '../../experiment/subject.ts';
import type { Workload } from '../../experiment/workload.ts';
import { exactly } from '../../faults/exactly.ts';
import type { FaultDraft } from '../../faults/spec.ts';
import { simulate } from '../../simulate/simulate.ts';
import { promising } from '../../subjects/promising.ts';

/** One of the ten (S1.148). */
export type ScenarioId = 'SC1' | 'SC2' | 'SC3' | 'SC4' | 'SC5' | 'SC6' | 'SC7' | 'SC8' | 'SC9' | 'SC10';

/** The answer to a scenario's question, from what clients saw and nothing else. */
export interface ScenarioAnswer {
  readonly answer: 'yes' | 'no';
  /** One sentence with the operations or figures it rests on. */
  readonly because: string;
  /** How much was looked at; 0 leaves the question open. */
  readonly examined: number;
}

/** Something that goes wrong, and a yes-or-no question to whatever service it happens to. */
export interface FailureScenario {
  readonly id: ScenarioId;
  readonly happens: string;
  readonly question: string;
  /** The answer of a service that is right. */
  readonly hoped: 'yes' | 'no';
  /** What stands for what among the service's servers, in the order of `nodes`: the service has at least these. */
  readonly roles: readonly string[];
  /** What the service offers, and who asks for it where: for whoever brings a service. */
  readonly service: string;
  readonly workload: Workload;
  /** `host` gives the server of a role. */
  readonly faults: (host: (role: string) => string) => readonly FaultDraft[];
  readonly answer: (operations: readonly Operation[]) => ScenarioAnswer;
}

/** Simulated length of every scenario, and when everything heals, ms. */
export const SCENARIO_MS = { end: 9_000, heal: 6_000 } as const;

/** The promise that a service keeps whose answer is the hoped one. */
export function scenarioPromise({ id, question, hoped }: FailureScenario): string {
  return `${id} ${question} ${hoped}`;
}

/**
 * The scenario happening to a service, with its question as one more promise. Throws `ExperimentError` when the service lacks an operation,
 * has too few servers, or does not claim to survive what happens.
 */
export function scenarioExperiment(scenario: FailureScenario, service: Subject, name?: string): Experiment {
  const { id, roles, workload } = scenario;
  if (service.nodes.length < roles.length) {
    throw new ExperimentError(
      `scenario ${id}`,
      `needs ${roles.length} servers (${roles.join(', ')}), and '${service.name}' has ${service.nodes.length}`,
      'give a service with a server for each role',
    );
  }
  const host = (role: string): string => service.nodes[roles.indexOf(role)] ?? role;
  const any = unclaimed({ duringPartition: 'reject', availability: 'none' });
  return experiment({
    name: name ?? `${id.toLowerCase()}-${service.name.replaceAll(/[^A-Za-z0-9]+/g, '-')}`,
    subject: asked(scenario, service),
    workload,
    faults: [exactly(scenario.faults(host))],
    contract: Object.fromEntries(workload.operations.map((f) => [f, any])),
    bounds: { simulatedSeconds: SCENARIO_MS.end / 1_000, recoverWithinMs: 1_000 },
  });
}

/** A service with the scenario's question among its promises. */
function asked(scenario: FailureScenario, service: Subject): Subject {
  return promising(service, scenarioPromise(scenario), (operations) => {
    const { answer, because, examined } = scenario.answer(operations);
    if (examined === 0) return { status: 'undecided', reason: because, examined };
    const status = answer === scenario.hoped ? 'holds' : 'violated';
    return { status, reason: `${answer}: ${because}`, examined };
  });
}

/** What a service answered, with the run that shows it. */
export interface AskedScenario extends ScenarioAnswer {
  readonly id: ScenarioId;
  readonly question: string;
  readonly hoped: 'yes' | 'no';
  readonly trace: Trace;
  readonly history: History;
  readonly digest: string;
}

/** Runs a scenario against a service and answers its question. Deterministic for a seed. */
export function askScenario(scenario: FailureScenario, service: Subject, seed = 1): AskedScenario {
  const { history, trace, digest } = simulate(scenarioExperiment(scenario, service), seed, { trace: true });
  const { id, question, hoped } = scenario;
  return {
    id,
    question,
    hoped,
    ...scenario.answer(history.operations),
    trace: trace ?? { nodes: [], events: [], faults: [], endedAt: 0 },
    history,
    digest,
  };
}
