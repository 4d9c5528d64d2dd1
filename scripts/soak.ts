/**
 * Runs correct protocols over many seeds: the flagship, every laboratory, and every control of a broken twin. None may ever be accused.
 *
 *   npm run soak -- --seeds 10000                    that many seeds of each, from 0
 *   npm run soak -- --cores --total 10000            every core once, that many seeds in all, spread evenly; no controls
 *   npm run soak -- --seeds 1000 --first 5000        other seeds
 *   npm run soak -- --only raft-majority             one experiment; may be repeated
 *   npm run soak -- --minutes 9                      stops after so long, between two experiments; says how to go on
 *   npm run soak -- --jobs 2                         threads; one per core unless told otherwise
 *
 * Stops at the first accusation and prints the command that replays it; ends with a table. The digest at the end is the same for the
 * same seeds in any process, for any number of threads, on any Node. Exit code 0, 1 for an accusation, 2 for unusable
 * arguments, 3 when a judge could not decide or time ran out, 130 when interrupted.
 */
import { createHash } from 'node:crypto';
import { parseArgs } from 'node:util';
import { type SoakRow, soakTable } from './soak/table.ts';
import {
  BUILT_IN,
  type CampaignResult,
  MAX_JOBS,
  MAX_SEEDS,
  runCampaign,
  type SeedOutcome,
} from 'holdfast/node';

/** What the arguments ask for. */
interface Order {
  readonly names: readonly string[];
  readonly seeds: number;
  readonly first: number;
  readonly jobs: number | undefined;
  /** When no further experiment is begun, in milliseconds from the start. */
  readonly limitMs: number;
}

/** How an experiment's seeds ended: null when all held, else the exit code. */
interface Sweep {
  readonly digest: string;
  readonly ended: 1 | 3 | 130 | null;
  readonly row: SoakRow;
}

const CORRECT = BUILT_IN.filter(({ kind }) => kind !== 'broken').map(({ name }) => name);
const CORES = BUILT_IN.filter(({ kind }) => kind === 'correct').map(({ name }) => name);
const PROGRESS_EVERY_MS = 500;
const MINUTE_MS = 60_000;

class ArgumentError extends Error {}

function whole(name: string, text: string | undefined, min: number, max: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw new ArgumentError(
    `--${name} must be a whole number from ${min} to ${max}: current value is '${text}'`,
  );
}

function orderFrom(args: string[]): Order {
  const text = { type: 'string' } as const;
  const options = {
    seeds: text,
    total: text,
    first: text,
    jobs: text,
    minutes: text,
    cores: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
  } as const;
  const { values } = parseArgs({ args, options });
  const among = values.cores ? CORES : CORRECT;
  const unknown = (values.only ?? []).filter((name) => !among.includes(name));
  if (unknown.length > 0) {
    throw new ArgumentError(`--only ${unknown.join(', ')} must be among ${among.join(', ')}`);
  }
  const names = among.filter((name) => values.only?.includes(name) ?? true);
  const total = whole('total', values.total, names.length, MAX_SEEDS);
  if (total !== undefined && values.seeds !== undefined) {
    throw new ArgumentError('--total and --seeds must not both be given: one says what the other is');
  }
  const each = whole('seeds', values.seeds, 1, MAX_SEEDS) ?? 1_000;
  return {
    names,
    seeds: total === undefined ? each : Math.ceil(total / names.length),
    first: whole('first', values.first, 0, Number.MAX_SAFE_INTEGER - MAX_SEEDS) ?? 0,
    jobs: whole('jobs', values.jobs, 1, MAX_JOBS),
    limitMs: (whole('minutes', values.minutes, 1, 10_000) ?? Number.POSITIVE_INFINITY) * MINUTE_MS,
  };
}

/** Rewrites one line of a terminal; silent elsewhere. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}

function counter(name: string, seeds: number): (outcome: SeedOutcome) => void {
  const start = performance.now();
  let done = 0;
  let shown = 0;
  return () => {
    done++;
    const now = performance.now();
    if (now - shown < PROGRESS_EVERY_MS) return;
    shown = now;
    const rate = done / ((now - start) / 1_000);
    progress(`${name}: ${done} of ${seeds} seeds, ${rate.toFixed(1)} a second`);
  };
}

/** Says what is wrong with the first seed that did not hold, and how to see it again. */
function accusation(name: string, { seed, status, verdicts, error }: SeedOutcome): string {
  const found = verdicts.filter((verdict) => verdict.status !== 'holds');
  const lines = found.map(({ promise, reason }) => `  ${promise}: ${reason}`);
  if (error !== undefined) lines.push(`  ${error.stack}`);
  return [`${name}, seed ${seed}: ${status}`, ...lines, `  npx holdfast run ${name} --seed ${seed}`].join(
    '\n',
  );
}

function sweepOf(name: string, { summary, interrupted, wallMs, jobs }: CampaignResult): Sweep {
  const { digest, seeds } = summary;
  const row: SoakRow = {
    name,
    seeds,
    accusations: summary.violated.length + summary.errors.length,
    undecided: summary.undecided.length,
    seconds: wallMs / 1_000,
  };
  const bad = [...summary.violated, ...summary.errors].sort((a, b) => a.seed - b.seed)[0];
  const accused = bad ?? summary.undecided[0];
  progress('');
  console.log(
    `${name}: ${seeds} seeds in ${(wallMs / 1_000).toFixed(1)} s on ${jobs} threads, digest ${digest}`,
  );
  if (accused !== undefined) console.log(accusation(name, accused));
  if (bad !== undefined) return { digest, row, ended: 1 };
  if (summary.conclusion !== 'holds') return { digest, row, ended: interrupted ? 130 : 3 };
  return { digest, row, ended: interrupted ? 130 : null };
}

async function soak(order: Order): Promise<number> {
  const { names, seeds, first, jobs, limitMs } = order;
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const all = createHash('sha256');
  const rows: SoakRow[] = [];
  const start = performance.now();
  const end = (words: string): void => console.log(`\n${soakTable(rows)}\n\n${words}`);
  for (const [at, name] of names.entries()) {
    if (performance.now() - start > limitMs) {
      const rest = names.slice(at).map((other) => `--only ${other}`);
      end(`Time is up; go on with: npm run soak -- --seeds ${seeds} --first ${first} ${rest.join(' ')}`);
      return 3;
    }
    const result = await runCampaign({
      reference: { kind: 'built-in', name },
      firstSeed: first,
      count: seeds,
      signal: stop.signal,
      onOutcome: counter(`${at + 1} of ${names.length}, ${name}`, seeds),
      ...(jobs === undefined ? {} : { jobs }),
    });
    const { digest, ended, row } = sweepOf(name, result);
    rows.push(row);
    if (ended !== null) {
      end(`Ended at ${name}.`);
      return ended;
    }
    all.update(`${name}:${digest}\n`);
  }
  const digest = all.digest('hex').slice(0, 16);
  end(`${names.length} experiments, ${seeds} seeds each from ${first}: all hold, digest ${digest}`);
  return 0;
}

try {
  process.exitCode = await soak(orderFrom(process.argv.slice(2)));
} catch (error) {
  const { code } = error as { readonly code?: unknown };
  const misused = error instanceof ArgumentError || String(code).startsWith('ERR_PARSE_ARGS');
  if (!misused) throw error;
  console.error(`Cannot soak as asked: ${(error as Error).message}`);
  process.exitCode = 2;
}
