import type { Capability } from './capability.ts';
import { findProgram } from '../install/find.ts';
import type { NeededProgram } from '../install/packages.ts';
import { clocks, disks, namespaces, rootless, vxlan } from './probes.ts';
import { SYSTEMS } from '../subjects/systems.ts';

/** Programs that devices need. */
export const DEVICE_PROGRAMS: readonly NeededProgram[] = [
  { program: 'etcdctl', packages: ['etcd-client'] },
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
    rootless(),
  ];
}
