import { accessSync, constants, readdirSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

/** Folders that hold servers and that not everybody's PATH names. */
const ALSO = ['/usr/sbin', '/sbin', '/usr/lib/rabbitmq/bin'];

/** The path of a program: PATH first, then where Debian puts servers, then unpacked packages; undefined when there is none. */
export function findProgram(name: string): string | undefined {
  const state = process.env['HOLDFAST_LIVE_STATE'] ?? join(tmpdir(), `holdfast-live-${userInfo().uid}`);
  const unpacked = join(state, 'packages', 'root');
  const folders = [
    ...(process.env['PATH'] ?? '').split(':').filter((folder) => folder !== ''),
    ...ALSO,
    ...postgresFolders(),
    ...['usr/bin', 'usr/sbin', 'usr/lib/postgresql/15/bin'].map((folder) => join(unpacked, folder)),
  ];
  return folders.map((folder) => join(folder, name)).find(isProgram);
}

/** Debian keeps each version's programs in a folder of its own; the newest first. */
function postgresFolders(): string[] {
  try {
    const versions = readdirSync('/usr/lib/postgresql').map(Number).filter(Number.isFinite);
    return versions.sort((a, b) => b - a).map((version) => `/usr/lib/postgresql/${version}/bin`);
  } catch {
    return [];
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
