import { guarded } from '../../src/core/guard.ts';
import type { ClientCommand } from '../../src/kv/clientTable.ts';
import { kv } from '../../src/kv/kv.ts';
import {
  zab,
  type ZabDefect,
  type ZabMessage,
  ZabMonitor,
  type ZabOptions,
  type ZabResult,
  type ZabState,
} from '../../src/zab/index.ts';
import { CoreGroup, randomSchedule } from '../support/coreGroup.ts';

export type Group = CoreGroup<ZabState, ZabMessage, ClientCommand, ZabResult>;

export interface Run {
  readonly group: Group;
  readonly monitor: ZabMonitor;
}

export const append = (value: number, client = 1): ClientCommand => ({
  client,
  sequence: value,
  operation: { f: 'append', key: 'list', value },
});

export function start(options: Partial<ZabOptions> = {}, { watched = true } = {}): Run {
  const nodes = options.nodes ?? [1, 2, 3];
  const core = zab({ ...options, nodes }, kv);
  const group: Group = new CoreGroup(watched ? guarded(core) : core, nodes);
  const monitor = new ZabMonitor();
  group.onStep = (id, state): void => monitor.observe(id, state);
  group.onNote = (id, kind, data): void => monitor.noted(id, kind, data);
  return { group, monitor };
}

export function ask({ group, monitor }: Run, id: number, command: ClientCommand): number {
  monitor.requested(id, command);
  return group.request(id, command);
}

export function crash({ group, monitor }: Run, id: number): void {
  group.crash(id);
  monitor.started(id);
}

export const leads = ({ group }: Run, id: number): boolean =>
  group.isUp(id) && group.view(id).role === 'leading' && group.view(id).phase === 'broadcast';

export const listOf = ({ group }: Run, id: number): unknown =>
  (group.state(id).machine as { list?: unknown }).list ?? [];

export const broken = ({ monitor }: Run): string[] => [
  ...new Set(monitor.breaches.map(({ promise }) => promise)),
];

/** Promises broken in a random schedule, and in the calm after it. */
export function schedule(defect: ZabDefect | undefined, seed: number): string[] {
  const nodes = [1, 2, 3, 4, 5].slice(0, seed % 2 === 0 ? 3 : 5);
  const run = start({ nodes, defect }, { watched: seed % 20 === 0 });
  const { group, monitor } = run;
  const command = (_: unknown, step: number): ClientCommand => {
    const asked = append(step + 1, 1 + (step % 3));
    monitor.requested(0, asked);
    return asked;
  };
  group.settle();
  randomSchedule(group, {
    seed,
    steps: 900,
    command,
    powerPerMille: 10,
    rareTimer: 'election',
    ask: (id) => leads(run, id),
    mayCrash: (id) => {
      monitor.started(id);
      return true;
    },
  });
  for (const id of nodes) if (!group.isUp(id)) group.boot(id);
  group.autoSync = true;
  group.syncAll();
  calm(run, nodes);
  return broken(run);
}

function calm(run: Run, nodes: readonly number[]): void {
  const { group } = run;
  let request = 0;
  for (let round = 0; round < 60; round++) {
    group.settle();
    for (const id of nodes) group.fire(id, 'ping');
    group.settle();
    const leader = nodes.find((id) => leads(run, id));
    if (leader === undefined) for (const id of nodes) group.fire(id, 'election');
    else if (group.replies.get(request)?.ok !== true) request = ask(run, leader, append(100_000 + round, 9));
    group.settle();
    const epoch = Math.max(...nodes.map((id) => group.state(id).currentEpoch));
    for (const id of nodes) {
      const { currentEpoch, leader: followed } = group.state(id);
      if (currentEpoch < epoch || followed !== leader) group.fire(id, 'election');
    }
    const done = group.replies.get(request)?.ok === true;
    if (done && new Set(nodes.map((id) => group.state(id).committed)).size === 1) return;
  }
  throw new Error(`no progress once calm: ${JSON.stringify(nodes.map((id) => group.view(id)))}`);
}
