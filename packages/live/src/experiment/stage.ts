import { join } from 'node:path';
import type { Verdict } from '@holdfast/check';
import { VolatileDisk } from '../devices/disk/disk.ts';
import type { LinkDevice } from '../devices/links.ts';
import { EtcdMesh } from '../devices/mesh/mesh.ts';
import { PacketRules } from '../devices/packetRules.ts';
import { VxlanSwitch } from '../devices/switch/vxlanSwitch.ts';
import { LiveError } from '../errors.ts';
import { assertSupported, Striker, type StrikerMeans, type Strikes } from '../faults/striker.ts';
import { loopbackSite } from '../site/loopback.ts';
import { namespaceSite } from '../site/namespaces.ts';
import type { Site } from '../site/site.ts';
import { vxlanSite } from '../site/vxlan.ts';
import { assertActions } from './abilities.ts';
import type { Cluster, ClusterOptions, System } from '../subjects/cluster.ts';
import { type Hold, launchReady } from '../subjects/run.ts';
import { type Clock, REAL_CLOCK } from '../time.ts';
import type { ExperimentFile } from './file.ts';
import { faultOf } from './faults.ts';

/** What an experiment is played on: a cluster that is ready, its time, and what strikes it. */
export interface Stage {
  readonly cluster: Cluster;
  readonly clock: Clock;
  /** Understands messages, where there is one. */
  readonly mesh: EtcdMesh | undefined;
  /** What strikes faults, given who names stand for. */
  striker(means: Pick<StrikerMeans, 'resolve' | 'say'>): Strikes;
  /** What watched the members from inside has to say in the end, where something could. */
  invariants?(): readonly Verdict[];
  /** Milliseconds until the cluster was ready. */
  readonly readyMs: number;
  /** Names a run that can be made again; equal digests mean equal runs. */
  digest?(): string;
  close(): Promise<void>;
}

/** A stage in a simulated world, which goes on only while somebody waits for it. */
export interface SimulatedStage extends Stage {
  /** Lets the world go on until the experiment has ended. */
  drive<T>(experiment: Promise<T>): Promise<T>;
}

/** An experiment without the controls that stand beside it, its variables in their places. */
export type PlayedFile = Omit<ExperimentFile, 'controls'>;

interface Network {
  readonly site: Site;
  readonly links: LinkDevice | undefined;
  readonly mesh: EtcdMesh | undefined;
  readonly close: () => Promise<void>;
}

/** How a stage on this machine is set up. */
export interface StageOptions {
  readonly signal?: AbortSignal | undefined;
  /** A capture file of what members say to each other goes there (network: vxlan). */
  readonly pcap?: string | undefined;
}

async function networkOf(file: PlayedFile, hold: Hold, { pcap }: StageOptions): Promise<Network> {
  const { network = 'loopback', system, members = 3 } = file.subject;
  const nothing = (): Promise<void> => Promise.resolve();
  if (pcap !== undefined && network !== 'vxlan') {
    throw new LiveError(
      'FAULT_UNSUPPORTED',
      `Cannot capture packets with network: ${network}: only the packet switch sees them`,
      'use network: vxlan',
    );
  }
  switch (network) {
    case 'namespaces': {
      const site = namespaceSite(hold.ledger, members);
      const links = new PacketRules(site, hold.ledger, members);
      const close = (): Promise<void> => Promise.resolve(links.close());
      return { site, links, mesh: undefined, close };
    }
    case 'vxlan': {
      const site = vxlanSite(hold.ledger, members);
      const links = await VxlanSwitch.open(site, { members, pcap });
      return { site, links, mesh: undefined, close: () => links.close() };
    }
    case 'mesh': {
      if (system !== 'etcd') {
        throw new LiveError(
          'FAULT_UNSUPPORTED',
          `Cannot use network: mesh with ${system}: it understands etcd`,
          'use namespaces or vxlan',
        );
      }
      const mesh = new EtcdMesh(`holdfast-${hold.ledger.runId}`);
      const close = (): Promise<void> => Promise.resolve(mesh.close());
      return { site: loopbackSite(), links: mesh, mesh, close };
    }
    default:
      return { site: loopbackSite(), links: undefined, mesh: undefined, close: nothing };
  }
}

/** Every fault a file strikes, by time or by step, its rollback's too. */
export function strikesOf(file: PlayedFile): ReturnType<typeof faultOf>[] {
  const steps = [...(file.steps ?? []), ...(file.rollback ?? [])];
  return [...(file.faults ?? []), ...steps.flatMap(({ strike }) => strike ?? [])].map(faultOf);
}

/** Throws `LiveError` when steps act on messages and nothing understands them: said before a run starts. */
export function assertMessages(file: PlayedFile, hasMesh: boolean): void {
  const { network = 'loopback' } = file.subject;
  const steps = [...(file.steps ?? []), ...(file.rollback ?? [])];
  const acts = steps.some(
    ({ hold, release, drop, wait }) =>
      hold !== undefined || release !== undefined || drop !== undefined || wait?.message !== undefined,
  );
  if (hasMesh || !acts) return;
  throw new LiveError(
    'FAULT_UNSUPPORTED',
    `Cannot act on messages with network: ${network}: only the mesh understands them`,
    "say 'network: mesh' with system etcd",
    network,
  );
}

/** A disk for every member; all or none. */
async function mountDisks(members: number, { ledger }: Hold): Promise<VolatileDisk[]> {
  const folder = (index: number): string => join(ledger.folder, `disk-N${index + 1}`);
  return Promise.all(
    Array.from({ length: members }, (_, index) => VolatileDisk.mount(folder(index), ledger)),
  );
}

/** The file's, and a log of changes where something watches and the system keeps one only when told. */
function settingsOf(
  { workload, steps = [], subject }: PlayedFile,
  { settings }: System,
): ClusterOptions['settings'] {
  const isWatched = workload?.of === 'watch' || steps.some(({ watch }) => watch !== undefined);
  const log = isWatched && settings.includes('changeLog') ? { changeLog: true } : {};
  return { ...log, ...subject.settings };
}

/** Makes network, disks and cluster of an experiment on this machine. Throws `LiveError` for faults no device at hand can do. */
export async function machineStage(
  file: PlayedFile,
  system: System,
  hold: Hold,
  options: StageOptions,
): Promise<Stage> {
  const started = performance.now();
  const { members = 3, disk } = file.subject;
  const settings = settingsOf(file, system);
  const isVolatile = disk === 'volatile';
  assertMessages(file, file.subject.network === 'mesh');
  assertActions(file, system);
  const { site, links, mesh, close } = await networkOf(file, hold, options);
  try {
    for (const fault of strikesOf(file)) assertSupported(fault, links, isVolatile);
    const disks = isVolatile ? await mountDisks(members, hold) : undefined;
    const cluster = await launchReady(
      system,
      {
        ledger: hold.ledger,
        site,
        members,
        settings,
        ...(disks === undefined ? {} : { dataFolderOf: (index: number) => disks[index]?.folder ?? '' }),
        ...(mesh === undefined ? {} : { peerProxy: (index, address) => mesh.proxy(index, address) }),
      },
      options.signal,
    );
    const { ledger } = hold;
    return {
      cluster,
      clock: REAL_CLOCK,
      mesh,
      striker: (means) => new Striker(cluster, { ...means, ledger, links, disks }),
      readyMs: performance.now() - started,
      close: () => {
        cluster.close();
        return close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}
