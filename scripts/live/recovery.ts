import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Cluster,
  etcd,
  EtcdCluster,
  findProgram,
  killMember,
  launchReady,
  loopbackSite,
  type Member,
  programOf,
  type Site,
  takeHold,
} from '@holdfast/live';
import { lacking, type LiveCheck } from './liveCheck.ts';

const BEFORE = 20;
const AFTER = 10;

/** The live half of the case of etcd disaster recovery. */
export function recoveryChecks(): LiveCheck[] {
  return [
    {
      name: 'two of three members of etcd are lost: the survivor refuses, a snapshot becomes a new cluster, clients that are ahead are found',
      skip: () => lacking('etcd') ?? (findProgram('etcdctl') === undefined ? 'etcdctl not found' : undefined),
      run: lostAndRestored,
    },
  ];
}

async function lostAndRestored(): Promise<void> {
  const [hold, later] = [takeHold(), takeHold()];
  try {
    const site = rememberingSite();
    const old = etcdOf(await launchReady(etcd, { ledger: hold.ledger, site, members: 3, settings: {} }));
    const [first, second, survivor] = old.members as [Member, Member, Member];
    const written = await writes(old, first, 1, BEFORE);
    const snapshot = join(hold.ledger.folder, 'snapshot.db');
    save(first, snapshot);
    const lost = await writes(old, first, BEFORE + 1, BEFORE + AFTER);
    const { clusterId } = await old.client(first).status(1_000);

    await killMember(first);
    await killMember(second);
    await refuses(old, survivor);

    // The new cluster stands where the old one's dead members stood: the survivor finds it there.
    const restored = etcdOf(
      await launchReady(etcd, {
        ledger: later.ledger,
        site: { ...site, ports: (index, count) => site.again(index, count) },
        members: 3,
        settings: { snapshot },
      }),
    );
    const [member] = restored.members as [Member];
    const status = await restored.client(member).status(1_000);
    assert.notEqual(status.clusterId, clusterId, 'the restored cluster is another one');
    const found = await reads(restored, member, BEFORE + AFTER);
    assert.deepEqual(
      found.flatMap((value, i) => (value === null ? [i + 1] : [])),
      lost.map(({ key }) => key),
      'lost is exactly what was acknowledged after the snapshot',
    );
    const ahead = [...written, ...lost].filter(({ revision }) => revision > status.revision);
    assert.deepEqual(
      ahead.map(({ key }) => key),
      lost.map(({ key }) => key),
      'a client that remembers the revision of such a write knows that it is ahead of the cluster',
    );
    await refusedByTheNew(old, survivor, restored);
    old.close();
    restored.close();
  } finally {
    assert.deepEqual([...hold.release(), ...later.release()], []);
  }
}

/** Writes and linearizable reads end without an effect or open, never `ok`; what the member holds can still be read. */
async function refuses(cluster: Cluster, survivor: Member): Promise<void> {
  const write = await cluster.perform(survivor, { f: 'write', key: 'k1', input: 'changed' }, 2_000);
  assert.equal(write.outcome, 'unknown');
  const read = await cluster.perform(survivor, { f: 'read', key: 'k1', input: null }, 2_000);
  assert.equal(read.outcome, 'fail');
  const local = await cluster.perform(
    survivor,
    { f: 'read', key: 'k1', input: null, mode: 'serializable' },
    2_000,
  );
  assert.deepEqual([local.outcome, local.output], ['ok', 1]);
  assert.equal(await cluster.leader(), undefined, 'nobody leads');
}

/** The survivor of the old cluster speaks to the new one, and is not let in: its words are those of another cluster. */
async function refusedByTheNew(old: Cluster, survivor: Member, restored: Cluster): Promise<void> {
  const log = (): string => survivor.servers[0]?.lastWords(2_000) ?? '';
  for (let i = 0; i < 100 && !/cluster ID mismatch/i.test(log()); i++)
    await new Promise((done) => setTimeout(done, 100));
  assert.match(log(), /cluster ID mismatch/i);
  const write = await old.perform(survivor, { f: 'write', key: 'k1', input: 'changed' }, 1_500);
  assert.notEqual(write.outcome, 'ok', 'the survivor still has no quorum');
  const [member] = restored.members as [Member];
  const read = await restored.perform(member, { f: 'read', key: 'k1', input: null }, 2_000);
  assert.deepEqual([read.outcome, read.output], ['ok', 1]);
}

async function writes(
  cluster: Cluster,
  member: Member,
  from: number,
  to: number,
): Promise<{ readonly key: number; readonly revision: number }[]> {
  const done: { key: number; revision: number }[] = [];
  for (let key = from; key <= to; key++) {
    const { outcome, detail } = await cluster.perform(
      member,
      { f: 'write', key: `k${key}`, input: key },
      2_000,
    );
    assert.equal(outcome, 'ok');
    done.push({ key, revision: (detail as { revision: number }).revision });
  }
  return done;
}

async function reads(cluster: Cluster, member: Member, count: number): Promise<unknown[]> {
  const found: unknown[] = [];
  for (let key = 1; key <= count; key++) {
    const { outcome, output } = await cluster.perform(
      member,
      { f: 'read', key: `k${key}`, input: null },
      2_000,
    );
    assert.equal(outcome, 'ok');
    found.push(output);
  }
  return found;
}

function save(member: Member, path: string): void {
  const words = ['snapshot', 'save', path, '--endpoints', `http://${member.address}`];
  const done = spawnSync(programOf('etcdctl'), words, {
    encoding: 'utf8',
    env: { ...process.env, ETCDCTL_API: '3' },
  });
  assert.equal(done.status, 0, done.stderr);
  assert.ok(readFileSync(path).length > 0);
}

function etcdOf(cluster: Cluster): EtcdCluster {
  assert.ok(cluster instanceof EtcdCluster);
  return cluster;
}

/** Loopback, and the ports of the first two members once more. */
function rememberingSite(): Site & { again(index: number, count: number): Promise<number[]> } {
  const site = loopbackSite();
  const given = new Map<number, number[]>();
  return {
    ...site,
    ports: async (index, count) => {
      const ports = await site.ports(index, count);
      given.set(index, ports);
      return ports;
    },
    again: async (index, count) => (index < 2 ? (given.get(index) ?? []) : site.ports(index, count)),
  };
}
