import { guarded } from '../../src/core/guard.ts';
import {
  epaxos,
  type EPaxosDefect,
  type EPaxosMessage,
  EPaxosMonitor,
  type EPaxosOptions,
  type EPaxosResult,
  type EPaxosState,
} from '../../src/epaxos/index.ts';
import type { ClientCommand } from '../../src/kv/clientTable.ts';
import { kv } from '../../src/kv/kv.ts';
import { CoreGroup, randomSchedule } from '../support/coreGroup.ts';

export type Group = CoreGroup<EPaxosState, EPaxosMessage, ClientCommand, EPaxosResult>;

export interface Run {
  readonly group: Group;
  readonly monitor: EPaxosMonitor;
}

export const append = (value: number, key = 'list'): ClientCommand => ({
  client: 100 + value,
  sequence: 1,
  operation: { f: 'append', key, value },
});

export function start(options: Partial<EPaxosOptions> = {}, { watched = true } = {}): Run {
  const nodes = options.nodes ?? [1, 2, 3];
  // Timers go off when the test says so: replicas need not take turns.
  const core = epaxos({ stagger: 0, ...options, nodes }, kv);
  const group: Group = new CoreGroup(watched ? guarded(core) : core, nodes);
  const monitor = new EPaxosMonitor();
  group.onNote = (id, kind, data): void => monitor.noted(id, kind, data);
  return { group, monitor };
}

export function ask({ group, monitor }: Run, id: number, command: ClientCommand): number {
  monitor.requested(id, command);
  return group.request(id, command);
}

export const listOf = ({ group }: Run, id: number, key = 'list'): unknown =>
  (group.state(id).machine as Record<string, unknown>)[key] ?? [];

export const broken = ({ monitor }: Run): string[] => [
  ...new Set(monitor.breaches.map(({ promise }) => promise)),
];

/** Promises broken in a random schedule, and in the calm after it. */
export function schedule(defect: EPaxosDefect | undefined, seed: number): string[] {
  const nodes = [1, 2, 3, 4, 5].slice(0, seed % 2 === 0 ? 3 : 5);
  const run = start({ nodes, defect }, { watched: seed % 20 === 0 });
  const { group, monitor } = run;
  const command = (_: unknown, step: number): ClientCommand => {
    const asked = append(step + 1, `k${step % 2}`);
    monitor.requested(0, asked);
    return asked;
  };
  randomSchedule(group, {
    seed,
    steps: 700,
    command,
    powerPerMille: 10,
    rareTimer: 'recover',
    mayCrash: (id) => {
      monitor.started(id);
      return true;
    },
  });
  for (const id of nodes) if (!group.isUp(id)) group.boot(id);
  group.autoSync = true;
  group.syncAll();
  for (let round = 0; round < 60; round++) {
    group.settle();
    const id = nodes[round % nodes.length] as number;
    // A commit that was lost is missed only when something depends on it.
    if (round % 20 === 0) for (const key of ['k0', 'k1']) ask(run, id, append(10_000 + round, key));
    for (const other of nodes) group.fire(other, 'resend');
    group.settle();
    group.fire(id, 'recover');
    group.settle();
    const views = nodes.map((other) => group.view(other));
    if (
      new Set(views.map(({ applied }) => applied)).size === 1 &&
      views.every((v) => v['known'] === v['applied'])
    ) {
      return broken(run);
    }
  }
  throw new Error(`not all carried out once calm: ${JSON.stringify(nodes.map((id) => group.view(id)))}`);
}
