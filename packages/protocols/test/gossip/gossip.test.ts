import { describe, expect, it } from 'vitest';
import { guarded } from '../../src/core/guard.ts';
import {
  epidemicCurve,
  GOSSIP_DEFECTS,
  gossip,
  type GossipCommand,
  gossipConfig,
  type GossipDefect,
  type GossipMessage,
  GossipMonitor,
  type GossipOptions,
  GossipOptionsError,
  type GossipResult,
  type GossipState,
} from '../../src/gossip/index.ts';
import { Dice } from '../raft/chaos.ts';
import { CoreGroup, randomSchedule } from '../support/coreGroup.ts';
import { lineFit } from '../support/growth.ts';
import { expectTranscript, Transcript } from '../support/transcript.ts';

type Group = CoreGroup<GossipState, GossipMessage, GossipCommand, GossipResult>;

const SIZES = [8, 16, 32, 64, 128, 256, 512, 1024];
const STYLES = ['push', 'pull', 'push-pull'] as const;
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);

function start(options: GossipOptions, seed: number, watched = false): Group {
  const core = gossip(options);
  const group: Group = new CoreGroup(watched ? guarded(core) : core, options.nodes);
  const dice = new Dice(seed);
  group.chooser = (_, among): number => dice.below(among);
  return group;
}

interface Spread {
  /** Nodes that know the rumour after each round. */
  readonly known: readonly number[];
  /** Messages sent in the busiest round, per node. */
  readonly load: number;
}

