import { encodePlain } from '@holdfast/plain';
import type { NodeId } from '../core/core.ts';
import type { SlotEntry } from './messages.ts';
import type { MultiPaxosState } from './state.ts';

/** A promise of Multi-Paxos seen broken. */
export interface MultiPaxosViolation {
  readonly promise: 'agreement' | 'validity' | 'state machine safety';
  /** One sentence naming nodes and slots. */
  readonly reason: string;
  readonly node: NodeId;
}

/**
 * Watches all nodes of one group from outside: one entry a slot (agreement), a no-op or what some client asked for (validity), and
 * nodes that have carried out as many slots have carried out the same (state machine safety).
 * Call `asked` before each request, `chosen` for each note of that kind, `observe` after each event.
 */
export class MultiPaxosMonitor {
  readonly violations: MultiPaxosViolation[] = [];
  /** Choices and states examined. */
  examined = 0;
  private readonly entries = new Map<number, { readonly text: string; readonly node: NodeId }>();
  private readonly asks = new Set<string>(['null']);
  private readonly digests = new Map<number, { readonly digest: number; readonly node: NodeId }>();

  asked(entry: SlotEntry): void {
    this.asks.add(encodePlain(entry));
  }

  chosen(node: NodeId, slot: number, entry: SlotEntry): void {
    this.examined++;
    const text = encodePlain(entry);
    const before = this.entries.get(slot);
    if (!this.asks.has(text)) {
      this.violate('validity', node, `slot ${slot} was chosen as ${text}, and nobody asked for it`);
    }
    if (before === undefined) this.entries.set(slot, { text, node });
    else if (before.text !== text) {
      const words = `slot ${slot} was chosen as ${before.text} for node ${before.node} and as ${text} for node ${node}`;
      this.violate('agreement', node, words);
    }
  }

  observe(node: NodeId, { executed, digest }: MultiPaxosState): void {
    if (executed === 0) return;
    this.examined++;
    const before = this.digests.get(executed);
    if (before === undefined) this.digests.set(executed, { digest, node });
    else if (before.digest !== digest) {
      const words = `nodes ${before.node} and ${node} carried out different commands up to slot ${executed}`;
      this.violate('state machine safety', node, words);
    }
  }

  private violate(promise: MultiPaxosViolation['promise'], node: NodeId, reason: string): void {
    if (this.violations.some((known) => known.reason === reason)) return;
    this.violations.push({ promise, reason, node });
  }
}
