import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram, rootlessProblem } from '@holdfast/live';
import type { LiveCheck } from './liveCheck.ts';

const BIN = join(import.meta.dirname, '../../packages/holdfast/bin/holdfast.js');
const NOBODY = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'];
const LIMIT_MS = 150_000;

const FILE = `
format: holdfast-live/1
name: unpacked
subject: { system: etcd, network: namespaces }
workload: { of: registers, ratePerSecond: 50, forMs: 1000 }
steps:
  - let: { X: leader }
  - strike: { kind: partition, groups: [[X]], unlisted: rest, forMs: 400 }
checks: [{ linearizable: cas-register }]
`;

/** A user who may install nothing, on a machine without etcd. */
export function unpackedChecks(): LiveCheck[] {
  return [
    {
      name: 'without root: etcd is unpacked from its Debian packages into a folder of the user, and run from there',
      limitSeconds: 240,
      skip,
      run: () => {
        const folder = mkdtempSync(join(tmpdir(), 'hf-unpacked-'));
        try {
          unpackAndRun(folder);
        } finally {
          rmSync(folder, { recursive: true, force: true });
        }
        return Promise.resolve();
      },
    },
  ];
}

/** Whether Debian's packages can be had at all is asked by fetching one. */
function skip(): string | undefined {
  for (const program of ['apt-get', 'dpkg', 'setpriv'])
    if (findProgram(program) === undefined) return `${program} not found`;
  const folder = mkdtempSync(join(tmpdir(), 'hf-unpacked-'));
  try {
    chmodSync(folder, 0o777);
    const fetched = spawnSync('apt-get', ['download', 'etcd-server'], {
      cwd: folder,
      encoding: 'utf8',
      timeout: LIMIT_MS,
    });
    if (fetched.status !== 0) return `apt-get download: ${fetched.stderr.trim().split('\n').at(-1)}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return process.getuid?.() === 0 ? undefined : rootlessProblem();
}

function unpackAndRun(folder: string): void {
  const [tools, state] = [join(folder, 'tools'), join(folder, 'state')];
  chmodSync(folder, 0o755);
  for (const one of [tools, state]) mkdirSync(one);
  chmodSync(state, 0o777);
  // Everything this machine has but etcd.
  for (const name of readdirSync('/usr/bin').filter((one) => !one.startsWith('etcd')))
    symlinkSync(join('/usr/bin', name), join(tools, name));
  const yaml = join(folder, 'unpacked.yaml');
  writeFileSync(yaml, FILE.trimStart());
  const asUser = (...words: readonly string[]): ReturnType<typeof spawnSync> => {
    const [program = '', ...args] = [
      ...(process.getuid?.() === 0 ? NOBODY : []),
      process.execPath,
      BIN,
      ...words,
    ];
    const env = { HOME: state, PATH: tools, HOLDFAST_LIVE_STATE: state };
    return spawnSync(program, args, { encoding: 'utf8', cwd: state, env, timeout: LIMIT_MS });
  };
  const before = asUser('live', yaml);
  assert.equal(before.status, 2);
  assert.match(String(before.stderr), /Cannot start etcd: there is none; run 'holdfast doctor --install'/);
  const installed = asUser('doctor', '--install');
  assert.match(String(installed.stderr), /installed etcd-server/);
  assert.ok(existsSync(join(state, 'packages/root/usr/bin/etcd')));
  const after = asUser('live', yaml);
  assert.equal(after.status, 0, `${String(after.stdout)}${String(after.stderr)}`);
  assert.deepEqual(readdirSync(state), ['packages']);
}
