import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * Starts the guard that undoes the run's ledger when this process ends in any way, also by SIGKILL. Returns how to dismiss it.
 */
export function watchOver(folder: string): () => void {
  const here = fileURLToPath(import.meta.url);
  const guard = here.replace(/watch\.(ts|js)$/, 'guard.$1');
  const child = spawn(process.execPath, [...process.execArgv, guard, folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { ...process.env, NODE_OPTIONS: process.env['NODE_OPTIONS'] ?? '' },
  });
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  child.unref();
  if ('unref' in child.stdin && typeof child.stdin.unref === 'function') child.stdin.unref();
  return () => child.stdin.end();
}
