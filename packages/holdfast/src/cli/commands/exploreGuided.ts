import { type Bounds, guidedSearch, type GuidedResult } from '@holdfast/explore';
import { programCommand, shellWord, shownPath } from '../../node/command.ts';
import { printBounds } from '../../node/exploration/parseBounds.ts';
import type { LoadedModel } from '../../node/exploration/resolveModel.ts';
import { modelFile, writeExploredRun } from '../../node/exploration/exploredRun.ts';
import { versions } from '../../node/versions.ts';
import { type GuidedDocument, printDocument, RESULT_VERSION } from '../document.ts';
import { EXIT_CODES, type ExitCode } from '../exitCodes.ts';
import { describeRun } from '../exploreText.ts';
import type { Io } from '../io.ts';
import { grouped, painted, rounded, spent } from '../text.ts';

/** What a guided search takes. */
export interface GuidedFlags {
  readonly budget: number;
  readonly seed: number;
  readonly json: boolean;
}

/** `holdfast explore <model> --budget <steps>`: walks where there is too much to exhaust. */
export function exploreGuided(loaded: LoadedModel, bounds: Bounds, flags: GuidedFlags, io: Io): ExitCode {
  const start = performance.now();
  const { budget, seed, json } = flags;
  const result = guidedSearch(loaded.model, bounds, { budget, seed });
  const wallMs = performance.now() - start;
  const { counterexample, status } = result;
  const evidence =
    counterexample === undefined
      ? undefined
      : shownPath(writeExploredRun(counterexample, loaded.reference, bounds, io.cwd), io.cwd);
  const replay =
    evidence === undefined ? null : `${programCommand(io.cwd)} explore --replay ${shellWord(evidence)}`;
  if (json) printDocument(io, documentOf(loaded, bounds, result, { wallMs, seed, evidence, replay }, io));
  else {
    if (counterexample !== undefined) {
      io.out(`${painted(io, 'violated', 'VIOLATED')}  ${counterexample.property}\n`);
      io.out(`${describeRun(io, counterexample)}\n  so: ${counterexample.seen}\n\n`);
    }
    io.out(`${describeGuided(io, result)}, ${spent(wallMs)}\n`);
    if (evidence !== undefined) io.out(`evidence  ${evidence}\nreplay    ${replay}\n`);
  }
  return EXIT_CODES[status];
}

function describeGuided(io: Io, result: GuidedResult): string {
  const { status, reason, kinds, clipped, notShown, runsSinceNew } = result;
  const list = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .map(([name, count]) => `${name} ${grouped(count)}`)
      .join(', ');
  const lines = [
    `${painted(io, status, status.toUpperCase())}  ${reason}`,
    `  steps taken: ${list(kinds)}`,
    `  ${grouped(runsSinceNew)} runs since one met a node, message or history that was new`,
  ];
  if (Object.keys(clipped).length > 0) lines.push(`  held back by bounds: ${list(clipped)}`);
  if (notShown.length > 0) lines.push(`  not shown: ${notShown.join(', ')}`);
  const { runs, steps, states, parts, longest } = result;
  const sizes = [
    `${grouped(runs)} runs`,
    `${grouped(steps)} steps`,
    `${grouped(states)} states`,
    `${grouped(parts)} parts`,
    `longest run ${grouped(longest)}`,
  ];
  return [...lines, `  ${sizes.join(', ')}`].join('\n');
}

function documentOf(
  { model, reference }: LoadedModel,
  bounds: Bounds,
  result: GuidedResult,
  run: {
    readonly wallMs: number;
    readonly seed: number;
    readonly evidence: string | undefined;
    readonly replay: string | null;
  },
  io: Io,
): GuidedDocument {
  const { status, reason, runs, steps, states, parts, runsSinceNew, longest, kinds, clipped } = result;
  const { counterexample } = result;
  return {
    format: 'holdfast-result',
    version: RESULT_VERSION,
    command: 'explore',
    verdict: status,
    exitCode: EXIT_CODES[status],
    model: { name: model.name, file: modelFile(reference, io.cwd) },
    bounds: printBounds(bounds),
    reason,
    seed: run.seed,
    coverage: {
      runs,
      steps,
      states,
      parts,
      runsSinceNew,
      longest,
      kinds,
      clipped,
      notShown: result.notShown,
    },
    counterexample:
      counterexample === undefined
        ? null
        : {
            promise: counterexample.property,
            seen: counterexample.seen,
            steps: counterexample.steps.map(({ kind, text, changes }) => ({ kind, text, changes })),
          },
    evidence: run.evidence ?? null,
    replay: run.replay,
    timings: { totalMs: rounded(run.wallMs) },
    versions: versions(),
  };
}
