import type { NodeId } from '../core/core.ts';
import type { Breach } from './lab.ts';

/** Most breaches kept; the first ones tell. */
const MAX_BREACHES = 1_000;

/** What a monitor has examined and seen broken, promise by promise. */
export class Breaches {
  readonly list: Breach[] = [];
  private readonly counts = new Map<string, number>();
  private readonly known = new Set<string>();

  /** One more examination of the promise. */
  count(promise: string, by = 1): void {
    this.counts.set(promise, this.examined(promise) + by);
  }

  examined(promise: string): number {
    return this.counts.get(promise) ?? 0;
  }

  /** The promise is broken; the same sentence is kept once. */
  add(promise: string, node: NodeId, reason: string): void {
    if (this.known.has(reason) || this.list.length >= MAX_BREACHES) return;
    this.known.add(reason);
    this.list.push({ promise, node, reason });
  }
}
