import { memberMac, VXLAN_ID } from '../devices/switch/vxlanFrames.ts';
import { LiveError } from '../errors.ts';
import { programOf } from '../install/find.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { command } from '../processes/command.ts';
import { type NamespaceSite, namespaceSite } from './namespaces.ts';

/** What VXLAN adds to a frame must fit too. */
const MTU = 1_450;
const PORT = 4_789;

/** Namespaces whose members reach each other only through tunnels that end at the runner. */
export interface VxlanSite extends Omit<NamespaceSite, 'kind'> {
  readonly kind: 'vxlan';
  /** The address of a member under its tunnel. */
  underlayOf(index: number): string;
  /** The runner's own address on the bridge. */
  readonly runnerHost: string;
}

/**
 * Namespaces as `namespaceSite` makes them, and in each a VXLAN device whose only neighbour is the runner. Members have addresses behind that device; the
 * runner's clients reach them past the tunnel, so that faults strike what members say to each other alone. Everything lies in the namespaces or hangs on
 * the bridge, and goes with them. Needs root and ethtool. Throws `LiveError`.
 */
export function vxlanSite(ledger: Ledger, members: number): VxlanSite {
  programOf('ethtool');
  const site = namespaceSite(ledger, members);
  const inner = (index: number): string => site.hostOf(index).replace(/^10\.213\./, '10.214.');
  for (let index = 0; index < members; index++) {
    const within = ['ip', '-n', site.namespaceOf(index)];
    const tunnel = ['type', 'vxlan', 'id', String(VXLAN_ID), 'remote', site.runnerHost];
    const ends = ['local', site.hostOf(index), 'dstport', String(PORT), 'dev', 'eth0', 'nolearning'];
    must([...within, 'link', 'add', 'vx0', 'address', memberMac(index), ...tunnel, ...ends]);
    must([...within, 'link', 'set', 'vx0', 'mtu', String(MTU), 'up']);
    must([...within, 'addr', 'add', `${inner(index)}/24`, 'dev', 'vx0']);
    // Nobody behind the tunnel finishes checksums or cuts long packets.
    const offload = ['tx', 'off', 'gso', 'off', 'tso', 'off'];
    must(['ip', 'netns', 'exec', site.namespaceOf(index), programOf('ethtool'), '-K', 'vx0', ...offload]);
    must(['ip', 'route', 'add', `${inner(index)}/32`, 'via', site.hostOf(index), 'dev', site.bridge]);
  }
  return { ...site, kind: 'vxlan', hostOf: inner, underlayOf: (index) => site.hostOf(index) };
}

function must(words: readonly string[]): void {
  const { ok, stderr } = command(words);
  if (ok) return;
  throw new LiveError(
    'DEVICE_MISSING',
    `Cannot make VXLAN tunnels: ${words.join(' ')}: ${stderr.trim()}`,
    "use network: namespaces or mesh; see 'holdfast doctor'",
  );
}
