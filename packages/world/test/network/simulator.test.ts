import { describe, expect, it } from 'vitest';
import { NetworkSimulator } from '../../src/network/simulator.ts';

const NODES = ['node1', 'node2', 'node3', 'node4', 'node5'];
const simulator = (seed = 1) => new NetworkSimulator({ nodes: NODES, seed });

describe('network simulator', () => {
  it('S2.32 five nodes split two and three: each side talks within itself only, until it heals', () => {
    const network = simulator();
    expect(network.canCommunicate('node1', 'node3')).toBe(true);
    network.createPartition([
      ['node1', 'node2'],
      ['node3', 'node4', 'node5'],
    ]);
    expect(network.canCommunicate('node3', 'node4')).toBe(true);
    expect(network.canCommunicate('node4', 'node5')).toBe(true);
    expect(network.canCommunicate('node1', 'node2')).toBe(true);
    expect(network.canCommunicate('node1', 'node3')).toBe(false);
    expect(network.canCommunicate('node2', 'node5')).toBe(false);
    expect(network.describe()).toBe('{node1,node2} | {node3,node4,node5}');
    expect(network.send('node1', 'node3')).toEqual({ delivered: false, reason: 'partition' });
    network.heal();
    expect(network.canCommunicate('node1', 'node5')).toBe(true);
    expect(network.send('node1', 'node3', 10)).toEqual({ delivered: true, arrivesAtUs: 10 });
  });

  it('S2.32 latency is applied, and jitter above it never makes a delay negative (X20)', () => {
    const network = simulator();
    network.setLatency(1_000);
    expect(network.send('node1', 'node2', 500)).toEqual({ delivered: true, arrivesAtUs: 1_500 });
    network.setLatency(1_000, 5_000);
    const arrivals = Array.from({ length: 2_000 }, () => {
      const sent = network.send('node1', 'node2', 0);
      return sent.delivered ? sent.arrivesAtUs : Number.NaN;
    });
    expect(Math.min(...arrivals)).toBeGreaterThanOrEqual(0);
    expect(Math.min(...arrivals)).toBeLessThan(100);
    expect(Math.max(...arrivals)).toBeGreaterThan(5_900);
    expect(Math.max(...arrivals)).toBeLessThanOrEqual(6_000);
  });

  it('S2.32 loss is the share set, and the same seed loses the same messages (X20)', () => {
    const lost = (seed: number, rate: number) => {
      const network = simulator(seed);
      network.setLossRate(rate);
      return Array.from({ length: 1_000 }, () => network.send('node1', 'node2').delivered);
    };
    expect(lost(7, 0.3)).toEqual(lost(7, 0.3));
    expect(lost(7, 0.3)).not.toEqual(lost(8, 0.3));
    expect(lost(7, 0.3).filter((d) => !d).length / 1_000).toBeCloseTo(0.3, 1);
    expect(lost(7, 0).every(Boolean)).toBe(true);
    expect(lost(7, 1).some(Boolean)).toBe(false);
  });

  it('S2.32 a node in no group is spoken for and reaches itself (X20)', () => {
    const network = simulator();
    const groups = [['node1'], ['node2', 'node3']];
    expect(() => network.createPartition(groups)).toThrow(/2 of 5 hosts are in no group/);
    const id = network.createPartition(groups, { unlisted: 'isolated' });
    expect(network.canCommunicate('node5', 'node5')).toBe(true);
    expect(network.canCommunicate('node4', 'node5')).toBe(false);
    network.heal(id);
    network.createPartition(groups, { unlisted: 'with-all' });
    expect(network.canCommunicate('node4', 'node1')).toBe(true);
    expect(network.canCommunicate('node1', 'node2')).toBe(false);
  });

  it('S2.32 cuts can be one way, of one channel, and overlap (X20)', () => {
    const network = new NetworkSimulator({ nodes: NODES, seed: 1, channels: ['http', 'replication'] });
    const id = network.cutOneWay(['node1'], ['node2'], 'replication');
    expect(network.canCommunicate('node1', 'node2', 'replication')).toBe(false);
    expect(network.canCommunicate('node2', 'node1', 'replication')).toBe(true);
    expect(network.canCommunicate('node1', 'node2', 'http')).toBe(true);
    expect(network.send('node1', 'node2', 0, 'replication').delivered).toBe(false);
    const all = network.createPartition([['node1'], ['node2']], { unlisted: 'with-all' });
    network.heal(id);
    expect(network.canCommunicate('node1', 'node2', 'replication')).toBe(false);
    network.heal(all);
    expect(network.canCommunicate('node1', 'node2', 'replication')).toBe(true);
  });

  it('refuses names and numbers that make no sense', () => {
    const network = simulator();
    expect(() => network.canCommunicate('node1', 'node9')).toThrow(
      'Cannot use node as a node of this network',
    );
    expect(() => network.send('node1', 'node2', 0, 'smtp')).toThrow(/channel/);
    expect(() => network.setLossRate(2)).toThrow(/lossRate/);
    expect(() => network.setLatency(-1)).toThrow(/latencyUs/);
    expect(() => new NetworkSimulator({ nodes: ['a', 'a'], seed: 1 })).toThrow(/different names/);
  });
});
