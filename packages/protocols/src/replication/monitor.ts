import { hashPlain } from '@holdfast/plain';
import type { NodeId } from '../core/core.ts';
import type { LeaderFollowerConfig } from './config.ts';
import { losesNothing } from './config.ts';
import { epochAt, lastOf } from './log.ts';
import type { ReplicationState } from './state.ts';

/** A promise of leader-follower replication seen broken. */
export interface ReplicationViolation {
  readonly promise: 'one leader an epoch' | 'acknowledged writes survive' | 'followers apply in leader order';
  /** One sentence naming nodes, epochs and indexes. */
  readonly reason: string;
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
 * one where the configuration promises that nothing is lost, and is counted in `losses` where it does not. Call `note` for each
 * note of a node and `observe` after each of its events.
 */
export class ReplicationMonitor {
  readonly violations: ReplicationViolation[] = [];
  readonly losses: LostEntry[] = [];
  /** Epochs, acknowledgements and states examined. */
  examined = 0;
  private readonly lossless: boolean;
  private readonly leaders = new Map<number, NodeId>();
  /** The epoch of each entry that was acknowledged or shown, by index. */
  private readonly shown = new Map<number, { readonly epoch: number; readonly by: number }>();
  private readonly digests = new Map<string, { readonly digest: number; readonly node: NodeId }>();
  private readonly applied = new Map<NodeId, number>();

  constructor(config: LeaderFollowerConfig) {
    this.lossless = losesNothing(config);
  }

  note(node: NodeId, kind: string, data: unknown, state?: ReplicationState): void {
    if (kind === 'leader') this.leads(node, (data as { epoch: number }).epoch, state);
    else if (kind === 'applied') {
      const { index, epoch } = data as { index: number; epoch: number };
      this.examined++;
      const by = Math.max(epoch, state?.epoch ?? epoch);
      if (this.shown.get(index)?.epoch !== epoch) this.shown.set(index, { epoch, by });
    } else if (kind === 'acknowledged' && state !== undefined) this.acknowledged(state);
  }

  observe(node: NodeId, state: ReplicationState): void {
    if (state.control !== null || this.applied.get(node) === state.applied) return;
    this.applied.set(node, state.applied);
    this.examined++;
    // An index and the epoch of its entry name one history.
    const at = `${state.applied} of epoch ${epochAt(state, state.applied)}`;
    const digest = hashPlain(state.machine);
    const before = this.digests.get(at);
    if (before === undefined) this.digests.set(at, { digest, node });
    else if (before.digest !== digest) {
      const words = `nodes ${before.node} and ${node} are in different states after entry ${at}`;
      this.violate('followers apply in leader order', node, words);
    }
  }

  private acknowledged(state: ReplicationState): void {
    this.examined++;
    for (let index = state.acknowledged; index > 0 && index > state.base.index; index--) {
      const epoch = epochAt(state, index) ?? 0;
      if (this.shown.get(index)?.epoch === epoch) return;
      this.shown.set(index, { epoch, by: state.epoch });
    }
  }

  private leads(node: NodeId, epoch: number, state: ReplicationState | undefined): void {
    this.examined++;
    const other = this.leaders.get(epoch);
    this.leaders.set(epoch, node);
    if (other !== undefined && other !== node) {
      this.violate('one leader an epoch', node, `nodes ${other} and ${node} both lead epoch ${epoch}`);
    }
    if (state === undefined) return;
    for (const [index, entry] of this.shown) {
      if (index <= state.base.index || entry.by >= epoch) continue;
      if (index <= lastOf(state) && epochAt(state, index) === entry.epoch) continue;
      this.shown.delete(index);
      this.losses.push({ index, epoch: entry.epoch, lostIn: epoch });
      if (!this.lossless) continue;
      const words = `entry ${index} of epoch ${entry.epoch} was acknowledged or shown, and node ${node}, leader of epoch ${epoch}, lacks it`;
      this.violate('acknowledged writes survive', node, words);
    }
  }

  private violate(promise: ReplicationViolation['promise'], node: NodeId, reason: string): void {
    if (!this.violations.some((known) => known.reason === reason)) {
      this.violations.push({ promise, reason, node });
    }
  }
}
