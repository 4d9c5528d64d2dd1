import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type ActivityResult, type ChaosJournal, readChaos, runChaos } from '@holdfast/live';
import { EXIT_CODES, type ExitCode } from '../exitCodes.ts';
import type { Io } from '../io.ts';
import { painted, spent } from '../text.ts';

/** What `holdfast live` takes for a Chaos Toolkit experiment. */
export interface ChaosCommandOptions {
  readonly json: boolean;
  /** Where the journal goes. */
  readonly journal?: string;
  readonly signal: AbortSignal;
}

/**
 * Runs a Chaos Toolkit experiment. 0 when the steady state held throughout and every metric kept its threshold, 1 when not, 3 when the
 * steady state was absent to begin with or the run did not come to its end.
 */
export async function chaos(
  path: string,
  text: string,
  options: ChaosCommandOptions,
  io: Io,
): Promise<ExitCode> {
  const journal = await runChaos(readChaos(text, path), { env: process.env, signal: options.signal });
  const written = `${JSON.stringify(journal, null, 2)}\n`;
  if (options.journal !== undefined) writeFileSync(resolve(io.cwd, options.journal), written);
  if (options.json) io.out(written);
  else present(journal, io);
  return EXIT_CODES[conclusionOf(journal)];
}

function conclusionOf({ status, deviated }: ChaosJournal): 'holds' | 'violated' | 'undecided' {
  if (deviated) return 'violated';
  return status === 'completed' ? 'holds' : 'undecided';
}

function present(journal: ChaosJournal, io: Io): void {
  const conclusion = conclusionOf(journal);
  const { steady_states: steady, metrics, experiment, duration } = journal;
  io.out(`${painted(io, conclusion, conclusion.toUpperCase())}  ${experiment.title}: ${journal.status}\n`);
  lines('steady state before', steady.before?.probes ?? [], io);
  lines('method', journal.run, io);
  lines('steady state after', steady.after?.probes ?? [], io);
  lines('rollback', journal.rollbacks, io);
  for (const { name, value, min, max, kept, samples } of metrics) {
    const limit = [
      ...(min === undefined ? [] : [`>= ${min}`]),
      ...(max === undefined ? [] : [`<= ${max}`]),
    ].join(', ');
    io.out(`  ${kept ? 'kept  ' : 'MISSED'}  ${name}: ${value} (${limit}, ${samples} samples)\n`);
  }
  io.out(`  ${spent(duration * 1_000)}\n`);
}

function lines(title: string, results: readonly ActivityResult[], io: Io): void {
  for (const { activity, status, tolerance_met: met, exception } of results) {
    const judged = met === undefined ? '' : met ? ', within its tolerance' : ', NOT within its tolerance';
    io.out(
      `  ${title}: ${activity.name} ${status}${judged}${exception === undefined ? '' : ` (${exception})`}\n`,
    );
  }
}
