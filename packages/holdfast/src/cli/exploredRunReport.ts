import { followRun } from '@holdfast/explore';
import type { RunReport } from '@holdfast/report';
import { programCommand, shellWord } from '../node/command.ts';
import { exploredReport } from '../node/exploration/exploredReport.ts';
import { readExploredRun } from '../node/exploration/exploredRun.ts';
import { resolveModel } from '../node/exploration/resolveModel.ts';
import { InputError, messageOf } from '../node/inputError.ts';
import type { Io } from './io.ts';

/** Whether a file is a run that an exploration wrote down. */
export function isExploredRun(content: Uint8Array): boolean {
  const start = new TextDecoder().decode(content.subarray(0, 200));
  return /^\s*\{\s*"format":\s*"holdfast-exploration"/.test(start);
}

/** Follows a run that an exploration wrote down, as a report shows it. Throws `InputError`. */
export async function exploredRunReport(path: string, file: string, io: Io): Promise<RunReport> {
  const { model, size, bounds, steps, property, seen } = readExploredRun(path);
  const loaded = await resolveModel(model, io.cwd, size);
  const walk = follow(() => followRun(loaded.model, bounds, steps), file);
  const report = exploredReport({
    name: loaded.model.name,
    run: { initial: walk.initial, steps: walk.steps, seen },
    promise: property,
    bounds,
    command: `${programCommand(io.cwd)} explore --replay ${shellWord(file)}`,
    ...(loaded.explored === undefined ? {} : { explored: loaded.explored }),
  });
  if (report !== undefined) return report;
  throw new InputError(
    `Cannot draw ${file}: a run of a specification has no nodes`,
    "print it with 'holdfast explore --replay'",
  );
}

function follow<T>(walk: () => T, file: string): T {
  try {
    return walk();
  } catch (error) {
    throw new InputError(
      `Cannot draw ${file}: ${messageOf(error)}`,
      'the model has changed since; explore it again',
      { cause: error },
    );
  }
}
