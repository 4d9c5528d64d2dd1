import { encodePlain, type Plain } from '@holdfast/plain';
import type { NodeId } from '../core/core.ts';
import { isMajority, type PaxosState } from './state.ts';

/** A promise of Paxos seen broken. */
export interface PaxosViolation {
  readonly promise: 'agreement' | 'validity';
  /** One sentence naming nodes, ballots and values. */
  readonly reason: string;
  readonly node: NodeId;
}

/**
 * Watches all nodes of one group from outside: one value is chosen at most, by acceptors and by learners (agreement), and it
 * is one that a client proposed (validity). Call `proposed` before each request and `observe` after each event.
 */
export class PaxosMonitor {
  readonly violations: PaxosViolation[] = [];
  /** Decisions and acceptances examined. */
  examined = 0;
  private readonly nodes: readonly NodeId[];
  private readonly values = new Set<string>();
  private readonly accepted = new Map<string, Set<NodeId>>();
  private chosen: { readonly text: string; readonly words: string } | undefined;

  constructor(nodes: readonly NodeId[]) {
    this.nodes = nodes;
  }

  proposed(value: Plain): void {
    this.values.add(encodePlain(value));
  }

  observe(node: NodeId, state: PaxosState): void {
    // What a crash may still undo was never told to anybody.
    const durable = state.acceptedBallot > 0 && state.acceptedToken === 0;
    if (durable) this.observeAccepted(node, state.acceptedBallot, state.acceptedValue);
    if (state.decided !== null)
      this.choose(node, encodePlain(state.decided.value), `learned by node ${node}`);
  }

  private observeAccepted(node: NodeId, ballot: number, value: Plain): void {
    const text = encodePlain(value);
    const key = `${ballot} ${text}`;
    const by = this.accepted.get(key) ?? new Set<NodeId>();
    if (by.has(node)) return;
    this.accepted.set(key, by.add(node));
    this.examined++;
    if (isMajority(by.size, this.nodes))
      this.choose(node, text, `accepted by a majority in ballot ${ballot}`);
  }

  private choose(node: NodeId, text: string, words: string): void {
    if (this.chosen?.text === text) return;
    this.examined++;
    if (!this.values.has(text)) {
      this.violate('validity', node, `${text} was ${words}, and nobody proposed it`);
    }
    if (this.chosen === undefined) this.chosen = { text, words };
    else {
      this.violate(
        'agreement',
        node,
        `${this.chosen.text} was ${this.chosen.words}, and ${text} was ${words}`,
      );
    }
  }

  private violate(promise: PaxosViolation['promise'], node: NodeId, reason: string): void {
    if (this.violations.some((known) => known.reason === reason)) return;
    this.violations.push({ promise, reason, node });
  }
}
