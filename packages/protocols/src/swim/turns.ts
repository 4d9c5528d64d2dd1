import type { NodeId } from '../core/core.ts';
import type { Breaches } from '../lab/breaches.ts';
import type { SwimConfig } from './config.ts';

const PROMISE = 'everyone is probed in turn';

/** Whether each member probes every other within two turns. */
export class Turns {
  private readonly founders: ReadonlySet<NodeId>;
  private readonly longest: number;
  private readonly breaches: Breaches;
  /** By member: since which period others wait, null for those it holds for gone; founders that are not listed wait since 0. */
  private readonly waiting = new Map<NodeId, Map<NodeId, number | null>>();
  /** The period each member is in. */
  private readonly now = new Map<NodeId, number>();

  constructor({ nodes, founders }: SwimConfig, breaches: Breaches) {
    this.founders = new Set(founders);
    // First in one turn, last in the next.
    this.longest = 2 * (nodes.length - 1);
    this.breaches = breaches;
  }

  started(node: NodeId): void {
    this.waiting.set(node, new Map());
    this.now.set(node, 0);
  }

  /** A member holds another for present or not, from a period on. */
  held(node: NodeId, member: NodeId, isPresent: boolean, period: number): void {
    const waiting = this.waiting.get(node);
    if (!isPresent) waiting?.set(member, null);
    else if (this.since(node, member) === null) waiting?.set(member, period);
  }

  probed(node: NodeId, member: NodeId, period: number): void {
    this.now.set(node, period);
    this.judge(node, member, period);
    this.waiting.get(node)?.set(member, period);
  }

  /** Those that still wait. */
  ended(): void {
    for (const [node, waiting] of this.waiting) {
      for (const member of new Set([...this.founders, ...waiting.keys()])) {
        if (member !== node) this.judge(node, member, this.now.get(node) ?? 0);
      }
    }
  }

  private since(node: NodeId, member: NodeId): number | null {
    const since = this.waiting.get(node)?.get(member);
    return since === undefined ? (this.founders.has(member) ? 0 : null) : since;
  }

  private judge(node: NodeId, member: NodeId, now: number): void {
    const since = this.since(node, member);
    if (since === null) return;
    this.breaches.count(PROMISE);
    if (now - since <= this.longest) return;
    const words = `node ${node} let member ${member} wait ${now - since} of its periods for a probe, at most ${this.longest} are two turns`;
    this.breaches.add(PROMISE, node, words);
  }
}
