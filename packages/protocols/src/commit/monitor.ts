import type { NodeId } from '../core/core.ts';
import type { CommitConfig } from './config.ts';
import { type CommitDecision, type CommitPhase, type CommitResult, isDecided } from './state.ts';

/** A promise of atomic commit seen broken. */
export interface CommitViolation {
  readonly promise: 'atomicity' | 'unanimity';
  /** One sentence naming nodes. */
  readonly reason: string;
  readonly node: NodeId;
}

/**
 * Watches one transaction from outside, whatever protocol runs it: all decide alike, also before and after a crash, and alike to what
 * the client was told (atomicity); nobody commits what a participant refused (unanimity). Call `observe` after each event
 * and `told` with each answer. Phases that are not durable yet are not looked at.
 */
export class CommitMonitor {
  readonly violations: CommitViolation[] = [];
  /** Decisions examined. */
  examined = 0;
  private readonly refusing: readonly NodeId[];
  private first: { readonly decision: CommitDecision; readonly words: string } | undefined;
  private readonly seen = new Set<string>();

  constructor(config: Pick<CommitConfig, 'refusing'>) {
    this.refusing = config.refusing;
  }

  observe(node: NodeId, { phase, token }: { readonly phase: CommitPhase; readonly token: number }): void {
    if (isDecided(phase) && token === 0) this.decided(node, phase, `node ${node} ${phase}`);
  }

  told(node: NodeId, result: CommitResult): void {
    if (result.ok) this.decided(node, result.decision, `the client was told ${result.decision}`);
  }

  private decided(node: NodeId, decision: CommitDecision, words: string): void {
    if (this.seen.has(words)) return;
    this.seen.add(words);
    this.examined++;
    this.first ??= { decision, words };
    if (this.first.decision !== decision) {
      this.violations.push({ promise: 'atomicity', reason: `${this.first.words}, and ${words}`, node });
    }
    if (decision === 'committed' && this.refusing.length > 0) {
      const reason = `${words}, and node ${this.refusing[0]} had refused`;
      this.violations.push({ promise: 'unanimity', reason, node });
    }
  }
}
