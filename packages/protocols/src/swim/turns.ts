import type { NodeId } from '../core/core.ts';
import type { Breaches } from '../lab/breaches.ts';
import type { SwimConfig } from './config.ts';

const PROMISE = 'everyone is probed in turn';

/** Whether each member probes every other within two turns. */
export class Turns {
  private readonly founders: readonly NodeId[];
  private readonly longest: number;
  private readonly breaches: Breaches;
  /** By member: since which period each of those it holds present waits, and the period it is in. */
  private readonly waiting = new Map<NodeId, Map<NodeId, number>>();
  private readonly now = new Map<NodeId, number>();

  constructor({ nodes, founders }: SwimConfig, breaches: Breaches) {
    this.founders = founders;
    // First in one turn, last in the next.
    this.longest = 2 * (nodes.length - 1);
    this.breaches = breaches;
  }

  started(node: NodeId): void {
    this.waiting.set(
      node,
      new Map(this.founders.filter((id) => id !== node).map((id): [NodeId, number] => [id, 0])),
    );
    this.now.set(node, 0);
  }

  /** A member holds another for present or not, from a period on. */
  held(node: NodeId, member: NodeId, isPresent: boolean, period: number): void {
    const waiting = this.waiting.get(node);
    if (!isPresent) waiting?.delete(member);
    else if (waiting?.has(member) === false) waiting.set(member, period);
  }

  probed(node: NodeId, member: NodeId, period: number): void {
    this.now.set(node, period);
    const since = this.waiting.get(node)?.get(member);
    if (since === undefined) return;
    this.judge(node, member, period - since);
    this.waiting.get(node)?.set(member, period);
  }

  /** Those that still wait. */
  ended(): void {
    for (const [node, waiting] of this.waiting) {
      for (const [member, since] of waiting) this.judge(node, member, (this.now.get(node) ?? 0) - since);
    }
  }

  private judge(node: NodeId, member: NodeId, waited: number): void {
    this.breaches.count(PROMISE);
    if (waited <= this.longest) return;
    const words = `node ${node} let member ${member} wait ${waited} of its periods for a probe, at most ${this.longest} are two turns`;
    this.breaches.add(PROMISE, node, words);
  }
}
