import { readFileSync } from 'node:fs';
import { findProgram } from '../install/find.ts';
import { command } from '../processes/command.ts';

/** Set in a run that is root only inside namespaces of its own. */
export const ROOTLESS_VARIABLE = 'HOLDFAST_LIVE_ROOTLESS';

/** All user ids there are, as a map of the first user namespace has them. */
const ALL_USERS = 4_294_967_295;

/** Whether this process is the machine's own root, who may install packages; root of a user namespace is not. */
export function isMachineRoot(): boolean {
  if (process.getuid?.() !== 0) return false;
  try {
    return readFileSync('/proc/self/uid_map', 'utf8').trim().split(/\s+/).map(Number)[2] === ALL_USERS;
  } catch {
    return true;
  }
}

/** Why this user cannot have namespaces of its own; undefined when it can, or needs none. */
export function rootlessProblem(): string | undefined {
  if (process.getuid?.() === 0) return undefined;
  for (const program of ['unshare', 'setpriv', 'ip', 'mount']) {
    if (findProgram(program) === undefined) return `${program} not found`;
  }
  const tried = command(['unshare', '-Urnm', 'true']);
  return tried.ok ? undefined : `user namespaces: ${tried.stderr.trim()}`;
}
