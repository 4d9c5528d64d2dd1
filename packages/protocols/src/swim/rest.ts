import type { NodeId } from '../core/core.ts';

/** For how many of its periods each member has seen the whole group without any change. */
export class Rest {
  private changes = 0;
  private readonly since = new Map<NodeId, { changes: number; from: number; now: number }>();

  /** Somebody changed its mind, came, or went. */
  changed(): void {
    this.changes++;
  }

  /** A member begins a period. */
  period(node: NodeId, now: number): void {
    const known = this.since.get(node);
    if (known === undefined) this.since.set(node, { changes: this.changes, from: now, now });
    else {
      if (known.changes !== this.changes || now < known.now) known.from = now;
      known.changes = this.changes;
      known.now = now;
    }
  }

  /** Periods of the member since the last change. */
  of(node: NodeId): number {
    const known = this.since.get(node);
    return known === undefined || known.changes !== this.changes ? 0 : known.now - known.from;
  }
}
