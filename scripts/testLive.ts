/**
 * What `npm test` leaves out because it needs servers: installs what is missing, then runs every system and device this machine has, says
 * what it skipped and why, and ends with `N passed, N failed, N skipped`.
 *
 *   npm run test:live                             everything
 *   npm run test:live -- etcd                     only checks whose names hold all words
 *   npm run test:live -- --list                   their names
 *   npm run test:live -- --limit-minutes 5        what is not reached by then fails as not run (15 unless told otherwise)
 *   npm run test:live -- --attempts 1             attempts at each check (3 unless told otherwise)
 *
 * Checks run in a process of their own, which is ended with all it did when one does not end. Exit code 0 when something was shown and
 * nothing failed, 1 when something failed, 2 for bad words, 3 when nothing could be tried.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { diagnose, stateFolder } from '@holdfast/live';
import { CHECKS } from './live/checks.ts';
import { HANGS } from './live/hangs.ts';
import { serveParent } from './live/harness/child.ts';
import { freshLogs, logsRoot, shownLogs } from './live/harness/logs.ts';
import type { Reply } from './live/harness/messages.ts';
import { type Bench, closingLines, exitCodeOf, runChecks } from './live/harness/runChecks.ts';
import { cleanAbandoned, ownState } from './live/harness/state.ts';
import { Worker } from './live/harness/worker.ts';
import { leftAtLast } from './live/left.ts';

const LOGS = join(import.meta.dirname, '../.holdfast/live-logs');
const ATTEMPT_SECONDS = 90;
const INSTALL_MS = 400_000;
const INTERRUPTED = 130;

interface Words {
  readonly words: readonly string[];
  readonly limitMs: number;
  readonly attempts: number;
  readonly isList: boolean;
}

function wordsOf(args: readonly string[]): Words {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      'limit-minutes': { type: 'string', default: '15' },
      attempts: { type: 'string', default: '3' },
      list: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  const [minutes, attempts] = [Number(values['limit-minutes']), Number(values.attempts)];
  if (!(minutes > 0))
    throw new RangeError(`--limit-minutes must be a positive number: ${values['limit-minutes']}`);
  if (!Number.isInteger(attempts) || attempts < 1) {
    throw new RangeError(`--attempts must be a whole number from 1: ${values.attempts}`);
  }
  return { words: positionals, limitMs: minutes * 60_000, attempts, isList: values.list };
}

async function main({ words, limitMs, attempts, isList }: Words): Promise<number> {
  const startedMs = performance.now();
  const checks = CHECKS.filter(({ name }) => words.every((word) => name.includes(word)));
  if (checks.length === 0) {
    console.log(`no check's name holds ${words.join(' and ')}; --list shows them`);
    return 2;
  }
  if (isList) {
    for (const { name } of checks) console.log(name);
    return 0;
  }
  if (process.platform !== 'linux') {
    console.log(`nothing can be tried on ${process.platform}: processes, namespaces and disks are Linux's`);
    return 3;
  }
  cleanAbandoned();
  const state = ownState();
  const packages = process.env['HOLDFAST_LIVE_PACKAGES'] ?? join(stateFolder(), 'packages');
  process.env['HOLDFAST_LIVE_PACKAGES'] = packages;
  const worker = new Worker(import.meta.filename, state, {});
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(name, () => {
      console.log(`${name}: what runs is ended and undone`);
      void worker.end().finally(() => process.exit(INTERRUPTED));
    });
  }
  try {
    await install(worker, Math.min(INSTALL_MS, limitMs));
    sayAbilities();
    const leftMs = limitMs - (performance.now() - startedMs);
    const planned = checks.map(({ name, limitSeconds = ATTEMPT_SECONDS }) => ({
      name,
      limitMs: limitSeconds * 1_000,
    }));
    const tally = await runChecks(planned, benchOf(worker, { state, logsIn: logsRoot(LOGS) }), {
      attempts,
      limitMs: leftMs,
    });
    console.log(`took ${((performance.now() - startedMs) / 60_000).toFixed(1)} min`);
    for (const line of closingLines(tally, checks.length)) console.log(line);
    const code = exitCodeOf(tally);
    if (code === 3)
      console.log('nothing could be tried here: see what is UNABLE above, and what was skipped');
    return code;
  } finally {
    await worker.end();
    rmSync(state, { recursive: true, force: true });
  }
}

/** A system that cannot be had is skipped later, with the reason. */
async function install(worker: Worker, withinMs: number): Promise<void> {
  const reply = await worker.ask({ kind: 'install' }, withinMs);
  if (reply === undefined) console.log(`not installed: no end within ${withinMs / 1_000} s`);
  else if (reply.outcome === 'failed') console.log(`not all installed: ${reply.why}`);
  else if (reply.why !== '') console.log(`installed ${reply.why}`);
}

function sayAbilities(): void {
  for (const { name, able, found, remedy } of diagnose()) {
    const how = remedy === undefined ? '' : `; ${remedy}`;
    console.log(`${able ? 'able  ' : 'UNABLE'} ${name}: ${found}${how}`);
  }
}

/** Attempts in the worker; after each, nothing of it may be left. */
function benchOf(
  worker: Worker,
  { state, logsIn }: { readonly state: string; readonly logsIn: string },
): Bench {
  return {
    nowMs: () => performance.now(),
    say: (line) => console.log(line),
    async attempt(name, number, withinMs) {
      const logs = freshLogs(logsIn, name, number);
      const reply = await worker.ask({ kind: 'check', name, logs }, withinMs);
      const left = await leftAtLast(state);
      const verdict: Reply | undefined =
        left.length > 0 && reply?.outcome === 'passed'
          ? { outcome: 'failed', why: `it left ${left.join(', ')}` }
          : reply;
      if (verdict?.outcome === 'passed' || verdict?.outcome === 'skipped') {
        rmSync(logs, { recursive: true, force: true });
        return verdict;
      }
      // What a failed check left in the process must not help or harm the next one.
      await worker.end();
      const shown = shownLogs(logs);
      if (shown !== '') console.log(shown);
      return verdict;
    },
  };
}

if (process.argv[2] === '--serve') serveParent([...CHECKS, HANGS]);
else {
  try {
    process.exitCode = await main(wordsOf(process.argv.slice(2)));
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
    console.log(error.message);
    process.exitCode = 2;
  }
}
