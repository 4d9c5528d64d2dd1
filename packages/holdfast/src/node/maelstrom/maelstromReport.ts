import { printHistory } from '@holdfast/check';
import type { RunReport } from '@holdfast/report';
import { contractSections } from '../contractSections.ts';
import { digestOf } from '../liveReport.ts';
import { versions } from '../versions.ts';
import type { MaelstromOptions } from './options.ts';
import type { MaelstromRun } from './runMaelstrom.ts';

/** A test of a program as a report shows it. */
export function maelstromReport(run: MaelstromRun, options: MaelstromOptions, command: string): RunReport {
  const { history, verdicts, trace, messages, operations, latestMs } = run;
  const { workload, nodes, bin, args } = options;
  const { holdfast, node } = versions();
  const about = [
    `Each of ${nodes.length} nodes was a process of \`${[bin, ...args].join(' ')}\`; what they sent each other passed a network of ours.`,
    `The most that anything happened after it was due is ${latestMs.toFixed(1)} ms.`,
    `Holdfast ${holdfast} on Node ${node}, ${process.platform} ${process.arch}.`,
  ];
  return {
    title: `${workload.name} on ${nodes.length} nodes`,
    experiment: `maelstrom-${workload.name}`,
    seed: null,
    digest: digestOf(printHistory(history, 'jsonl')),
    command,
    trace,
    history,
    verdicts,
    metrics: { operations, messages_between_nodes: messages },
    sections: [
      { title: 'What ran', text: about.join('\n\n') },
      ...contractSections({ operations: [], verdicts, history }),
    ],
    noRerun: 'it was recorded on real processes',
  };
}
