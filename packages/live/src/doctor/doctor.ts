import { existsSync } from 'node:fs';
import { clockProblem } from '../devices/clock/clockPatch.ts';
import { findProgram } from '../install/find.ts';
import type { NeededProgram } from '../install/packages.ts';
import { command } from '../processes/command.ts';
import { SYSTEMS } from '../subjects/systems.ts';

/** One thing this machine can or cannot do. */
export interface Capability {
  readonly name: string;
  readonly kind: 'system' | 'device';
  readonly able: boolean;
  /** What was found: a version, a path, why it does not work. */
  readonly found: string;
  /** How to get it, when it is not there. */
  readonly remedy?: string;
}

/** Programs that devices need. */
export const DEVICE_PROGRAMS: readonly NeededProgram[] = [
  { program: 'ip', packages: ['iproute2'] },
  { program: 'nft', packages: ['nftables'] },
  { program: 'ethtool', packages: ['ethtool'] },
];

/** Asks what this machine can do. Changes nothing that outlives the question. */
export function diagnose(): Capability[] {
  return [
    ...SYSTEMS.map((system) => systemCapability(system.name, system.needs, () => system.version())),
    ...devices(),
  ];
}

function systemCapability(name: string, needs: readonly NeededProgram[], version: () => string): Capability {
  const missing = needs.filter(({ program }) => findProgram(program) === undefined);
  if (missing.length === 0) return { name, kind: 'system', able: true, found: version() };
  const packages = [...new Set(missing.flatMap((one) => one.packages))].join(' ');
  return {
    name,
    kind: 'system',
    able: false,
    found: `${missing.map(({ program }) => program).join(', ')} not found`,
    remedy: `apt-get install --no-install-recommends ${packages}, or 'holdfast doctor --install'`,
  };
}

function devices(): Capability[] {
  return [
    { name: 'signals', kind: 'device', able: true, found: 'kill, pause, restart' },
    { name: 'proxy', kind: 'device', able: true, found: 'TCP on loopback, with toxics' },
    { name: 'mesh', kind: 'device', able: true, found: "etcd's messages between members, on loopback" },
    namespaces(),
    vxlan(),
    disks(),
    clocks(),
  ];
}

/** Whether network namespaces with packet rules can be made. */
export function namespaces(): Capability {
  const device = { name: 'namespaces', kind: 'device' } as const;
  if (findProgram('nft') === undefined) {
    return { ...device, able: false, found: 'nft not found', remedy: 'apt-get install nftables' };
  }
  const name = `hf-probe-${process.pid}`;
  const made = command(['ip', 'netns', 'add', name]);
  if (!made.ok) {
    return { ...device, able: false, found: made.stderr.trim(), remedy: 'run as root' };
  }
  const table = command(['ip', 'netns', 'exec', name, 'nft', 'add', 'table', 'inet', 'probe']);
  command(['ip', 'netns', 'del', name]);
  return table.ok
    ? { ...device, able: true, found: 'network namespaces with nftables' }
    : { ...device, able: false, found: table.stderr.trim(), remedy: 'use a kernel with nf_tables' };
}

/** Whether the packet switch can stand between namespaces. */
export function vxlan(): Capability {
  const device = { name: 'vxlan', kind: 'device' } as const;
  if (findProgram('ethtool') === undefined) {
    return { ...device, able: false, found: 'ethtool not found', remedy: 'apt-get install ethtool' };
  }
  const name = `hf-probe-vx-${process.pid}`;
  const made = command(['ip', 'netns', 'add', name]);
  if (!made.ok) return { ...device, able: false, found: made.stderr.trim(), remedy: 'run as root' };
  const tunnel = ['type', 'vxlan', 'id', '7', 'remote', '127.0.0.1', 'dstport', '4789', 'dev', 'lo'];
  const added = command(['ip', '-n', name, 'link', 'add', 'vx0', ...tunnel]);
  command(['ip', 'netns', 'del', name]);
  return added.ok
    ? {
        ...device,
        able: true,
        found: 'a packet switch between namespaces: loss, delay, reordering, captures',
      }
    : { ...device, able: false, found: added.stderr.trim(), remedy: 'use a kernel with vxlan' };
}

/** Whether the clocks of single processes can be put off. */
export function clocks(): Capability {
  const device = { name: 'clock', kind: 'device' } as const;
  const problem = clockProblem();
  return problem === undefined
    ? { ...device, able: true, found: 'clocks of single members step and drift (their vDSO is written over)' }
    : { ...device, able: false, found: problem, remedy: 'use network: simulation for faults of clocks' };
}

/** Whether volatile disks can be mounted. */
export function disks(): Capability {
  const device = { name: 'disk', kind: 'device' } as const;
  if (!existsSync('/dev/fuse'))
    return { ...device, able: false, found: 'no /dev/fuse', remedy: 'use a kernel with fuse' };
  if (process.getuid?.() !== 0)
    return { ...device, able: false, found: 'only root mounts file systems', remedy: 'run as root' };
  return {
    ...device,
    able: true,
    found: 'volatile disks over FUSE: power loss, full, slow or failing syncs, torn writes',
  };
}
