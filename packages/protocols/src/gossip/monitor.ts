import { encodePlain } from '@holdfast/plain';
import type { NodeId } from '../core/core.ts';
import { Breaches } from '../lab/breaches.ts';
import type { Breach, LabMonitor } from '../lab/lab.ts';
import { type GossipConfig, hotRounds } from './config.ts';
import { type Rumour, rumourName } from './messages.ts';
import type { GossipCommand, GossipResult, GossipState } from './state.ts';

/** What the monitor watches. */
export const GOSSIP_PROMISES: readonly string[] = [
  'a rumour is the same for all',
  'rumours cool',
  'everybody hears everything at rest',
];

/**
 * Watches all nodes of one group from outside: one value a name, whoever hears it; a rumour is told in a bounded number of rounds; and once nobody
 * has learned anything for long enough, all know all.
 */
export class GossipMonitor implements LabMonitor<GossipState, GossipCommand, GossipResult> {
  private readonly seen = new Breaches();
  private readonly config: GossipConfig;
  /** By name: the value, and somebody who learned it, not its origin once there is one. */
  private readonly values = new Map<string, { readonly text: string; readonly node: NodeId }>();
  /** Rounds of each node since anybody learned anything or started. */
  private quiet = new Map<NodeId, number>();

  constructor(config: GossipConfig) {
    this.config = config;
  }

  get breaches(): readonly Breach[] {
    return this.seen.list;
  }

  examined(promise: string): number {
    return this.seen.examined(promise);
  }

  started(): void {
    this.quiet = new Map();
  }

  noted(node: NodeId, kind: string, data: unknown): void {
    if (kind === 'round') this.quiet.set(node, (this.quiet.get(node) ?? 0) + 1);
    if (kind !== 'learned') return;
    this.quiet = new Map();
    const { origin, number, value } = data as Rumour;
    const name = rumourName({ origin, number });
    const text = encodePlain(value);
    const known = this.values.get(name);
    this.seen.count('a rumour is the same for all');
    // What a crash undid at its origin before anybody else heard it was never told.
    if (known === undefined || known.text === text || (node === origin && known.node === origin)) {
      if (known === undefined || known.node === origin) this.values.set(name, { text, node });
      return;
    }
    const words = `rumour ${name} is ${known.text} for node ${known.node} and ${text} for node ${node}`;
    this.seen.add('a rumour is the same for all', node, words);
  }

  observe(node: NodeId, { hot }: GossipState): void {
    if (hot.length === 0) return;
    this.seen.count('rumours cool');
    const limit = hotRounds(this.config);
    const old = hot.find(({ told }) => told > limit);
    if (old === undefined) return;
    const words = `node ${node} told rumour ${old.name} in ${old.told} rounds, at most ${limit} are allowed`;
    this.seen.add('rumours cool', node, words);
  }

  ended(states: ReadonlyMap<NodeId, GossipState>): void {
    // Whoever has, and whoever lacks, compares with somebody once in so many rounds.
    const enough = 2 * Math.max(1, this.config.reconcileEvery) + hotRounds(this.config);
    const names = new Set([...states.values()].flatMap(({ rumours }) => Object.keys(rumours)));
    for (const [node, { rumours }] of states) {
      if ((this.quiet.get(node) ?? 0) < enough) continue;
      for (const name of names) {
        this.seen.count('everybody hears everything at rest');
        if (rumours[name] !== undefined) continue;
        const words = `node ${node} never heard rumour ${name}, though nothing moves any more`;
        this.seen.add('everybody hears everything at rest', node, words);
      }
    }
  }
}
