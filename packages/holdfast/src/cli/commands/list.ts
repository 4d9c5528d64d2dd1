import { BUILT_IN } from '../../node/builtIn.ts';
import { versions } from '../../node/versions.ts';
import { printDocument, RESULT_VERSION } from '../document.ts';
import type { ExitCode } from '../exitCodes.ts';
import type { Io } from '../io.ts';
import { columns } from '../text.ts';

const TITLES = {
  correct: 'Correct: must hold',
  broken: 'Broken on purpose: must be found violated',
  control: 'Controls: correct, under the faults of the broken ones',
} as const;

/** `holdfast list`: the built-in experiments. */
export function list(options: { readonly json: boolean }, io: Io): ExitCode {
  if (options.json) {
    const experiments = BUILT_IN.map(({ name, kind, about }) => ({ name, kind, about }));
    printDocument(io, {
      format: 'holdfast-result',
      version: RESULT_VERSION,
      command: 'list',
      experiments,
      versions: versions(),
    });
    return 0;
  }
  const lines = columns(BUILT_IN.map(({ name, about }) => [`  ${name}`, about]));
  let kind: string | undefined;
  for (const [i, experiment] of BUILT_IN.entries()) {
    if (experiment.kind !== kind) io.out(`${kind === undefined ? '' : '\n'}${TITLES[experiment.kind]}\n`);
    kind = experiment.kind;
    io.out(`${lines[i] ?? ''}\n`);
  }
  io.out("\nRun one with 'holdfast run <name>', or your own with 'holdfast run ./my-experiment.ts'.\n");
  return 0;
}
