import {
  type PrintFormat,
  printChromeTrace,
  printMermaid,
  printRunDocument,
  printShiviz,
  type RerunAnswer,
  type RerunPlan,
  type RerunRequest,
} from '@holdfast/report';
import type { History } from '@holdfast/check';
import type { Trace } from '@holdfast/trace';
import { firstDivergence } from '@holdfast/world';
import type { Experiment } from '../experiment/experiment.ts';
import { planRun, type RunPlan } from '../simulate/plan.ts';
import { simulatePlan } from '../simulate/simulate.ts';

/** Makes runs for a page, one after the other, and compares each with the base run. Throws nothing: a failure is an answer. */
export class Rerunner {
  private readonly named: (name: string) => Experiment | undefined;
  private base: Trace | undefined;

  /** `named` finds the experiments this code carries. */
  constructor(named: (name: string) => Experiment | undefined) {
    this.named = named;
  }

  /** The answer to one request. */
  answer(request: RerunRequest): RerunAnswer {
    try {
      return this.run(request);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return { id: request.id, kind: 'failed', reason };
    }
  }

  private run({ id, experiment: name, base, plan: given, seed, print }: RerunRequest): RerunAnswer {
    const experiment = this.named(name);
    if (experiment === undefined) {
      return { id, kind: 'failed', reason: `the code carries no experiment '${name}'` };
    }
    const plan = given === undefined ? planRun(experiment, seed ?? 0) : asPlan(given);
    const { digest, status, events, history, verdicts, metrics, trace } = simulatePlan(experiment, plan, {
      trace: true,
    });
    if (trace === undefined) return { id, kind: 'failed', reason: 'the run kept no trace' };
    if (print !== undefined) return { id, kind: 'printed', text: printed(print, trace, history) };
    const divergence = base || this.base === undefined ? undefined : firstDivergence(this.base, trace);
    if (base) this.base = trace;
    const differs =
      divergence === undefined ? {} : { divergence: { event: divergence.index, text: divergence.text } };
    return { id, kind: 'ran', plan, digest, status, events, trace, history, verdicts, metrics, ...differs };
  }
}

function printed(format: PrintFormat, trace: Trace, history: History): string {
  switch (format) {
    case 'shiviz':
      return printShiviz(trace);
    case 'mermaid':
      return printMermaid(trace);
    case 'chrome':
      return printChromeTrace(trace, history);
    case 'json':
      return printRunDocument({ trace, history });
  }
}

/** A page edits plans that came from here and keeps what it does not know: the simulator checks the rest. */
function asPlan(plan: RerunPlan): RunPlan {
  return plan as unknown as RunPlan;
}
