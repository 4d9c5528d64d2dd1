import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { etcd, launchReady, loopbackSite, takeHold } from '@holdfast/live';
import { freshLogs, shownLogs } from './harness/logs.ts';
import { Worker } from './harness/worker.ts';
import { foldersIn, leftAtLast, soon } from './left.ts';
import { lacking, type LiveCheck } from './liveCheck.ts';

const WITHIN_MS = 5_000;

/** A check that hangs while its cluster runs. Not among `CHECKS`: only the check of the harness asks for it. */
export const HANGS: LiveCheck = {
  name: 'hangs while its cluster runs',
  skip: () => undefined,
  async run() {
    const { ledger } = takeHold();
    await launchReady(etcd, { ledger, site: loopbackSite(), members: 3, settings: {} });
    await new Promise(() => setInterval(() => undefined, 1_000));
  },
};

/** What this script does with a check that does not end, seen on a real cluster. */
export function harnessChecks(): LiveCheck[] {
  return [
    {
      name: 'a check that hangs is ended at its bound, what it did is undone, and the logs of its members are kept',
      skip: () => lacking('etcd'),
      run: endsWhatHangs,
    },
  ];
}

async function endsWhatHangs(): Promise<void> {
  const state = mkdtempSync(join(tmpdir(), 'hf-hangs-'));
  const logs = freshLogs(join(state, 'packages'), HANGS.name, 1);
  const worker = new Worker(join(import.meta.dirname, '../testLive.ts'), state, {});
  try {
    const asked = worker.ask({ kind: 'check', name: HANGS.name, logs }, WITHIN_MS);
    // It hangs once its members have said something.
    await soon(
      () =>
        readdirSync(state, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('etcd.log'))
          .length === 3,
      WITHIN_MS - 1_000,
    );
    assert.equal(foldersIn(state).length, 1, 'its run is there');
    assert.equal(await asked, undefined);
    assert.deepEqual(await leftAtLast(state), []);
    assert.match(shownLogs(logs), /N1\/etcd\.log[\s\S]*N2\/etcd\.log[\s\S]*N3\/etcd\.log/);
  } finally {
    await worker.end();
    rmSync(state, { recursive: true, force: true });
  }
}
