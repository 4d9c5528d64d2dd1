import { printHistory } from '@holdfast/check';
import type { RunReport } from '@holdfast/report';
import { contractSections } from './contractSections.ts';
import { digestOf } from './liveReport.ts';
import type { ProcessRun } from './processes/runProcesses.ts';
import { versions } from './versions.ts';

/** A run on processes as a report shows it; `command` makes it, or such a run, again. */
export function processReport(
  run: Pick<ProcessRun, 'result' | 'steps' | 'starts'> & Partial<Pick<ProcessRun, 'readyMs' | 'latestMs'>>,
  { name, command }: { readonly name: string; readonly command: string },
): RunReport {
  const { result, steps, starts, readyMs, latestMs } = run;
  const { history, verdicts, metrics, plan } = result;
  const { holdfast, node } = versions();
  const about = [
    `Each server was a process of its own, with real time, sockets and disk: ${starts} starts in all. Faults of the network struck what they sent each other, crashes killed them, pauses stopped them.`,
    `Each of the ${steps} steps they took was taken again here and is the step of the core that is simulated and explored.`,
    ...(latestMs === undefined
      ? []
      : [`The most that anything happened after it was due is ${latestMs.toFixed(1)} ms.`]),
    `Holdfast ${holdfast} on Node ${node}, ${process.platform} ${process.arch}.`,
  ];
  return {
    title: `${name} on ${plan.nodes} processes`,
    experiment: name,
    seed: null,
    digest: digestOf(printHistory(history, 'jsonl')),
    command,
    trace: result.trace ?? { nodes: [], events: [], faults: [], endedAt: plan.endUs },
    history,
    verdicts,
    metrics: {
      ...metrics,
      ...(readyMs === undefined ? {} : { ready_ms: Math.round(readyMs) }),
      process_starts: starts,
      steps_compared: steps,
    },
    sections: [{ title: 'What ran', text: about.join('\n\n') }, ...contractSections(result)],
    noRerun: 'it was recorded on real processes',
  };
}
