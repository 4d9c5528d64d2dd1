import { createInterface } from 'node:readline';
import { type Bounds, Walkthrough } from '@holdfast/explore';
import type { LoadedModel } from '../../node/exploration/resolveModel.ts';
import { modelFile } from '../../node/exploration/exploredRun.ts';
import { printBounds } from '../../node/exploration/parseBounds.ts';
import { InputError } from '../../node/inputError.ts';
import { versions } from '../../node/versions.ts';
import { printDocument, RESULT_VERSION } from '../document.ts';
import type { ExitCode } from '../exitCodes.ts';
import type { Io } from '../io.ts';
import { clipped, painted } from '../text.ts';

const HELP = 'a number takes that step, b goes back, s shows the state, q quits';

/** Where a walk is: `0,3,1` are positions of steps, from 0, of those enabled at each point. */
export function walkTo(model: LoadedModel['model'], bounds: Bounds, path: string): Walkthrough {
  const walk = new Walkthrough(model, bounds);
  for (const word of path.split(',').filter((part) => part.trim() !== '')) {
    const position = Number(word);
    const enabled = walk.enabled().length;
    if (!/^\s*\d+\s*$/.test(word) || position >= enabled) {
      throw new InputError(
        `Cannot take step '${word.trim()}' after ${walk.steps.length} steps: ${enabled} are enabled, counted from 0`,
        "see which with '--walk' and the steps before it",
      );
    }
    walk.take(position);
  }
  return walk;
}

/** `holdfast explore <model> --walk [steps]`: the state at a point, the steps that may follow, and what each would break. */
export async function walkThrough(
  { model, reference }: LoadedModel,
  bounds: Bounds,
  { path, json }: { readonly path: string; readonly json: boolean },
  io: Io,
  lines: AsyncIterable<string> | undefined = terminalLines(),
): Promise<ExitCode> {
  const walk = walkTo(model, bounds, path);
  if (json) {
    const broken = walk.broken();
    const verdict = broken.length > 0 ? 'violated' : 'holds';
    printDocument(io, {
      format: 'holdfast-result',
      version: RESULT_VERSION,
      command: 'explore',
      verdict,
      exitCode: verdict === 'violated' ? 1 : 0,
      model: { name: model.name, file: modelFile(reference, io.cwd) },
      bounds: printBounds(bounds),
      taken: walk.steps.map(({ kind, text, changes }) => ({ kind, text, changes })),
      state: walk.state(),
      broken: broken.map(({ property: promise, seen }) => ({ promise, seen })),
      enabled: walk.enabled().map(({ kind, text, changes, breaks }) => ({ kind, text, changes, breaks })),
      versions: versions(),
    });
    return verdict === 'violated' ? 1 : 0;
  }
  show(walk, io);
  if (lines !== undefined) await converse(walk, lines, io);
  return walk.broken().length > 0 ? 1 : 0;
}

function show(walk: Walkthrough, io: Io): void {
  const last = walk.steps.at(-1);
  if (last !== undefined) {
    io.out(`after step ${walk.steps.length}: ${last.text}\n`);
    if (last.changes !== '') io.out(`  ${last.changes}\n`);
  } else io.out(`${walk.model}, before its first step\n`);
  for (const { property, seen } of walk.broken())
    io.out(`${painted(io, 'violated', 'VIOLATED')}  ${property}: ${seen}\n`);
  const enabled = walk.enabled();
  if (enabled.length === 0) io.out('nothing can happen any more within these bounds\n');
  enabled.forEach(({ text, changes, breaks }, i) => {
    const warning = breaks.length === 0 ? '' : `  ${painted(io, 'violated', 'BREAKS')} ${breaks.join(', ')}`;
    io.out(`${clipped(io, `  ${String(i).padStart(3)}  ${text}`)}${warning}\n`);
    if (changes !== '') io.out(`${clipped(io, `       ${changes}`)}\n`);
  });
}

async function converse(walk: Walkthrough, lines: AsyncIterable<string>, io: Io): Promise<void> {
  io.out(`${HELP}\n`);
  for await (const line of lines) {
    const word = line.trim();
    if (word === 'q') return;
    if (word === 's') io.out(`${JSON.stringify(walk.state(), null, 2)}\n`);
    else if (word === 'b') {
      io.out(walk.back() ? '' : 'this is the start\n');
      show(walk, io);
    } else if (/^\d+$/.test(word) && Number(word) < walk.enabled().length) {
      walk.take(Number(word));
      show(walk, io);
    } else io.out(`Cannot take '${word}' as a step; ${HELP}\n`);
  }
}

/** What a person types, where there is one. */
function terminalLines(): AsyncIterable<string> | undefined {
  return process.stdin.isTTY ? createInterface({ input: process.stdin }) : undefined;
}
