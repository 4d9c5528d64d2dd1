import { encodePlain } from '@holdfast/plain';
import type { NodeId } from '../core/core.ts';
import { Breaches } from './breaches.ts';

/** Promises a `LogMonitor` watches. */
export const LOG_PROMISES: readonly string[] = ['agreement', 'validity', 'state machine safety'];

/**
 * Watches the nodes of a replicated log from outside: one entry a position for everybody who carries it out (agreement), asked for by a
 * client or null (validity), and replicas that carried out as many positions have done the same (state machine safety). Positions
 * count from 1.
 */
export class LogMonitor {
  readonly breaches: Breaches = new Breaches();
  private readonly asks = new Set<string>(['null']);
  private readonly entries: { readonly text: string; readonly node: NodeId }[] = [];
  private readonly digests = new Map<number, { readonly digest: number; readonly node: NodeId }>();
  private readonly seen = new Map<NodeId, number>();

  /** A client hands in an entry, as `executed` will show it. */
  asked(entry: unknown): void {
    this.asks.add(encodePlain(entry));
  }

  /** A node starts: it carries out the log from the beginning. */
  started(node: NodeId): void {
    this.seen.delete(node);
  }

  /** A node carries out the entry at a position. */
  executed(node: NodeId, position: number, entry: unknown): void {
    const text = encodePlain(entry);
    this.breaches.count('agreement');
    this.breaches.count('validity');
    if (!this.asks.has(text)) {
      this.breaches.add('validity', node, `node ${node} carried out ${text}, and nobody asked for it`);
    }
    const before = this.entries[position - 1];
    if (before === undefined) this.entries[position - 1] = { text, node };
    else if (before.text !== text) {
      const words = `position ${position} is ${before.text} for node ${before.node} and ${text} for node ${node}`;
      this.breaches.add('agreement', node, words);
    }
  }

  /** A node has carried out `count` entries, whose hash, in order, is `digest`. */
  observe(node: NodeId, count: number, digest: number): void {
    if (count === 0 || this.seen.get(node) === count) return;
    this.seen.set(node, count);
    this.breaches.count('state machine safety');
    const before = this.digests.get(count);
    if (before === undefined) this.digests.set(count, { digest, node });
    else if (before.digest !== digest) {
      const words = `nodes ${before.node} and ${node} carried out different commands up to position ${count}`;
      this.breaches.add('state machine safety', node, words);
    }
  }
}
