import type { LinkPolicy } from '../network/link.ts';
import type { PolicyChange } from '../network/network.ts';
import type { HostId } from '../world/program.ts';
import type { Fault, LinkFault, PacketFault } from './fault.ts';

/** How long a packet held back by `reorder` waits at most, unless the fault says. */
const HOLD_US = 10_000;

/** Whether the fault changes how links treat packets. */
export function changesLinks(fault: Fault): fault is PacketFault | LinkFault {
  switch (fault.kind) {
    case 'loss':
    case 'duplicate':
    case 'reorder':
    case 'corrupt':
    case 'slow-link':
    case 'narrow-link':
    case 'black-hole':
      return true;
    default:
      return false;
  }
}

/** What the fault makes of the links that touch one of `hosts`; of all links when there are none. */
export function policyChange(fault: PacketFault | LinkFault, hosts: readonly HostId[]): PolicyChange {
  const touched = new Set(hosts);
  return {
    covers: (from, to) => touched.size === 0 || touched.has(from) || touched.has(to),
    change: (policy) => changedPolicy(policy, fault),
  };
}

function changedPolicy(policy: LinkPolicy, fault: PacketFault | LinkFault): LinkPolicy {
  switch (fault.kind) {
    case 'reorder':
      return {
        ...policy,
        reorder: fault.probability,
        reorderExtra: { kind: 'uniform', minUs: 0, maxUs: fault.holdUs ?? HOLD_US },
      };
    case 'loss':
    case 'duplicate':
    case 'corrupt':
      return { ...policy, [fault.kind]: fault.probability };
    case 'slow-link':
      return { ...policy, slowFactor: fault.amount };
    case 'narrow-link':
      return { ...policy, bitsPerSecond: fault.amount };
    case 'black-hole':
      return { ...policy, answer: 'swallow' };
  }
}
