import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootlessProblem } from '@holdfast/live';
import { leftAtLast } from './left.ts';
import { lacking, type LiveCheck } from './liveCheck.ts';

const ROOT = join(import.meta.dirname, '../..');
const BIN = join(ROOT, 'packages/holdfast/bin/holdfast.js');
/** The user Debian has for nobody in particular. */
const NOBODY = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'];
const KILL_AFTER_MS = [900, 2_500, 4_500];

/** What an unprivileged user can do: everything, in namespaces of its own. */
export function rootlessChecks(): LiveCheck[] {
  return [
    {
      name: 'without root: VXLAN between namespaces',
      ...run('etcd', 'live/partial-partition.yaml', 'vxlan'),
    },
    { name: 'without root: packet rules in namespaces', ...run('etcd', 'live/etcd-partition.yaml') },
    { name: 'without root: a volatile disk', ...run('nats', 'museum/nats-power-loss.yaml') },
    {
      name: 'without root: a killed runner leaves no process, mount, namespace or folder',
      skip: () => problem() ?? lacking('etcd'),
      run: killed,
    },
  ];
}

function run(system: string, file: string, network?: string): Omit<LiveCheck, 'name'> {
  return {
    skip: () => problem() ?? lacking(system),
    run: () =>
      inFolder(async (state) => {
        const words = network === undefined ? [] : ['--network', network];
        const done = spawnSync(...command(state, file, words), { encoding: 'utf8', ...settings(state) });
        assert.equal(done.status, 0, `${done.stdout}\n${done.stderr}`);
        assert.deepEqual(await leftAtLast(state), []);
      }),
  };
}

/** Why a user without privileges cannot be tried here. */
function problem(): string | undefined {
  if (process.getuid?.() !== 0) return rootlessProblem();
  const tried = spawnSync('setpriv', [...NOBODY.slice(1), 'unshare', '-Urnm', 'test', '-r', BIN], {
    encoding: 'utf8',
  });
  return tried.status === 0 ? undefined : `nobody cannot: ${tried.stderr.trim() || `read ${ROOT}`}`;
}

function command(state: string, file: string, words: readonly string[]): [string, string[]] {
  const [program = '', ...args] = [
    ...(process.getuid?.() === 0 ? NOBODY : []),
    'env',
    `HOLDFAST_LIVE_STATE=${state}`,
    process.execPath,
    BIN,
    'live',
    join(ROOT, 'casebook', file),
    ...words,
  ];
  return [program, args];
}

function settings(state: string): { readonly cwd: string; readonly env: NodeJS.ProcessEnv } {
  return { cwd: state, env: { ...process.env, NODE_OPTIONS: '', HOME: state } };
}

async function killed(): Promise<void> {
  for (const afterMs of KILL_AFTER_MS) {
    await inFolder(async (state) => {
      const words = command(state, 'live/partial-partition.yaml', ['--network', 'vxlan']);
      const child = spawn(...words, { stdio: 'ignore', ...settings(state) });
      await new Promise((done) => setTimeout(done, afterMs));
      child.kill('SIGKILL');
      assert.deepEqual(await leftAtLast(state), [], `killed after ${afterMs} ms`);
    });
  }
}

/** Runs with a folder of state anybody may write to. */
async function inFolder(run: (state: string) => void | Promise<void>): Promise<void> {
  const state = mkdtempSync(join(tmpdir(), 'hf-rootless-'));
  chmodSync(state, 0o777);
  try {
    await run(state);
  } finally {
    rmSync(state, { recursive: true, force: true });
  }
}
