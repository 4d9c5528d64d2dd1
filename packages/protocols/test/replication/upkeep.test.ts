import { describe, expect, it } from 'vitest';
import { kv } from '../../src/kv/kv.ts';
import {
  leaderFollower,
  leaderFollowerConfig,
  type LeaderFollowerOptions,
  type ReplicationCommand,
  type ReplicationMessage,
  ReplicationMonitor,
  type ReplicationResult,
  type ReplicationState,
} from '../../src/replication/index.ts';
import { lastOf } from '../../src/replication/log.ts';
import { CoreGroup } from '../support/coreGroup.ts';

type Group = CoreGroup<ReplicationState, ReplicationMessage, ReplicationCommand, ReplicationResult>;

const CONTROLLER = 9;
const put = (value: number, key = 'x'): ReplicationCommand => ({
  kind: 'write',
  client: 0,
  sequence: 0,
  operation: { f: 'put', key, value },
});

function start(options: Partial<LeaderFollowerOptions> = {}): { group: Group; monitor: ReplicationMonitor } {
  const full = { nodes: [1, 2, 3], controller: CONTROLLER, ...options };
  const ids = [...full.nodes, ...(full.observers ?? []), CONTROLLER];
  const group: Group = new CoreGroup(leaderFollower(full, kv), ids);
  const monitor = new ReplicationMonitor(leaderFollowerConfig(full));
  group.onStep = (id, state): void => monitor.observe(id, state);
  group.onNote = (id, kind, data): void => monitor.note(id, kind, data);
  group.settle();
  return { group, monitor };
}

const lagged = (group: Group, id: number): number =>
  lastOf(group.state(1)) - (group.state(1).followers[id]?.applied ?? 0);
const truly = (group: Group, id: number): number => lastOf(group.state(1)) - group.state(id).applied;

function beat(group: Group, times = 2): void {
  for (let i = 0; i < times; i++) {
    group.fire(1, 'heartbeat');
    group.settle();
  }
}

describe('upkeep of replicas', () => {
  it('RQ5 lag: the metric is never below the truth, and equals it once nothing is in flight', () => {
    const { group } = start();
    let compared = 0;
    const check = (exact: boolean): void => {
      for (const id of [2, 3]) {
        expect(lagged(group, id)).toBeGreaterThanOrEqual(truly(group, id));
        if (exact) expect(lagged(group, id)).toBe(truly(group, id));
        compared++;
      }
    };
    for (let i = 0; i < 30; i++) {
      group.request(1, put(i));
      if (i === 10) group.passes = ({ to }): boolean => to !== 3;
      if (i === 20) group.passes = (): boolean => true;
      group.deliverWhere(({ to }) => (to + i) % 3 !== 0);
      check(false);
      if (i % 5 !== 4) continue;
      beat(group, 1);
      check(true);
      // The twin: what node 3 has received of what it has been sent, which is all while its link is down.
      const received = lastOf(group.state(3)) - group.state(3).applied;
      if (i === 19) expect([lagged(group, 3) > 5, received <= 1]).toEqual([true, true]);
    }
    expect(compared).toBe(72);
  });

  it('RQ9 a new replica is bootstrapped from a snapshot while writes go on, and misses none', () => {
    const { group, monitor } = start({ observers: [4], snapshotEvery: 10 });
    group.crash(4);
    for (let i = 0; i < 25; i++) {
      group.request(1, put(i, `k${i}`));
      group.settle();
    }
    let installed = 0;
    const { onNote } = group;
    group.onNote = (id, kind, data): void => {
      if (kind === 'installed' && id === 4) installed++;
      onNote?.(id, kind, data);
    };
    group.boot(4);
    group.fire(1, 'heartbeat');
    // Each delivery to the newcomer is met by another write.
    for (let i = 25; i < 45; i++) {
      group.request(1, put(i, `k${i}`));
      group.deliverWhere(() => true);
    }
    group.settle();
    beat(group);
    expect(installed).toBeGreaterThan(0);
    expect(Object.keys(group.state(4).machine as object)).toHaveLength(45);
    expect(group.state(4).machine).toEqual(group.state(1).machine);
    expect(monitor.violations).toEqual([]);
  });

  it('RQ10 a bit flipped in a replica is found by the next audit, and the replica rebuilt', () => {
    const { group, monitor } = start({ auditEvery: 5 });
    for (let i = 0; i < 8; i++) group.request(1, put(i, `k${i}`));
    group.settle();
    beat(group);
    const found: unknown[] = [];
    const { onNote } = group;
    group.onNote = (id, kind, data): void => {
      if (kind === 'corrupt') found.push(data);
      onNote?.(id, kind, data);
    };
    (group.state(3).machine as Record<string, number>)['k2'] = 2 ^ 4;
    // Our watcher must not take the flip for a fault of the protocol.
    group.onStep = undefined;
    beat(group);
    expect(found).toEqual([]);
    for (let i = 8; i < 12; i++) group.request(1, put(i, `k${i}`));
    group.settle();
    beat(group);
    expect(found[0]).toEqual({ node: 3, index: 10 });
    expect(group.state(3).machine).toEqual(group.state(1).machine);
    const silent = found.length;
    for (let i = 12; i < 20; i++) group.request(1, put(i, `k${i}`));
    group.settle();
    beat(group);
    expect(found).toHaveLength(silent);
    expect(monitor.violations).toEqual([]);
  });

  it('RQ10 without audits the flipped bit stays', () => {
    const { group } = start({ auditEvery: 0 });
    group.request(1, put(1, 'k'));
    group.settle();
    beat(group);
    (group.state(3).machine as Record<string, number>)['k'] = 9;
    for (let i = 0; i < 20; i++) group.request(1, put(i));
    group.settle();
    beat(group);
    expect((group.state(3).machine as Record<string, number>)['k']).toBe(9);
  });
});
