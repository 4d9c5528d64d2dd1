import assert from 'node:assert/strict';
import { open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  awaitLeader,
  etcd,
  killMember,
  launchReady,
  loopbackSite,
  startMember,
  takeHold,
  VolatileDisk,
} from '@holdfast/live';

import { chaosChecks } from './chaos.ts';
import { clockChecks } from './clocks.ts';
import { harnessChecks } from './hangs.ts';
import { killedRunnerChecks } from './killedRunner.ts';
import { lacking, type LiveCheck } from './liveCheck.ts';
import { diskChecks } from './disks.ts';
import { everyLoadChecks } from './everyLoad.ts';
import { externalChecks } from './external.ts';
import { leaseChecks } from './leases.ts';
import { loadChecks } from './loads.ts';
import { maelstromChecks } from './maelstrom.ts';
import { museumChecks } from './museum.ts';
import { networkChecks } from './networks.ts';
import { processChecks } from './processes.ts';
import { readPathChecks } from './readPaths.ts';
import { recoveryChecks } from './recovery.ts';
import { refusalChecks } from './refusals.ts';
import { rootlessChecks } from './rootless.ts';
import { unpackedChecks } from './unpacked.ts';
import { watchChecks } from './watches.ts';

const etcdSurvivesItsLeader: LiveCheck = {
  name: 'etcd keeps an acknowledged write when its leader is killed and started again',
  skip: () => lacking('etcd'),
  async run() {
    const hold = takeHold();
    try {
      const cluster = await launchReady(etcd, {
        ledger: hold.ledger,
        site: loopbackSite(),
        members: 3,
        settings: {},
      });
      const leader = await awaitLeader(cluster, { withinMs: 5_000 });
      const wrote = await cluster.perform(leader, { f: 'write', key: 'x', input: 1 }, 2_000);
      assert.equal(wrote.outcome, 'ok');
      await killMember(leader);
      const next = await awaitLeader(cluster, { withinMs: 10_000, not: [leader.name] });
      const read = await cluster.perform(next, { f: 'read', key: 'x', input: null }, 5_000);
      assert.deepEqual([read.outcome, read.output], ['ok', 1]);
      const refused = await cluster.perform(leader, { f: 'write', key: 'x', input: 2 }, 1_000);
      assert.equal(refused.outcome, 'fail', 'nothing listens: the write certainly had no effect');
      await startMember(leader);
      cluster.close();
    } finally {
      assert.deepEqual(hold.release(), []);
    }
  },
};

const diskForgetsWhatWasNotSynced: LiveCheck = {
  name: 'a volatile disk keeps what was synced, forgets the rest, and refuses when it is full',
  skip: () => lacking('disk'),
  async run() {
    const hold = takeHold();
    try {
      const disk = await VolatileDisk.mount(join(hold.ledger.folder, 'disk'), hold.ledger);
      const path = join(disk.folder, 'log');
      const file = await open(path, 'w');
      await file.write('kept ');
      await file.datasync();
      await file.write('gone');
      await file.close();
      assert.equal(await readFile(path, 'utf8'), 'kept gone');
      assert.deepEqual(await disk.losePower(), { files: 1, pages: 1 });
      assert.equal(await readFile(path, 'utf8'), 'kept ');
      await disk.begin('disk-full');
      await assert.rejects(writeFile(path, 'more'), /ENOSPC/);
      disk.close();
    } finally {
      assert.deepEqual(hold.release(), []);
    }
  },
};

/** Every check, in the order they run. */
export const CHECKS: readonly LiveCheck[] = [
  etcdSurvivesItsLeader,
  diskForgetsWhatWasNotSynced,
  ...harnessChecks(),
  ...diskChecks(),
  ...chaosChecks(),
  ...clockChecks(),
  ...networkChecks(),
  ...externalChecks(),
  ...loadChecks(),
  ...everyLoadChecks(),
  ...processChecks(),
  ...leaseChecks(),
  ...maelstromChecks(),
  ...watchChecks(),
  ...readPathChecks(),
  ...recoveryChecks(),
  ...refusalChecks(),
  ...museumChecks(),
  ...rootlessChecks(),
  ...unpackedChecks(),
  ...killedRunnerChecks(),
];
