import { Worker, type WorkerOptions } from 'node:worker_threads';

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
  // Run from source, as tests do: the thread needs a TypeScript loader before its first module.
  const tsx = JSON.stringify(import.meta.resolve('tsx/esm/api'));
  const file = JSON.stringify(`${entry}.ts`);
  return new Worker(`import(${tsx}).then((api) => (api.register(), import(${file})))`, {
    ...options,
    eval: true,
    execArgv: ['--conditions=holdfast:source'],
  });
}
