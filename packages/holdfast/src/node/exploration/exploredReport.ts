import type { Verdict } from '@holdfast/check';
import {
  type Bounds,
  boundsText,
  type ExploreResult,
  type ExploreTrace,
  pictureOf,
  resolveBounds,
} from '@holdfast/explore';
import { hashString } from '@holdfast/plain';
import type { ReportSection, RunReport } from '@holdfast/report';
import type { ExploredExperiment } from '../../exploring/experimentModel.ts';
import { versions } from '../versions.ts';
import { whatWasExplored } from './whatWasExplored.ts';

/** A run that an exploration found, and what it is shown with. */
export interface ExploredRunReport {
  readonly name: string;
  readonly run: ExploreTrace;
  /** The promise broken at its end. */
  readonly promise: string;
  readonly bounds: Bounds;
  /** The command that follows the run again. */
  readonly command: string;
  /** What the search came to; absent when the run was read from a file. */
  readonly result?: ExploreResult;
  /** What was made of the experiment, where it is one. */
  readonly explored?: ExploredExperiment;
}

/** The run as a report shows it; undefined for a run of a specification, which has no nodes to draw. */
export function exploredReport(found: ExploredRunReport): RunReport | undefined {
  const { name, run, promise, command } = found;
  const picture = pictureOf(run, promise);
  if (picture === undefined) return undefined;
  return {
    title: `${name}: ${promise} broken in ${run.steps.length} steps`,
    experiment: name,
    seed: null,
    digest: digestOf(run),
    command,
    ...picture,
    verdicts: verdictsOf(found, picture.trace.events.length - 1),
    sections: sectionsOf(found),
    noRerun: 'it was found by exploration: its steps have no times',
  };
}

function verdictsOf({ result, promise, run }: ExploredRunReport, violation: number): Verdict[] {
  const states = result?.states ?? run.steps.length + 1;
  const evidence = { examined: states, steps: result?.generated ?? run.steps.length };
  const broken: Verdict = {
    promise,
    status: 'violated',
    reason: `after ${run.steps.length} steps: ${run.seen}`,
    evidence: { ...evidence, events: [violation] },
  };
  const others = (result?.properties ?? []).filter(({ name }) => name !== promise);
  return [
    broken,
    ...others.map(({ name, status, reason }): Verdict => ({ promise: name, status, reason, evidence })),
  ];
}

function sectionsOf({ result, bounds, explored, run }: ExploredRunReport): ReportSection[] {
  const { holdfast, node } = versions();
  const within = boundsText(resolveBounds(bounds));
  const paragraphs = [
    result === undefined
      ? `A run of ${run.steps.length} steps, followed again.`
      : `${result.states} states were visited${result.symmetry ? ' (states that differ by a renaming of nodes count once)' : ''}; no run is shorter than this one of ${run.steps.length} steps.`,
    ...(within === '' ? [] : [`Runs contain: ${within}.`]),
    ...(explored === undefined ? [] : whatWasExplored(explored)),
    'Times count steps: deliveries, timers, stores, crashes and requests happen one after another, in any order that is possible.',
    `holdfast ${holdfast} on Node ${node}, ${process.platform} ${process.arch}.`,
  ];
  const steps = run.steps.map(({ text, changes }, i) =>
    changes === '' ? `${i + 1}. ${text}` : `${i + 1}. ${text} (${changes})`,
  );
  return [
    { title: 'What was explored', text: paragraphs.join('\n\n') },
    { title: 'The run, step by step', text: steps.join('\n\n') },
  ];
}

/** A run without seed and time: its steps name it. */
function digestOf(run: ExploreTrace): string {
  const text = run.steps.map((step) => step.text).join('\n');
  return [0x5eed, 0xc0de]
    .map((seed) => (hashString(text, seed) >>> 0).toString(16).padStart(8, '0'))
    .join('');
}
