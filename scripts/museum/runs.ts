import { type ExperimentFile, LiveError, runLive } from '@holdfast/live';
import type { MuseumRun } from '../live/museum.ts';

/** One run of a case or of a control, on one cluster. */
export interface Played {
  /** The name of the file. */
  readonly museum: string;
  /** The case itself, or the name of a control. */
  readonly run: string;
  readonly expect: string;
  /** `expected`; `not shown` when a step's condition did not come true; else what came instead. */
  readonly outcome: string;
  readonly ms: number;
  /** Why it was not as expected. */
  readonly why: string;
}

/** Plays a file once. Throws `LiveError` for a version it does not speak of. */
export async function playOnce(file: ExperimentFile, { name, vars, expect }: MuseumRun): Promise<Played> {
  const startedMs = performance.now();
  const made = (outcome: string, why: string): Played => {
    const ms = Math.round(performance.now() - startedMs);
    return { museum: file.name, run: name, expect, outcome, ms, why };
  };
  try {
    const { status, verdicts, journal, undoFailures } = await runLive(file, { vars, expect, attempts: 1 });
    if (undoFailures.length > 0) return made('not undone', undoFailures.join('; '));
    if (status === expect) return made('expected', '');
    const told = [
      ...journal.map(({ atMs, text }) => `${atMs} ${text}`),
      ...verdicts.map(({ reason }) => reason),
    ];
    return made(status, told.join('\n'));
  } catch (error) {
    if (error instanceof LiveError && error.code === 'VERSION_OTHER') throw error;
    const isUnlucky = error instanceof LiveError && error.code === 'NOT_READY';
    return made(isUnlucky ? 'not shown' : 'failed', error instanceof Error ? error.message : String(error));
  }
}
