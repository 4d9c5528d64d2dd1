import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, packagesFolder } from '../install/find.ts';
import { takeHold } from '../subjects/run.ts';
import { ROOTLESS_VARIABLE } from './privileges.ts';

/**
 * What makes a user root of namespaces of its own: users, mounts, networks and processes. Everything in them ends with the first process there, which ends
 * with `unshare`, which ends with us: also when we are killed.
 */
const ENTER = [
  'setpriv',
  '--pdeathsig',
  'KILL',
  'unshare',
  '-Urnmp',
  '--mount-proc',
  '--fork',
  '--kill-child',
];

/** A network of its own has a loopback that is down, and names of namespaces need a folder that is ours. */
const BEGIN = 'mount -t tmpfs none /run && ip link set lo up && exec "$@"';

/**
 * Runs this very command again as root of namespaces of its own, and ends as it ends; undefined when it could not be started. Its runs lie in the folder of a run of
 * ours, which a guard removes whatever happens.
 */
export async function reenter(signal: AbortSignal): Promise<number | undefined> {
  const hold = takeHold();
  const state = join(hold.ledger.folder, 'inner');
  mkdirSync(state, { recursive: true });
  try {
    const [program = '', ...args] = [
      ...ENTER,
      'sh',
      '-c',
      BEGIN,
      'sh',
      process.execPath,
      ...process.execArgv,
    ];
    const child = spawn(findProgram(program) ?? program, [...args, ...process.argv.slice(1)], {
      stdio: 'inherit',
      env: {
        ...process.env,
        PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`,
        [ROOTLESS_VARIABLE]: '1',
        HOLDFAST_LIVE_STATE: state,
        HOLDFAST_LIVE_PACKAGES: packagesFolder(),
      },
    });
    const stop = (): void => void child.kill('SIGKILL');
    signal.addEventListener('abort', stop, { once: true });
    const code = await new Promise<number | undefined>((resolve) => {
      child.once('error', () => resolve(undefined));
      child.once('close', (ended, by) => resolve(by === null ? (ended ?? undefined) : 2));
    });
    signal.removeEventListener('abort', stop);
    return code;
  } finally {
    hold.release();
  }
}
