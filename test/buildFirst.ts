import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { newerThanBuilt } from '../packages/holdfast/src/campaign/builtCode.ts';

const ROOT: string = join(import.meta.dirname, '..');

/**
 * Builds before any test runs, and again before tests that run again as a file was edited: threads and command lines run the built
 * code, and it must be what the sources say. Throws what the compiler says when it finds fault with them.
 */
export default function buildFirst(project: TestProject): void {
  build();
  project.onTestsRerun(async () => build());
}

function build(): void {
  const newer = newerThanBuilt();
  if (newer !== undefined) console.log(`${newer} is newer than what was built: building`);
  try {
    execFileSync('npm', ['run', '-s', 'build'], { cwd: ROOT, encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { readonly stdout?: string; readonly stderr?: string };
    throw new Error(`Cannot test as the sources do not build:\n${stdout}${stderr}`, { cause: error });
  }
}
