import { existsSync } from 'node:fs';
import { clockProblem } from '../devices/clock/clockPatch.ts';
import { findProgram } from '../install/find.ts';
import { command, type CommandResult } from '../processes/command.ts';
import { rootlessProblem } from '../rootless/privileges.ts';
import type { Capability } from './capability.ts';

/** Where the names of namespaces lie is ours alone in a mount namespace of our own. */
const OWN = ['unshare', '-Urnm', 'sh', '-c', 'mount -t tmpfs none /run && exec "$@"', 'sh'];

/** What a user without privileges does it in. */
const ROOTLESS = ", in user namespaces ('holdfast live' enters them by itself)";

const isRoot = (): boolean => process.getuid?.() === 0;

/** A script as root, or as root of namespaces that end with it. */
function asRoot(script: string): CommandResult {
  const words = ['sh', '-c', `PATH="$PATH:/usr/sbin:/sbin"; ${script}`];
  return command(isRoot() ? words : [...OWN, ...words]);
}

/** In a namespace that goes away again: the script's own end counts. */
function inNamespace(script: (name: string) => string): CommandResult {
  const name = `hf-probe-${process.pid}`;
  return asRoot(`ip netns add ${name} && { ${script(name)}; code=$?; ip netns del ${name}; exit $code; }`);
}

function probed(name: string, tried: CommandResult, able: string, remedy: string): Capability {
  const device = { name, kind: 'device' } as const;
  if (tried.ok) return { ...device, able: true, found: isRoot() ? able : `${able}${ROOTLESS}` };
  return { ...device, able: false, found: tried.stderr.trim().split('\n')[0] ?? '', remedy };
}

/** Whether network namespaces with packet rules can be made. */
export function namespaces(): Capability {
  if (findProgram('nft') === undefined)
    return missing('namespaces', 'nft not found', 'apt-get install nftables');
  const tried = inNamespace((name) => `ip netns exec ${name} nft add table inet probe`);
  return probed('namespaces', tried, 'network namespaces with nftables', 'run as root');
}

/** Whether the packet switch can stand between namespaces. */
export function vxlan(): Capability {
  if (findProgram('ethtool') === undefined)
    return missing('vxlan', 'ethtool not found', 'apt-get install ethtool');
  const tunnel = 'type vxlan id 7 remote 127.0.0.1 dstport 4789 dev lo';
  const tried = inNamespace((name) => `ip -n ${name} link add vx0 ${tunnel}`);
  const able = 'a packet switch between namespaces: loss, delay, reordering, captures';
  return probed('vxlan', tried, able, 'run as root, on a kernel with vxlan');
}

/** Whether volatile disks can be mounted. */
export function disks(): Capability {
  if (!existsSync('/dev/fuse')) return missing('disk', 'no /dev/fuse', 'use a kernel with fuse');
  const able = 'volatile disks over FUSE: power loss, full, slow or failing syncs, torn writes';
  const tried = asRoot('test -r /dev/fuse -a -w /dev/fuse');
  return probed('disk', tried, able, 'run as root');
}

/** Whether the clocks of single processes can be put off. */
export function clocks(): Capability {
  const problem = clockProblem();
  if (problem !== undefined) return missing('clock', problem, 'use network: simulation for faults of clocks');
  const found = 'clocks of single members step and drift (their vDSO is written over)';
  return { name: 'clock', kind: 'device', able: true, found };
}

/** Whether a user without privileges can have namespaces and mounts of its own. */
export function rootless(): Capability {
  const problem = rootlessProblem();
  if (problem !== undefined) return missing('rootless', problem, 'allow user namespaces, or run as root');
  const found = isRoot() ? 'this is root: not needed' : 'user namespaces with networks and mounts';
  return { name: 'rootless', kind: 'device', able: true, found };
}

function missing(name: string, found: string, remedy: string): Capability {
  return { name, kind: 'device', able: false, found, remedy };
}
