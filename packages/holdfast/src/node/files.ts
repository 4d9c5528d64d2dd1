import { accessSync, constants, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { InputError, messageOf, systemCode } from './inputError.ts';

/** Files of one name with different content that are kept side by side, at most. */
const MOST_VERSIONS = 1_000;

/** What is at a path: `none` also when a part of the path is missing or is no folder. */
export function kindOfFile(path: string): 'file' | 'folder' | 'other' | 'none' {
  try {
    const found = statSync(path);
    if (found.isFile()) return 'file';
    return found.isDirectory() ? 'folder' : 'other';
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return 'none';
    throw new InputError(
      `Cannot look at ${path}: ${messageOf(error)}`,
      'check the path and its permissions',
      {
        cause: error,
      },
    );
  }
}

/**
 * Makes sure, before hours of work, that files can be written to a folder: it is one, or can be made. Creates nothing.
 * Throws `InputError`; `option` is how the person gave it.
 */
export function assertUsableFolder(path: string, option: string): void {
  for (let at = resolve(path); ; at = dirname(at)) {
    const found = kindOfFile(at);
    if (found === 'none' && dirname(at) !== at) continue;
    if (found !== 'folder') {
      throw new InputError(
        `Cannot write to ${path} as a folder: ${at === resolve(path) ? 'it' : at} is not a folder`,
        `give ${option} a folder, existing or new`,
      );
    }
    try {
      accessSync(at, constants.W_OK);
    } catch (error) {
      throw new InputError(
        `Cannot write to ${path}: ${messageOf(error)}`,
        `give ${option} a folder you may write to`,
        { cause: error },
      );
    }
    return;
  }
}

/**
 * Writes a text under `folder/base + ending` and returns the path. Nothing is ever overwritten: a file that already holds this
 * very text is used as it is, and when one of that name holds anything else the new one gets `-2`, `-3`, ... before the ending.
 * Throws `InputError` when the folder cannot be written to.
 */
export function writeOnce(folder: string, base: string, ending: string, text: string): string {
  try {
    mkdirSync(folder, { recursive: true });
    for (let version = 1; version <= MOST_VERSIONS; version++) {
      const path = join(folder, `${base}${version === 1 ? '' : `-${version}`}${ending}`);
      if (writeNew(path, text) || readFileSync(path, 'utf8') === text) return path;
    }
  } catch (error) {
    throw new InputError(
      `Cannot write ${base}${ending} to ${folder}: ${messageOf(error)}`,
      'make room, or give another folder with --report',
      { cause: error },
    );
  }
  throw new InputError(
    `Cannot write ${base}${ending} to ${folder}: ${MOST_VERSIONS} other files of that name are there`,
    'tidy the folder up, or give another one with --report',
  );
}

/** Writes a file that must not exist; false when it does. */
function writeNew(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Reads a file a person named, `what` it should be. Throws `InputError`. */
export function readGiven(path: string, what: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    const why: Readonly<Record<string, string>> = {
      ENOENT: 'there is no such file',
      EISDIR: 'it is a folder',
      EACCES: 'it may not be read',
    };
    throw new InputError(
      `Cannot read ${path} as ${what}: ${why[systemCode(error) ?? ''] ?? messageOf(error)}`,
      'check the path; it is relative to the current folder',
      { cause: error },
    );
  }
}
