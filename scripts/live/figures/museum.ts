import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ExperimentFile, LiveError, readExperiment, runLive } from '@holdfast/live';
import { lacking } from '../liveCheck.ts';
import { type Figure, type FigureRow, quantile, shownMs } from './figure.ts';

const MUSEUM = join(import.meta.dirname, '../../../casebook/museum');
const BUGS = ['etcd-20418', 'etcd-15271', 'etcd-15247'];

interface Outcome {
  readonly asExpected: boolean;
  readonly retries: number;
  readonly ms: number;
  readonly why: string;
}

function files(): ExperimentFile[] {
  const names = readdirSync(MUSEUM)
    .filter((name) => name.endsWith('.yaml'))
    .sort();
  return names.map((name) => readExperiment(readFileSync(join(MUSEUM, name), 'utf8'), name));
}

type Run = Pick<NonNullable<ExperimentFile['controls']>[number], 'vars' | 'expect'>;

async function once(file: ExperimentFile, { vars, expect = 'holds' }: Run): Promise<Outcome> {
  const started = performance.now();
  try {
    const { status, retries, verdicts } = await runLive(file, { vars, expect });
    const ms = performance.now() - started;
    const why = verdicts.map(({ reason }) => reason).join('; ');
    return { asExpected: status === expect, retries: retries.length, ms, why };
  } catch (error) {
    if (error instanceof LiveError && error.code === 'VERSION_OTHER') throw error;
    return { asExpected: false, retries: 0, ms: performance.now() - started, why: String(error) };
  }
}

async function many(file: ExperimentFile, run: Run, rounds: number): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (let i = 0; i < rounds; i++) {
    const outcome = await once(file, run);
    outcomes.push(outcome);
    if (!outcome.asExpected) console.error(`  ${file.name}, run ${i + 1}: ${outcome.why}`);
  }
  return outcomes;
}

function shown(outcomes: readonly Outcome[]): string {
  const good = outcomes.filter(({ asExpected }) => asExpected).length;
  const times = outcomes.map(({ ms }) => ms);
  const retries = outcomes.reduce((sum, one) => sum + one.retries, 0);
  const again = retries === 0 ? '' : `, ${retries} fresh clusters besides`;
  return `${good} of ${outcomes.length}, median ${shownMs(quantile(times, 0.5))}, longest ${shownMs(Math.max(...times))}${again}`;
}

export const bugs: Figure = {
  name: 'bugs',
  skip: () => lacking('etcd', 'mesh', 'namespaces', 'disk'),
  async run(rounds = 20) {
    const rows: FigureRow[] = [];
    for (const file of files().filter(({ name }) => BUGS.some((bug) => name.startsWith(bug)))) {
      const outcomes = await many(file, { vars: {}, expect: file.expect ?? 'holds' }, rounds);
      const good = outcomes.filter(({ asExpected }) => asExpected).length;
      const isFast =
        quantile(
          outcomes.map(({ ms }) => ms),
          0.5,
        ) < 15_000;
      const kept = good >= Math.floor(rounds * 0.95) && isFast;
      rows.push({ what: file.name, measured: shown(outcomes), floor: '19 of 20, under 15 s', kept });
    }
    return rows;
  },
};

export const controls: Figure = {
  name: 'controls',
  skip: () => lacking('etcd'),
  async run(rounds = 20) {
    const rows: FigureRow[] = [];
    const wanted = process.env['HOLDFAST_FIGURES_ONLY'] ?? '';
    for (const file of files().filter(({ name }) => name.includes(wanted))) {
      for (const control of file.controls ?? []) {
        const { system, network = 'loopback' } = file.subject;
        if (lacking(system, network) !== undefined) continue;
        const outcomes = await many(file, control, rounds);
        const kept = outcomes.every(({ asExpected }) => asExpected);
        const row = {
          what: `control of ${file.name}`,
          measured: shown(outcomes),
          floor: 'no false alarm',
          kept,
        };
        console.error(`  ${row.what}: ${row.measured}`);
        rows.push(row);
      }
    }
    return rows;
  },
};

export const museum: Figure = {
  name: 'museum',
  skip: () => lacking('etcd', 'redis', 'postgres', 'zookeeper', 'nats', 'rabbitmq'),
  async run() {
    const started = performance.now();
    let runs = 0;
    let good = 0;
    for (const file of files()) {
      for (const run of [{ vars: {}, expect: file.expect ?? ('holds' as const) }, ...(file.controls ?? [])]) {
        const outcome = await once(file, run);
        runs++;
        if (outcome.asExpected) good++;
        else console.error(`  ${file.name}: ${outcome.why}`);
      }
    }
    const ms = performance.now() - started;
    const measured = `${shownMs(ms)} (${good} of ${runs} runs as expected)`;
    return [
      {
        what: 'the whole museum, controls too',
        measured,
        floor: '6 min',
        kept: ms < 360_000 && good === runs,
      },
    ];
  },
};
