import type { NodeId } from '../core/core.ts';
import { Breaches } from '../lab/breaches.ts';
import type { Breach, LabMonitor } from '../lab/lab.ts';
import type { Bit } from './messages.ts';
import type { BenOrCommand, BenOrResult, BenOrState } from './state.ts';

/** What the monitor watches. */
export const BEN_OR_PROMISES: readonly string[] = ['agreement', 'validity', 'termination'];

/**
 * Watches all nodes of one group from outside: one decision (agreement), which somebody proposed (validity); and once somebody proposed and the
 * run has ended calmly, every node that is up has decided (termination).
 */
export class BenOrMonitor implements LabMonitor<BenOrState, BenOrCommand, BenOrResult> {
  private readonly seen = new Breaches();
  private readonly proposed = new Set<Bit>();
  private first: { readonly node: NodeId; readonly value: Bit } | undefined;

  get breaches(): readonly Breach[] {
    return this.seen.list;
  }

  examined(promise: string): number {
    return this.seen.examined(promise);
  }

  requested(_node: NodeId, { value }: BenOrCommand): void {
    this.proposed.add(value);
  }

  noted(node: NodeId, kind: string, data: unknown): void {
    if (kind !== 'decided') return;
    const { value, round } = data as { readonly value: Bit; readonly round: number };
    this.seen.count('agreement');
    this.seen.count('validity');
    if (!this.proposed.has(value)) {
      this.seen.add('validity', node, `node ${node} decided ${value}, which nobody proposed`);
    }
    this.first ??= { node, value };
    if (this.first.value === value) return;
    const words = `node ${this.first.node} decided ${this.first.value}, and node ${node} ${value} in round ${round}`;
    this.seen.add('agreement', node, words);
  }

  ended(states: ReadonlyMap<NodeId, BenOrState>): void {
    if (this.proposed.size === 0) return;
    for (const [node, { decided, round }] of states) {
      this.seen.count('termination');
      if (decided === null) {
        this.seen.add('termination', node, `node ${node} has not decided after ${round} rounds`);
      }
    }
  }
}
