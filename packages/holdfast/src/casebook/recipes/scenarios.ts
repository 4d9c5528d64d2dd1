import { failureScenariosForm } from '@holdfast/report';
import type { RunResult } from '../../simulate/simulate.ts';
import type { CaseRuns, DocumentRecipe, FieldSource } from '../case.ts';
import type { FailureScenario } from '../scenarios/scenario.ts';

/** Keys of a case's experiments: the scenario happening to a service that is right, and to its twin. */
export interface ScenarioExperiments {
  readonly scenario: FailureScenario;
  readonly right: string;
  readonly twin: string;
}

/** Fills the sheet of the ten scenarios (S1.148): every answer is made again from its run. */
export function scenarioAnswers(asked: readonly ScenarioExperiments[]): DocumentRecipe {
  return {
    form: failureScenariosForm,
    fill: (runs) =>
      Object.fromEntries(
        asked.map((each) => [`${each.scenario.id} ${each.scenario.happens}`, entryOf(each, runs)]),
      ),
  };
}

function entryOf({ scenario, right, twin }: ScenarioExperiments, runs: CaseRuns): FieldSource {
  const { first } = runs.seeds;
  const answerOf = (name: string): { readonly answer: string; readonly because: string } => {
    const result: RunResult = runs.run(name, first);
    return scenario.answer(result.history.operations);
  };
  const [good, bad] = [answerOf(right), answerOf(twin)];
  const nameOf = (name: string): string => runs.experiments[name]?.subject.name ?? name;
  return {
    facts: {
      question: scenario.question,
      hoped: scenario.hoped,
      service: nameOf(right),
      twinService: nameOf(twin),
      right: good.answer,
      twin: bad.answer,
    },
    evidence: [
      { text: `${good.answer}: ${good.because}`, experiment: right, seed: first },
      { text: `${bad.answer}: ${bad.because}`, experiment: twin, seed: first },
    ],
  };
}
