import type { LinkPolicy } from './link.ts';

/** Answers of one 32-bit choice. */
const WORD = 0x1_0000_0000;

/**
 * The numbers of a policy that does nothing but lose, double and delay by a constant or uniform latency: what most packets of most
 * runs meet. Its packets are decided without asking what else a policy may say; the answers are those of `decideLink`.
 */
export interface PlainLink {
  /** An answer from here on loses the packet. */
  readonly kept: number;
  /** An answer from here on, up to `kept`, delivers it twice. */
  readonly once: number;
  /** Whether luck is asked for at all. */
  readonly asks: boolean;
  /** The latency is `minUs` plus 0 to `spanUs - 1`; with a span of 1 none is drawn. */
  readonly minUs: number;
  readonly spanUs: number;
}

/** The plain numbers of a policy; undefined when it says more than they can. */
export function plainLink(policy: LinkPolicy): PlainLink | undefined {
  const { latency, loss, duplicate } = policy;
  const more =
    policy.answer !== 'deliver' ||
    policy.bitsPerSecond > 0 ||
    policy.reorder > 0 ||
    policy.corrupt > 0 ||
    policy.slowFactor !== 1;
  if (more || (latency.kind !== 'uniform' && latency.kind !== 'constant')) return undefined;
  const [minUs, maxUs] =
    latency.kind === 'constant' ? [latency.us, latency.us] : [latency.minUs, latency.maxUs];
  const kept = WORD - WORD * loss;
  return {
    kept,
    once: kept - kept * duplicate,
    asks: loss > 0 || duplicate > 0,
    minUs,
    spanUs: maxUs - minUs + 1,
  };
}
