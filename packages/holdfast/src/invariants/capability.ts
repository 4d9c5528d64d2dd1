import { encodePlain, hexOf, hmacSha256, utf8Of } from '@holdfast/plain';

/** What somebody may do, with what, and until when. */
export interface Grant {
  readonly holder: string;
  /** What it is for: `refund`. Nothing else may be done with it. */
  readonly purposes: readonly string[];
  /** Names of resources, or beginnings of names that end in `/`. */
  readonly resources: readonly string[];
  /** By the issuer's wall clock, milliseconds: from the first on, and no longer at the second. */
  readonly fromMs: number;
  readonly untilMs: number;
}

/** A grant with the mark of its issuer: without the key nobody can make one, or widen one. */
export interface Capability extends Grant {
  readonly mark: string;
}

/** What somebody wants to do with it. */
export interface Use {
  readonly holder: string;
  readonly purpose: string;
  readonly resource: string;
}

/** Why a capability is refused. */
export type CapabilityRefusal = 'forged' | 'holder' | 'purpose' | 'resource' | 'not yet' | 'expired';

/** How a resource looks at capabilities. */
export interface CapabilityCheck {
  readonly key: Uint8Array;
  /** The resource's own wall clock, milliseconds. */
  readonly nowMs: number;
  /**
   * By how much the clocks of issuer and resource may differ, milliseconds: what could be over by the issuer's clock is refused. That is
   * an assumption; a resource whose clock is further off must not be asked.
   */
  readonly maxSkewMs: number;
}

function markOf({ holder, purposes, resources, fromMs, untilMs }: Grant, key: Uint8Array): string {
  const said = encodePlain({ holder, purposes, resources, fromMs, untilMs });
  return hexOf(hmacSha256(key, utf8Of(said)));
}

/** Makes a capability. */
export function issueCapability(grant: Grant, key: Uint8Array): Capability {
  const { holder, purposes, resources, fromMs, untilMs } = grant;
  return { holder, purposes, resources, fromMs, untilMs, mark: markOf(grant, key) };
}

/**
 * Whether a use is within a capability, asked where it takes effect; undefined when it is. Least authority: for the purpose it was given for,
 * by whom, on what, and for as long; whatever cannot be told for sure because of clocks is refused.
 */
export function capabilityRefusal(
  capability: Capability,
  { holder, purpose, resource }: Use,
  { key, nowMs, maxSkewMs }: CapabilityCheck,
): CapabilityRefusal | undefined {
  if (capability.mark !== markOf(capability, key)) return 'forged';
  if (capability.holder !== holder) return 'holder';
  if (!capability.purposes.includes(purpose)) return 'purpose';
  const covers = (name: string): boolean =>
    name === resource || (name.endsWith('/') && resource.startsWith(name));
  if (!capability.resources.some(covers)) return 'resource';
  if (nowMs - maxSkewMs < capability.fromMs) return 'not yet';
  return nowMs + maxSkewMs >= capability.untilMs ? 'expired' : undefined;
}
