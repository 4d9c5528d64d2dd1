import type { SketchNode } from '../sketch/options.ts';

/** Time between two messages to each other node, and the silence after which one counts as out of reach. */
export const BEAT_MS = 40;
const SILENCE_MS = 200;
/** How long a node waits for others before it gives a request up. */
export const GIVE_UP_MS = 500;

/** Whom a node has heard of late. */
export class Touch {
  private readonly node: SketchNode;
  private readonly nodes: number;
  private readonly heard = new Map<number, number>();

  constructor(node: SketchNode, nodes: number) {
    this.node = node;
    this.nodes = nodes;
    for (let other = 0; other < nodes; other++) this.heard.set(other, node.upMs());
  }

  hear(from: number): void {
    this.heard.set(from, this.node.upMs());
  }

  with(other: number): boolean {
    return this.node.upMs() - (this.heard.get(other) ?? Number.NEGATIVE_INFINITY) < SILENCE_MS;
  }

  withMajority(): boolean {
    const others = this.others().filter((other) => this.with(other));
    return isMajority(others.length + 1, this.nodes);
  }

  others(): number[] {
    return Array.from({ length: this.nodes }, (_, i) => i).filter((i) => i !== this.node.index);
  }
}

/** Whether so many are more than half of all. */
export function isMajority(some: number, all: number): boolean {
  return 2 * some > all;
}
