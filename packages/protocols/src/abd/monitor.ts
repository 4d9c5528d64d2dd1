import { encodePlain } from '@holdfast/plain';
import type { NodeId } from '../core/core.ts';
import type { AbdState, Tag } from './state.ts';

/** Two values were seen under one tag. */
export interface AbdViolation {
  readonly promise: 'one value a tag';
  readonly reason: string;
  readonly node: NodeId;
}

/**
 * Watches registers from outside: no two replicas other than a writer itself hold different values under one tag. Linearizability is judged from the history.
 * Call `observe` after each event of a node.
 */
export class AbdMonitor {
  readonly violations: AbdViolation[] = [];
  /** States examined. */
  examined = 0;
  private readonly values = new Map<string, string>();

  observe(node: NodeId, { values }: AbdState): void {
    for (const [key, { tag, value }] of Object.entries(values)) {
      // Before its own disk holds it a writer may forget a write that nobody else has seen.
      if (tag.writer === node) continue;
      this.examined++;
      const name = `${tagText(tag)} of ${key}`;
      const found = encodePlain(value);
      const known = this.values.get(name);
      if (known === undefined) this.values.set(name, found);
      else if (known !== found && !this.violations.some(({ reason }) => reason.startsWith(`tag ${name} `))) {
        const reason = `tag ${name} names ${known} and, at node ${node}, ${found}`;
        this.violations.push({ promise: 'one value a tag', reason, node });
      }
    }
  }
}

/** A tag as people read it. */
export function tagText({ counter, writer }: Tag): string {
  return `${counter}.${writer}`;
}
