import { resolve } from 'node:path';
import type { Bounds, ExploreResult } from '@holdfast/explore';
import { programCommand, shellWord, shownPath } from '../../node/command.ts';
import { exploredReport } from '../../node/exploration/exploredReport.ts';
import { modelText } from '../../node/exploration/exploredRun.ts';
import type { LoadedModel } from '../../node/exploration/resolveModel.ts';
import { writeReport } from '../../node/report.ts';
import type { Io } from '../io.ts';

/** Writes a page of the violated run and answers its path; undefined where there is none to draw. */
export function writeExploredPage(
  { model, reference, explored }: LoadedModel,
  bounds: Bounds,
  result: ExploreResult,
  { folder, command }: { readonly folder: string; readonly command: string | undefined },
  io: Io,
): string | undefined {
  const { counterexample } = result;
  if (counterexample === undefined) return undefined;
  const again = `${programCommand(io.cwd)} explore ${shellWord(modelText(reference, io.cwd))}`;
  const report = exploredReport({
    name: model.name,
    run: counterexample,
    promise: counterexample.property,
    bounds,
    command: command ?? again,
    result,
    ...(explored === undefined ? {} : { explored }),
  });
  if (report === undefined) return undefined;
  const base = model.name.replace(/[^\w.-]+/g, '-');
  const page = { title: report.title, generatedFor: model.name, runs: [report] };
  return shownPath(writeReport(resolve(io.cwd, folder), base, page), io.cwd);
}
