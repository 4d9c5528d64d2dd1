import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { LiveError } from '../errors.ts';
import { command } from '../processes/command.ts';
import { isMachineRoot } from '../rootless/privileges.ts';
import { findProgram, packagesFolder } from './find.ts';

/** What of Debian gives a program. */
export interface NeededProgram {
  readonly program: string;
  readonly packages: readonly string[];
}

/** Installing may fetch and unpack. */
const INSTALL_MS = 240_000;

/**
 * Installs what is missing: with `apt-get` as root, else by unpacking the packages beside the runs. Returns the packages it fetched.
 * Throws `LiveError` when that fails.
 */
export function installMissing(needed: readonly NeededProgram[]): string[] {
  const missing = needed.filter(({ program }) => findProgram(program) === undefined);
  const packages = [...new Set(missing.flatMap((one) => one.packages))];
  if (packages.length === 0) return [];
  if (isMachineRoot()) asRoot(packages);
  else unpack(packages);
  const still = missing.filter(({ program }) => findProgram(program) === undefined);
  if (still.length > 0) {
    const names = still.map(({ program }) => program).join(', ');
    throw failed(packages, `the packages do not hold ${names}`);
  }
  return packages;
}

function asRoot(packages: readonly string[]): void {
  // RUNLEVEL=1 keeps the packages from starting their services.
  const env = ['env', 'RUNLEVEL=1', 'DEBIAN_FRONTEND=noninteractive'];
  const install = [...env, 'apt-get', 'install', '-y', '--no-install-recommends', ...packages];
  if (command(install, { timeoutMs: INSTALL_MS }).ok) return;
  command(['apt-get', 'update'], { timeoutMs: INSTALL_MS });
  const again = command(install, { timeoutMs: INSTALL_MS });
  if (!again.ok) throw failed(packages, again.stderr.trim().split('\n').slice(-2).join(' '));
}

function unpack(packages: readonly string[]): void {
  const folder = packagesFolder();
  mkdirSync(folder, { recursive: true });
  const all = withLibraries(packages);
  const fetched = command(['sh', '-c', 'cd "$0" && apt-get download "$@"', folder, ...all], {
    timeoutMs: INSTALL_MS,
  });
  if (!fetched.ok) throw failed(packages, fetched.stderr.trim());
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.deb'))) {
    const done = command(['dpkg', '-x', join(folder, file), join(folder, 'root')], { timeoutMs: INSTALL_MS });
    if (!done.ok) throw failed(packages, done.stderr.trim());
  }
}

/** The packages and those they need that this machine lacks, as an installation that is only tried would fetch them. */
function withLibraries(packages: readonly string[]): string[] {
  const tried = command(['apt-get', '-s', 'install', '--no-install-recommends', ...packages], {
    timeoutMs: INSTALL_MS,
  });
  const needed = [...tried.stdout.matchAll(/^Inst (\S+)/gm)].map(([, name = '']) => name);
  return [...new Set([...packages, ...needed])];
}

function failed(packages: readonly string[], why: string): LiveError {
  return new LiveError(
    'INSTALL_FAILED',
    `Cannot install ${packages.join(', ')}: ${why}`,
    'install them by hand, or put the programs on PATH',
    packages,
  );
}
