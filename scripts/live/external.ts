import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { etcd, launchReady, loopbackSite, readExperiment, takeHold } from '@holdfast/live';
import { expectRun, lacking, type LiveCheck } from './liveCheck.ts';

const FILE = join(import.meta.dirname, '../../casebook/live/external-etcd.yaml');

/** A cluster known by its addresses alone: our clients' faults strike it, and it is never touched otherwise. */
export function externalChecks(): LiveCheck[] {
  return [
    {
      name: 'a cluster that runs already is used by its addresses, with faults of clients alone, and goes on after',
      skip: () => lacking('etcd'),
      run: usedByAddress,
    },
  ];
}

async function usedByAddress(): Promise<void> {
  const hold = takeHold();
  try {
    const { ledger } = hold;
    const cluster = await launchReady(etcd, { ledger, site: loopbackSite(), members: 3, settings: {} });
    const [first = '', second = '', third = ''] = cluster.members.map(({ address }) => address);
    const pids = cluster.members.map(({ servers }) => servers[0]?.pid);
    const result = await expectRun(readExperiment(readFileSync(FILE, 'utf8'), FILE), {
      vars: { first, second, third },
      expect: 'holds',
    });
    assert.match(result.version, /^3\./);
    const outcomes = new Set(result.recording.history.operations.map(({ outcome }) => outcome));
    assert.ok(outcomes.has('unknown'), 'a write into the black hole stays open');
    assert.deepEqual(
      cluster.members.map(({ servers }) => servers[0]?.pid),
      pids,
      'the members still run',
    );
    cluster.close();
  } finally {
    assert.deepEqual(hold.release(), []);
  }
}
