import {
  assertActions,
  assertMessages,
  LiveError,
  type PlayedFile,
  type SimulatedStage,
  strikesOf,
} from '@holdfast/live';
import { Choices, World } from '@holdfast/world';
import { raftKv } from '../../subjects/raftKv.ts';
import { WorldTime } from '../worldTime.ts';
import { SimulatedCluster } from './simulatedCluster.ts';
import { assertSimulated, SimulatedStriker } from './simulatedStriker.ts';

/** A cluster that has no leader after so long never gets one. */
const READY_US = 20_000_000;

/** Simulated time between two looks for a leader. */
const LOOK_US = 10_000;

/**
 * The stage of an experiment file in a simulated world: a Raft key-value store of our own in the place of etcd, under the same faults, asked the same way.
 * Equal seeds give equal runs. Throws `LiveError` for systems without such a counterpart, and for faults the store does not claim to survive.
 */
export function simulatedStage(file: PlayedFile, seed: number): SimulatedStage & { digest(): string } {
  const { system, members = 3, settings = {}, disk } = file.subject;
  if (system !== 'etcd') {
    throw new LiveError(
      'FAULT_UNSUPPORTED',
      `Cannot simulate ${system}: only etcd has a counterpart in the simulator, the Raft key-value store`,
      'use another network',
      system,
    );
  }
  assertMessages(file, false);
  assertActions(file, { name: 'the simulated store', actions: ['read', 'write', 'cas'] });
  const { failureModels, link, messageLabel } = raftKv({ nodes: members });
  for (const fault of strikesOf(file)) assertSimulated(fault, failureModels);
  if (disk === 'volatile') {
    throw new LiveError(
      'FAULT_UNSUPPORTED',
      'Cannot simulate volatile disks in the place of etcd: simulated disks always lose what was not synced',
      "leave 'disk' out",
    );
  }
  const names = Array.from({ length: members }, (_, i) => `N${i + 1}`);
  const world = new World({
    choices: new Choices({ seed }),
    hosts: [...names, ...names.map((name) => `door of ${name}`)],
    channels: ['peers', 'clients'],
    link,
    messageLabel,
  });
  const time = new WorldTime(world);
  const cluster = new SimulatedCluster({ world, time, members, settings });
  while (cluster.store.resolve('leader') === undefined && world.nowUs < READY_US)
    world.run(world.nowUs + LOOK_US);
  const readyMs = world.nowUs / 1_000;
  return {
    cluster,
    clock: { nowUs: () => world.nowUs, sleep: (ms, signal) => time.sleep(ms, signal) },
    mesh: undefined,
    striker: ({ resolve }) => {
      const hostsOf = (index: number): readonly number[] => [index, cluster.gateway(index)];
      return new SimulatedStriker(world, { members, hostsOf, models: failureModels, resolve, time });
    },
    invariants: () => cluster.store.verdicts([]),
    digest: () => world.digest.text(),
    readyMs,
    drive: (experiment) => time.drive(experiment),
    close: () => Promise.resolve(),
  };
}
