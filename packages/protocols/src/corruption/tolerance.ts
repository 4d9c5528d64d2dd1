/** What may go wrong with the nodes of a system, as far as its builder knows. */
export interface Threat {
  /** Nodes are run by parties that do not trust each other, or by anybody. */
  readonly distrustful: boolean;
  /** A node that was broken into could sign as itself, and that must not be enough to change what the others hold. */
  readonly intrusion: boolean;
  /** Memory, disks, networks or serialisers may change data by accident. */
  readonly accidents: boolean;
}

/** `bft`: agreement among liars, 3f + 1 nodes. `cft-with-checks`: agreement among nodes that crash, 2f + 1, and checks that turn accidents into crashes. */
export type Tolerance = 'bft' | 'cft' | 'cft-with-checks';

/** What to build, and why. */
export interface ToleranceAdvice {
  readonly tolerance: Tolerance;
  readonly reasons: readonly string[];
}

/**
 * When to pay for Byzantine agreement, and when checks do (Castro and Liskov 1999 against Correia et al., "Practical Hardening of Crash-Tolerant
 * Systems", 2012): liars with a will need it; accidents have no will, and a check turns each into a loss, a crash, or a repair.
 */
export function chooseTolerance({ distrustful, intrusion, accidents }: Threat): ToleranceAdvice {
  const reasons: string[] = [];
  if (distrustful)
    reasons.push(
      'parties that do not trust each other may gain by lying: no check inside a node binds its owner',
    );
  if (intrusion)
    reasons.push(
      'an intruder makes checksums that fit and passes every assertion: only other nodes can outvote it',
    );
  if (reasons.length > 0) return { tolerance: 'bft', reasons };
  if (!accidents) {
    return { tolerance: 'cft', reasons: ['nodes stop or are slow, and what they say is what they mean'] };
  }
  return {
    tolerance: 'cft-with-checks',
    reasons: [
      'a flipped bit in flight or on a disk does not fit its checksum: the message is lost, which is survived anyway',
      'a value that was wrong before its checksum was made breaks an assertion: the node crashes, which is survived anyway',
      'a replica that changed in silence differs from the others: comparing hash trees finds the range, and it is copied anew',
    ],
  };
}