/** One rumour from node 1, all nodes in step; `loss` is the share of messages that are lost. */
function spread(options: GossipOptions, seed: number, loss = 0): Spread {
  const group = start({ hotFactor: 5, reconcileEvery: 0, ...options }, seed);
  const dice = new Dice(seed ^ 0x2545f491);
  const { length } = options.nodes;
  let known = 0;
  let sent = 0;
  let busiest = 0;
  group.onNote = (_, kind): void => {
    if (kind === 'learned') known++;
  };
  group.passes = (): boolean => {
    sent++;
    return loss === 0 || dice.below(1_000) >= loss * 1_000;
  };
  group.request(1, { kind: 'publish', value: 'a' });
  const curve = [known];
  while (known < length && curve.length < 100) {
    sent = 0;
    for (const id of options.nodes) group.fire(id, 'round');
    group.settle();
    busiest = Math.max(busiest, sent / length);
    curve.push(known);
  }
  return { known: curve, load: busiest };
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

describe('gossip', () => {
  it('S4.20 S4.29 reaches all of 8 to 1,024 nodes in rounds that grow as the logarithm, at a constant load per node', () => {
    for (const style of STYLES) {
      const runs = SIZES.map((n) =>
        [1, 2, 3].slice(n > 256 ? 2 : 0).map((seed) => spread({ nodes: upTo(n), style }, seed)),
      );
      const rounds = runs.map((some) => mean(some.map(({ known }) => known.length - 1)));
      const logarithms = SIZES.map((n) => Math.log2(n));
      expect(lineFit(logarithms, rounds)).toBeGreaterThan(0.85);
      expect(rounds.at(-1)).toBeLessThan(style === 'push-pull' ? 14 : 24);
      // One message a round, and an answer.
      for (const { load } of runs.flat()) expect(load).toBeLessThanOrEqual(2);
    }
  });

  it('S4.20 telling everybody takes one round and n - 1 messages of each node', () => {
    for (const n of [8, 64, 256]) {
      const { known, load } = spread({ nodes: upTo(n), style: 'broadcast' }, 1);
      expect(known).toEqual([1, n]);
      expect(load * n).toBe(n - 1);
    }
    // As heartbeats: every node in every round.
    const nodes = upTo(64);
    const group = start({ nodes, style: 'broadcast' }, 1);
    for (const id of nodes) group.request(id, { kind: 'publish', value: id });
    for (const id of nodes) group.fire(id, 'round');
    expect(group.flying.length).toBe(64 * 63);
  });

  it('S4.29 is infected as the mean-field model says, with messages lost too', () => {
    const nodes = upTo(512);
    for (const style of STYLES) {
      for (const loss of [0, 0.3]) {
        const model = epidemicCurve({ nodes: 512, style, loss });
        const shares = spread({ nodes, style }, 1, loss).known.map((count) => count / 512);
        // Luck while few know shifts a curve in time: the two are laid over each other where half know.
        const half = (curve: readonly number[]): number => curve.findIndex((share) => share >= 0.5);
        const shift = half(shares) - half(model);
        expect(Math.abs(shift)).toBeLessThanOrEqual(3);
        for (const [round, share] of shares.entries()) {
          const at = (i: number): number => model[Math.max(0, i)] ?? 1;
          // Within a round of it.
          expect(share).toBeGreaterThan(at(round - shift - 1) - 0.02);
          expect(share).toBeLessThan(at(round - shift + 1) + 0.02);
        }
      }
    }
  });

  it('S4.29 pull ends faster than push, and push begins faster than pull', () => {
    const after = (style: (typeof STYLES)[number], from: number, to: number): number => {
      const curve = epidemicCurve({ nodes: 100_000, style });
      const first = curve.findIndex((share) => share >= from);
      return curve.findIndex((share) => share >= to) - first;
    };
    expect(after('pull', 0.9, 0.99999)).toBeLessThan(after('push', 0.9, 0.99999));
    expect(after('push-pull', 0, 0.99999)).toBeLessThan(after('push', 0, 0.99999));
  });

  it('S4.29 a rumour that died out is found by comparing, and without that never', () => {
    const missed = (defect: GossipDefect | undefined): number => {
      const nodes = upTo(6);
      const options: GossipOptions = { nodes, style: 'push', hotFactor: 1, reconcileEvery: 5, defect };
      const group = start(options, 7, true);
      const monitor = new GossipMonitor(gossipConfig(options));
      group.onNote = (id, kind, data): void => monitor.noted(id, kind, data);
      // Everything is lost as long as the rumour is hot.
      group.passes = (): boolean => false;
      group.request(1, { kind: 'publish', value: 'a' });
      for (let round = 0; round < 60; round++) {
        if (round === 10) group.passes = (): boolean => true;
        for (const id of nodes) group.fire(id, 'round');
        group.settle();
      }
      monitor.ended(new Map(nodes.map((id) => [id, group.state(id)])));
      return monitor.breaches.length;
    };
    expect(missed(undefined)).toBe(0);
    expect(missed('no-reconciliation')).toBe(5);
  });

  it('keeps its promises through crashes and loss, and its broken twins are caught', () => {
    const bad = (defect: GossipDefect | undefined): number => {
      let count = 0;
      for (let seed = 1; seed <= 20; seed++) {
        const nodes = [1, 2, 3, 4];
        const options: GossipOptions = {
          nodes,
          reconcileEvery: 3,
          style: STYLES[seed % 3] ?? 'push',
          defect,
        };
        const group = start(options, seed, seed % 10 === 0);
        const monitor = new GossipMonitor(gossipConfig(options));
        group.onNote = (id, kind, data): void => monitor.noted(id, kind, data);
        group.onStep = (id, state): void => monitor.observe(id, state);
        const command = (_: Dice, step: number): GossipCommand => ({ kind: 'publish', value: step });
        randomSchedule(group, { seed, steps: 400, command });
        for (const id of nodes) if (!group.isUp(id)) group.boot(id);
        group.autoSync = true;
        group.syncAll();
        for (let round = 0; round < 40; round++) {
          for (const id of nodes) group.fire(id, 'round');
          group.settle();
        }
        monitor.ended(new Map(nodes.map((id) => [id, group.state(id)])));
        if (monitor.breaches.length > 0) count++;
      }
      return count;
    };
    expect(bad(undefined)).toBe(0);
    for (const defect of GOSSIP_DEFECTS) if (bad(defect) === 0) expect.fail(`${defect} was not caught`);
  });

  it('reads as text', () => {
    const group = start({ nodes: [1, 2, 3, 4], reconcileEvery: 2 }, 5, true);
    const text = new Transcript(group, ['known', 'hot']);
    text.say('# Node 1 publishes; the nodes tell each other, and compare in the second round.');
    text.request(1, { kind: 'publish', value: 'news' });
    for (let round = 1; round <= 2; round++) {
      for (const id of [1, 2, 3, 4]) text.fire(id, 'round');
      text.settle();
    }
    expectTranscript('gossip', text.lines);
  });

  it('refuses options no group can run with', () => {
    expect(() => gossip({ nodes: [] })).toThrow(GossipOptionsError);
    expect(() => gossip({ nodes: [1, 2], fanout: 0 })).toThrow(/fanout must be a whole number of at least 1/);
    expect(() => gossip({ nodes: [1, 2], style: 'whisper' as 'push' })).toThrow(/style must be one of/);
  });
});
