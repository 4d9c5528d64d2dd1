import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type ActivityResult, type ChaosJournal, readChaos, runChaos } from '@holdfast/live';
import { kindOfFile } from '../../node/files.ts';
import { defaultExport, importModule } from '../../node/importModule.ts';
import { InputError } from '../../node/inputError.ts';
import { simulateChaos, type SimulatedService } from '../../node/simulateChaos.ts';
import { EXIT_CODES, type ExitCode } from '../exitCodes.ts';
import type { Io } from '../io.ts';
import { painted, spent } from '../text.ts';

/** Ending of the file beside a chaos file that says what it is simulated against. */
const SIMULATED = '.simulated.ts';

/** What `holdfast live` takes for a Chaos Toolkit experiment. */
export interface ChaosCommandOptions {
  readonly json: boolean;
  /** Where the journal goes. */
  readonly journal?: string;
  readonly signal: AbortSignal;
  /** `simulation`: against the service of the file beside it (`orders.simulated.ts` for `orders.yaml`). */
  readonly network?: string;
  /** Of a simulated run. Default 1. */
  readonly seed?: number;
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
  const file = readChaos(text, path);
  const journal =
    options.network === 'simulation'
      ? await simulateChaos(file, await simulatedService(path, options.seed ?? 1, io))
      : await runChaos(file, { env: process.env, signal: options.signal });
  const written = `${JSON.stringify(journal, null, 2)}\n`;
  if (options.journal !== undefined) writeFileSync(resolve(io.cwd, options.journal), written);
  if (options.json) io.out(written);
  else present(journal, io);
  return EXIT_CODES[conclusionOf(journal)];
}

/** The service that a chaos file is run against in a simulated world. Throws `InputError` when nobody wrote it down. */
async function simulatedService(path: string, seed: number, io: Io): Promise<SimulatedService> {
  const beside = path.replace(/\.ya?ml$|\.json$/, '') + SIMULATED;
  const full = resolve(io.cwd, beside);
  if (kindOfFile(full) !== 'file') {
    throw new InputError(
      `Cannot simulate ${path}: ${beside} is not there`,
      'write it with a default export of { service, load }, or leave --network out to ask a real service',
    );
  }
  const found = defaultExport(await importModule(full)) as Partial<SimulatedService> | undefined;
  if (found?.service === undefined || found.load === undefined) {
    throw new InputError(
      `Cannot simulate ${path}: ${beside} exports no service`,
      'give it a default export of { service, load }',
    );
  }
  return { service: found.service, load: found.load, seed };
}

function conclusionOf({ status, deviated, run }: ChaosJournal): 'holds' | 'violated' | 'undecided' {
  if (deviated) return 'violated';
  // What was to happen to the system did not: that it is well shows nothing.
  const isDone = run.every((one) => one.status === 'succeeded' || one.activity.type === 'probe');
  return status === 'completed' && isDone ? 'holds' : 'undecided';
}

function present(journal: ChaosJournal, io: Io): void {
  const conclusion = conclusionOf(journal);
  const { steady_states: steady, metrics, experiment, duration } = journal;
  io.out(`${painted(io, conclusion, conclusion.toUpperCase())}  ${experiment.title}: ${journal.status}\n`);
  lines('steady state before', steady.before?.probes ?? [], io);
  const worst = steady.during.find((state) => !state.steady_state_met) ?? steady.during.at(-1);
  lines(`steady state during (${steady.during.length} times)`, worst?.probes ?? [], io);
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
