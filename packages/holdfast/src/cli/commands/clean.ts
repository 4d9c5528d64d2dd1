import { clean as cleanRuns } from '@holdfast/live';
import type { ExitCode } from '../exitCodes.ts';
import type { Io } from '../io.ts';

/** `holdfast clean`: undoes what runs against real clusters have left whose runner is gone. 2 when something could not be undone. */
export function clean(io: Io): ExitCode {
  const runs = cleanRuns();
  for (const { runId, undone, failed } of runs) {
    io.out(`run ${runId}\n`);
    for (const text of undone) io.out(`  done    ${text}\n`);
    for (const text of failed) io.out(`  FAILED  ${text}\n`);
  }
  if (runs.length === 0) io.out('nothing to clean\n');
  return runs.some(({ failed }) => failed.length > 0) ? 2 : 0;
}
