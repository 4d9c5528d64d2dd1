import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { findProgram, packagesFolder, unpackedLibraries } from '../install/find.ts';

/** What a short command said. */
export interface CommandResult {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a short command to its end. Never throws: a command that is not there has not succeeded. */
export function command(
  words: readonly string[],
  options: { timeoutMs?: number; input?: string } = {},
): CommandResult {
  const [program = '', ...args] = words;
  const { timeoutMs = 10_000, input } = options;
  const done = spawnSync(findProgram(program) ?? program, args, {
    encoding: 'utf8',
    timeout: timeoutMs,
    ...(existsSync(packagesFolder())
      ? { env: { ...process.env, LD_LIBRARY_PATH: unpackedLibraries() } }
      : {}),
    ...(input === undefined ? {} : { input }),
  });
  return {
    ok: done.status === 0,
    stdout: done.stdout ?? '',
    stderr: done.stderr ?? done.error?.message ?? '',
  };
}
