import assert from 'node:assert/strict';
import {
  awaitLeader,
  etcd,
  killMember,
  launchReady,
  loopbackSite,
  startMember,
  takeHold,
} from '@holdfast/live';

import { killedRunnerChecks } from './killedRunner.ts';
import { lacking, type LiveCheck } from './liveCheck.ts';
import { museumChecks } from './museum.ts';

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

/** Every check, in the order they run. */
export const CHECKS: readonly LiveCheck[] = [
  etcdSurvivesItsLeader,
  ...museumChecks(),
  ...killedRunnerChecks(),
];
