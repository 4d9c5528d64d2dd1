import { Worker, type WorkerOptions } from 'node:worker_threads';
import { builtFile } from './builtCode.ts';

/**
 * Starts one of this package's own thread files, given by its URL without the ending. What an experiment prints there goes
 * to standard error: standard output is for results.
 */
export function startThread(entry: string, options: WorkerOptions): Worker {
  const worker = createThread(entry, { ...options, stdout: true });
  worker.stdout.on('data', (chunk: Uint8Array) => void process.stderr.write(chunk));
  return worker;
}

function createThread(entry: string, options: WorkerOptions): Worker {
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL(`${entry}.js`), options);
  // Run from source, as tests do: to compile every source in every thread takes seconds, so a thread runs what was built, without
  // the loaders and conditions of the process.
  return new Worker(new URL(builtFile(entry)), { ...options, execArgv: [] });
}
