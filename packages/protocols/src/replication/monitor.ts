import { hashPlain } from '@holdfast/plain';
import type { NodeId } from '../core/core.ts';
import { type LeaderFollowerConfig, losesNothing } from './config.ts';
import { epochAt, lastOf } from './log.ts';
import type { ReplicationState } from './state.ts';

/** What leader-follower replication promises. */
export type ReplicationPromise =
  | 'one leader an epoch'
  | 'acknowledged writes survive'
  | 'followers apply in leader order';

/** A promise of leader-follower replication seen broken. */
export interface ReplicationViolation {
  readonly promise: ReplicationPromise;
  /** One sentence naming nodes, epochs and indexes. */
  readonly reason: string;
  /** 0 when it is not one node's doing. */
  readonly node: NodeId;
}

/** An entry that was acknowledged, or shown to readers, and is not in the log of a later leader. */
export interface LostEntry {
  readonly index: number;
  readonly epoch: number;
  /** The epoch whose leader lacks it. */
  readonly lostIn: number;
}

/**
 * Watches a group from outside. Two leaders in an epoch and different states after the same entry are always violations; a lost entry is
 * one where the configuration promises that nothing is lost, and is counted in `losses` in any case. Call `note` for each
 * note of a node, and `observe` after each of its events.
 */
export class ReplicationMonitor {
  readonly violations: ReplicationViolation[] = [];
  readonly losses: LostEntry[] = [];
  /** How often each promise was examined. */
  readonly examined: Map<string, number> = new Map();
  private readonly lossless: boolean;
  private readonly leaders = new Map<number, NodeId>();
  private readonly begins = new Map<NodeId, number>();
  /** Entries acknowledged or shown, by index: their epoch, and the epoch in which it happened. */
  private readonly shown = new Map<number, { readonly epoch: number; readonly by: number }>();
  private readonly digests = new Map<string, { readonly digest: number; readonly node: NodeId }>();
  private readonly seen = new Map<NodeId, string>();

  constructor(config: LeaderFollowerConfig) {
    this.lossless = losesNothing(config);
  }

  note(node: NodeId, kind: string, data: unknown): void {
    if (kind === 'leader') {
      const { epoch } = data as { readonly epoch: number };
      this.count('one leader an epoch');
      const other = this.leaders.get(epoch);
      this.leaders.set(epoch, node);
      this.begins.set(node, epoch);
      if (other === undefined || other === node) return;
      this.violate('one leader an epoch', node, `nodes ${other} and ${node} both lead epoch ${epoch}`);
    } else if (kind === 'applied') {
      const { index, epoch, by } = data as {
        readonly index: number;
        readonly epoch: number;
        readonly by: number;
      };
      this.show(index, epoch, by);
    }
  }

  observe(node: NodeId, state: ReplicationState): void {
    if (state.control !== null) return;
    const begun = this.begins.get(node);
    if (begun !== undefined) {
      this.begins.delete(node);
      this.lookForLosses(node, begun, state);
    }
    const at = `${state.applied} of epoch ${epochAt(state, state.applied)}`;
    if (state.role === 'leader') this.acknowledged(state);
    if (this.seen.get(node) === at) return;
    this.seen.set(node, at);
    this.count('followers apply in leader order');
    // An index and the epoch of its entry name one history.
    const digest = hashPlain(state.machine);
    const before = this.digests.get(at);
    if (before === undefined) this.digests.set(at, { digest, node });
    else if (before.digest !== digest) {
      const words = `nodes ${before.node} and ${node} are in different states after entry ${at}`;
      this.violate('followers apply in leader order', node, words);
    }
  }

  private acknowledged(state: ReplicationState): void {
    for (let index = state.acknowledged; index > state.base.index; index--) {
      const epoch = epochAt(state, index) ?? 0;
      if (this.shown.get(index)?.epoch === epoch) return;
      this.show(index, epoch, state.epoch);
    }
  }

  private show(index: number, epoch: number, by: number): void {
    const before = this.shown.get(index);
    if (before?.epoch === epoch) return;
    const isLater = before === undefined || by >= before.by;
    if (isLater) this.shown.set(index, { epoch, by });
    if (before === undefined) return;
    const lost = isLater ? before.epoch : epoch;
    const words = `entry ${index} was acknowledged or shown to readers with epoch ${before.epoch} and with epoch ${epoch}`;
    this.lose({ index, epoch: lost, lostIn: Math.max(by, before.by) }, 0, words);
  }

  private lose(entry: LostEntry, node: NodeId, words: string): void {
    this.losses.push(entry);
    if (this.lossless) this.violate('acknowledged writes survive', node, words);
  }

  private lookForLosses(node: NodeId, epoch: number, state: ReplicationState): void {
    for (const [index, entry] of this.shown) {
      if (entry.by >= epoch) continue;
      this.count('acknowledged writes survive');
      if (index <= state.base.index) continue;
      if (index <= lastOf(state) && epochAt(state, index) === entry.epoch) continue;
      this.shown.delete(index);
      const words =
        `entry ${index} of epoch ${entry.epoch} was acknowledged or shown to readers, and node ${node}, ` +
        `leader of epoch ${epoch}, lacks it`;
      this.lose({ index, epoch: entry.epoch, lostIn: epoch }, node, words);
    }
  }

  private count(promise: ReplicationPromise): void {
    this.examined.set(promise, (this.examined.get(promise) ?? 0) + 1);
  }

  private violate(promise: ReplicationPromise, node: NodeId, reason: string): void {
    if (!this.violations.some((known) => known.reason === reason)) {
      this.violations.push({ promise, reason, node });
    }
  }
}
