import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ExperimentFile, readExperiment, substituted } from '@holdfast/live';
import { expectRun, lacking, type LiveCheck } from './liveCheck.ts';

const MUSEUM = join(import.meta.dirname, '../../casebook/museum');

/** The files of the museum, by name. */
export function museumFiles(): ExperimentFile[] {
  return readdirSync(MUSEUM)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => readExperiment(readFileSync(join(MUSEUM, name), 'utf8'), name));
}

/** One run of a file of the museum: the case itself, or a control of it. */
export interface MuseumRun extends Pick<NonNullable<ExperimentFile['controls']>[number], 'name' | 'vars'> {
  readonly expect: NonNullable<ExperimentFile['expect']>;
}

/** The case, then its controls. */
export function runsOf({ expect = 'holds', controls = [] }: ExperimentFile): MuseumRun[] {
  const theCase: MuseumRun = { name: 'shows what it is about', vars: {}, expect };
  return [theCase, ...controls.map((control) => ({ ...control, expect: control.expect ?? 'holds' }))];
}

/** Why a file cannot be played here. */
export function museumLack(file: ExperimentFile, vars: MuseumRun['vars']): string | undefined {
  const { controls: _controls, ...played } = file;
  const { system, network = 'loopback', disk } = substituted(played, { ...file.vars, ...vars }).subject;
  return lacking(system, network, ...(disk === 'volatile' ? ['disk'] : []));
}

/** Every case of the museum and every control, each in a cluster of its own. */
export function museumChecks(): LiveCheck[] {
  return museumFiles().flatMap((file) =>
    runsOf(file).map(({ name, vars, expect }) => ({
      name: `museum ${file.name}: ${name}`,
      skip: () => museumLack(file, vars),
      run: async () => void (await expectRun(file, { vars, expect })),
    })),
  );
}
