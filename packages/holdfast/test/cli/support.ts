import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { main } from '../../src/cli/main.ts';
import type { Io } from '../../src/cli/io.ts';

/** The folder of experiment files. */
export const EXPERIMENTS: string = fileURLToPath(new URL('fixtures', import.meta.url));
/** The root of the repository. */
export const ROOT: string = fileURLToPath(new URL('../../../../', import.meta.url)).replace(/\/$/, '');
/** The command line's file. */
export const BIN: string = join(ROOT, 'packages/holdfast/bin/holdfast.js');

/** What a command printed and how it ended. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A new folder that goes away with the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'in'));
  return join(folder, 'in');
}

/** Runs the command line in this process, from source. */
export async function holdfast(words: readonly string[], cwd: string = EXPERIMENTS): Promise<Ended> {
  let out = '';
  let err = '';
  const io: Io = {
    cwd,
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    errIsTerminal: false,
    colours: false,
    width: undefined,
    catchInterrupt: () => ({ signal: new AbortController().signal, release: () => undefined }),
  };
  const code = await main(words, io);
  return { code, out, err };
}
