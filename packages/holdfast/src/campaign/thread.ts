import { createRequire } from 'node:module';
import { Worker, type WorkerOptions } from 'node:worker_threads';

/** Starts one of this package's own thread files, given by its URL without the ending. */
export function startThread(entry: string, options: WorkerOptions): Worker {
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL(`${entry}.js`), options);
  // Run from source, as tests do: the thread needs a TypeScript loader before its first module.
  const tsx = JSON.stringify(createRequire(import.meta.url).resolve('tsx/esm/api'));
  const file = JSON.stringify(`${entry}.ts`);
  return new Worker(`import(${tsx}).then((api) => (api.register(), import(${file})))`, {
    ...options,
    eval: true,
    execArgv: ['--conditions=holdfast:source'],
  });
}
