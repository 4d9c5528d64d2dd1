import { guarded } from '../../src/core/guard.ts';
import type { ClientCommand } from '../../src/kv/clientTable.ts';
import { kv } from '../../src/kv/kv.ts';
import {
  viewstamped,
  type ViewstampedDefect,
  type ViewstampedMessage,
  ViewstampedMonitor,
  type ViewstampedOptions,
  type ViewstampedResult,
  type ViewstampedState,
} from '../../src/viewstamped/index.ts';
import { CoreGroup, randomSchedule } from '../support/coreGroup.ts';

export type Group = CoreGroup<ViewstampedState, ViewstampedMessage, ClientCommand, ViewstampedResult>;

export interface Run {
  readonly group: Group;
  readonly monitor: ViewstampedMonitor;
}

export const append = (value: number, client = 1): ClientCommand => ({
  client,
  sequence: value,
  operation: { f: 'append', key: 'list', value },
});

export function start(options: Partial<ViewstampedOptions> = {}, { watched = true } = {}): Run {
  const nodes = options.nodes ?? [1, 2, 3];
  const core = viewstamped({ ...options, nodes }, kv);
  const group: Group = new CoreGroup(watched ? guarded(core) : core, nodes);
  const monitor = new ViewstampedMonitor();
  group.onStep = (id, state): void => monitor.observe(id, state);
  group.onNote = (id, kind, data): void => monitor.noted(id, kind, data);
  group.syncAll();
  return { group, monitor };
}

export function ask({ group, monitor }: Run, id: number, command: ClientCommand): number {
  monitor.requested(id, command);
  return group.request(id, command);
}

/** A crash forgets everything but the number of the start. */
export function crash({ group, monitor }: Run, id: number): void {
  group.crash(id);
  monitor.started(id);
}

export const listOf = ({ group }: Run, id: number): unknown =>
  (group.state(id).machine as { list?: unknown }).list ?? [];

export const broken = ({ monitor }: Run): string[] => monitor.breaches.map(({ promise }) => promise);

/** Promises broken in a random schedule with at most f replicas without state at a time, and in the calm after it. */
export function schedule(defect: ViewstampedDefect | undefined, seed: number): string[] {
  const nodes = [1, 2, 3, 4, 5].slice(0, seed % 2 === 0 ? 3 : 5);
  const run = start({ nodes, defect }, { watched: seed % 20 === 0 });
  const { group, monitor } = run;
  const normal = (): number =>
    nodes.filter((id) => group.isUp(id) && ['normal', 'view-change'].includes(group.state(id).status)).length;
  const command = (_: unknown, step: number): ClientCommand => {
    const asked = append(step + 1, 1 + (step % 3));
    monitor.requested(0, asked);
    return asked;
  };
  randomSchedule(group, {
    seed,
    steps: 900,
    command,
    powerPerMille: 15,
    rareTimer: 'view-change',
    ask: (id) => group.state(id).leads,
    mayCrash: (id) => {
      const may =
        normal() > nodes.length / 2 + 1 && ['normal', 'view-change'].includes(group.state(id).status);
      if (may) monitor.started(id);
      return may;
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
  for (let round = 0; round < 40; round++) {
    group.settle();
    for (const id of nodes) group.fire(id, 'recovery');
    group.settle();
    for (const id of nodes) group.fire(id, 'commit');
    group.settle();
    const leads = nodes.find((id) => group.state(id).leads);
    if (leads === undefined) group.fire(nodes[round % nodes.length] as number, 'view-change');
    else if (!group.replies.has(request)) request = ask(run, leads, append(100_000 + round, 9));
    group.settle();
    const done = group.replies.get(request)?.ok === true;
    if (done && new Set(nodes.map((id) => group.state(id).commit)).size === 1) return;
  }
  throw new Error(`no progress once calm: ${JSON.stringify(nodes.map((id) => group.view(id)))}`);
}
