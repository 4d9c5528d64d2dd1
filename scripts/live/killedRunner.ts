import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clean } from '@holdfast/live';
import { leftAtLast } from './left.ts';
import { lacking, type LiveCheck } from './liveCheck.ts';

const ROOT = join(import.meta.dirname, '../..');
const ROUNDS = 4;
const GUARD_MS = 10_000;

/** A runner killed without warning leaves nothing, with and without its guard. */
export function killedRunnerChecks(): LiveCheck[] {
  return [
    {
      name: 'a runner killed at any moment leaves no process, namespace, link or folder',
      skip: () => lacking('etcd', 'namespaces'),
      run: () => killRounds('live/etcd-partition.yaml'),
    },
    {
      name: 'a runner killed at any moment leaves no mounted disk',
      skip: () => lacking('nats', 'disk'),
      run: () => killRounds('museum/nats-power-loss.yaml'),
    },
  ];
}

async function killRounds(file: string): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    const left = await roundsKilled(file, 1_200 + round * 900);
    assert.deepEqual(left, [], `round ${round}: the guard has undone everything`);
  }
}

/** Kills a runner after so long, gives its guard some time, and says what is left on the machine. */
export async function roundsKilled(
  file: string,
  afterMs: number,
  words: readonly string[] = [],
): Promise<string[]> {
  const state = mkdtempSync(join(tmpdir(), 'hf-kill-'));
  try {
    await killed(file, state, afterMs, words);
    return await leftAtLast(state, GUARD_MS);
  } finally {
    clean(state);
    rmSync(state, { recursive: true, force: true });
  }
}

/** Starts a runner of its own and kills it after so long. */
async function killed(file: string, state: string, afterMs: number, words: readonly string[]): Promise<void> {
  const entry = join(ROOT, 'packages/holdfast/bin/holdfast.js');
  const child = spawn(process.execPath, [entry, 'live', join(ROOT, 'casebook', file), ...words], {
    stdio: 'ignore',
    env: { ...process.env, HOLDFAST_LIVE_STATE: state, NODE_OPTIONS: '' },
  });
  const ended = new Promise((done) => child.once('close', done));
  await pause(afterMs);
  child.kill('SIGKILL');
  await ended;
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
