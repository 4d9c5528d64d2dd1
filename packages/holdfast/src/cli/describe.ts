import type { Experiment } from '../experiment/experiment.ts';
import type { PromiseSummary, Summary } from '../node/summary.ts';
import type { Io } from './io.ts';
import { clipped, columns, counted, grouped, painted } from './text.ts';

/** What is about to be run, in a few lines. */
export function describeExperiment(experiment: Experiment): string {
  const { name, subject, workload, faults, bounds } = experiment;
  const struck = faults.length === 0 ? 'no faults' : faults.map((fault) => fault.name).join('; ');
  return [
    `${name}: ${subject.name}`,
    `  workload  ${workload.name} (${workload.operations.join(', ')}) from ${counted(workload.clients, 'client')}`,
    `  faults    ${struck}`,
    `  bounds    ${bounds.simulatedSeconds} simulated seconds, recovery within ${bounds.recoverWithinMs} ms`,
  ].join('\n');
}

/** A verdict per promise, with what was examined over all seeds and the judge's sentence for one of them; cut to a terminal's width. */
export function describeChecks(io: Io, summary: Summary): string {
  const oneSeed = summary.seeds === 1;
  const head = ['promise', 'verdict', 'examined', oneSeed ? 'why' : 'why (in one seed)'];
  const rows = summary.checks.map((check) => [
    check.promise,
    check.status,
    check.examined === 0 ? 'nothing' : grouped(check.examined),
    oneSeed ? check.reason : `seed ${check.seed}: ${check.reason}`,
  ]);
  const [title = '', ...lines] = columns([head, ...rows], [2]).map((line) => clipped(io, line));
  return [title, ...lines.map((line, i) => paintStatus(io, line, summary.checks[i]))].join('\n');
}

// Colours come after the columns are set, because they have no width.
function paintStatus(io: Io, line: string, check: PromiseSummary | undefined): string {
  if (check === undefined) return line;
  const at = line.indexOf(check.status, check.promise.length);
  return line.slice(0, at) + painted(io, check.status) + line.slice(at + check.status.length);
}

/** The conclusion with its sizes: `HOLDS  200 seeds, 331,000 operations, 8,100,000 events, 7,400 faults`. */
export function describeConclusion(io: Io, summary: Summary): string {
  const sizes = [
    counted(summary.seeds, 'seed'),
    counted(summary.operations, 'operation'),
    counted(summary.events, 'event'),
    counted(summary.faults, 'fault'),
  ].join(', ');
  return `${painted(io, summary.conclusion, summary.conclusion.toUpperCase())}  ${sizes}`;
}

/** Why a conclusion is `undecided`, in a sentence. */
export function whyUndecided(summary: Summary, interrupted: boolean): string {
  if (interrupted) return `interrupted: ${counted(summary.seeds, 'seed')} done, none of them violated`;
  const [first] = summary.undecided;
  if (first !== undefined) {
    const verdict = first.verdicts.find(({ status }) => status === 'undecided');
    return `seed ${first.seed}: ${verdict?.promise ?? 'a promise'} is undecided: ${verdict?.reason ?? ''}`;
  }
  return 'nothing was examined: no operation was issued, or no promise met anything to judge';
}
