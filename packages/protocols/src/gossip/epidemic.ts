import type { GossipStyle } from './config.ts';

/** A group to be infected. */
export interface Epidemic {
  readonly nodes: number;
  readonly style: Exclude<GossipStyle, 'broadcast'>;
  readonly fanout?: number;
  /** Share of messages that are lost. Default 0. */
  readonly loss?: number;
}

/**
 * The share of nodes that know a rumour after each round, starting with one, as the mean-field model has it (Demers et al. 1987, section 1.4; Karp
 * et al. 2000): with push a node stays unaware when nobody who knows picks it, with pull when nobody it picks knows. Ends once less than half a
 * node is unaware, or after `rounds`.
 */
export function epidemicCurve({ nodes, style, fanout = 1, loss = 0 }: Epidemic, rounds = 1_000): number[] {
  const others = nodes - 1;
  const curve = [1 / nodes];
  let unaware = others;
  for (let round = 0; round < rounds && unaware >= 0.5; round++) {
    const aware = nodes - unaware;
    const told = (1 - (fanout * (1 - loss)) / others) ** aware;
    // Question and answer must both arrive.
    const asked = (1 - (aware / others) * (1 - loss) ** 2) ** fanout;
    unaware *= (style === 'pull' ? 1 : told) * (style === 'push' ? 1 : Math.max(0, asked));
    curve.push(1 - unaware / nodes);
  }
  return curve;
}
