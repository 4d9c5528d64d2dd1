import { endRun } from './clean.ts';

/**
 * The guard of a run, a process of its own: it waits until the pipe from the runner closes, which happens however the runner ends, and
 * undoes what the ledger still holds.
 */
const folder = process.argv[2] ?? '';
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => undefined);
process.stdin.resume();
process.stdin.on('end', end);
process.stdin.on('error', end);

function end(): void {
  endRun(folder);
  process.exit(0);
}
