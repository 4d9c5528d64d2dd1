import { accessSync, constants, readdirSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { LiveError } from '../errors.ts';

/** Folders that hold servers and that not everybody's PATH names. */
const ALSO = ['/usr/share/java', '/usr/sbin', '/sbin', '/usr/lib/rabbitmq/bin'];

/** Folder of unpacked packages of a user that cannot install: `HOLDFAST_LIVE_PACKAGES`, or beside the runs. */
export function packagesFolder(): string {
  const state = process.env['HOLDFAST_LIVE_STATE'] ?? join(tmpdir(), `holdfast-live-${userInfo().uid}`);
  return process.env['HOLDFAST_LIVE_PACKAGES'] ?? join(state, 'packages');
}

/** Where unpacked programs look for their libraries: what the loader needs besides. */
export function unpackedLibraries(): string {
  const root = join(packagesFolder(), 'root');
  return ['usr/lib', `usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`]
    .map((folder) => join(root, folder))
    .join(':');
}

/** The path of a program: PATH first, then where Debian puts servers, then unpacked packages; undefined when there is none. */
export function findProgram(name: string): string | undefined {
  if (name.includes('/')) return isProgram(name) ? name : undefined;
  const unpacked = join(packagesFolder(), 'root');
  const folders = [
    ...(process.env['PATH'] ?? '').split(':').filter((folder) => folder !== ''),
    ...ALSO,
    ...postgresFolders('/usr/lib/postgresql'),
    ...['usr/bin', 'usr/sbin', 'usr/share/java', 'sbin', 'bin'].map((folder) => join(unpacked, folder)),
    ...postgresFolders(join(unpacked, 'usr/lib/postgresql')),
  ];
  return folders.map((folder) => join(folder, name)).find(isProgram);
}

/** Debian keeps each version's programs in a folder of its own; the newest first. */
function postgresFolders(folder: string): string[] {
  try {
    const versions = readdirSync(folder).map(Number).filter(Number.isFinite);
    return versions.sort((a, b) => b - a).map((version) => `${folder}/${version}/bin`);
  } catch {
    return [];
  }
}

function isProgram(path: string): boolean {
  try {
    // A Java library is read, not executed.
    accessSync(path, path.endsWith('.jar') ? constants.R_OK : constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The path of a program that is needed now. Throws `LiveError` when there is none. */
export function programOf(name: string): string {
  const found = findProgram(name);
  if (found !== undefined) return found;
  throw new LiveError(
    'PROGRAM_MISSING',
    `Cannot start ${name}: there is none`,
    "run 'holdfast doctor --install'",
    name,
  );
}
