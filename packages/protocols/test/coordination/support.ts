import { guarded } from '../../src/core/guard.ts';
import {
  coordination,
  type CoordinationCommand,
  type CoordinationMessage,
  CoordinationMonitor,
  type CoordinationOperation,
  type CoordinationOptions,
  type CoordinationResult,
  type CoordinationState,
} from '../../src/coordination/index.ts';
import { CoreGroup } from '../support/coreGroup.ts';

export type Group = CoreGroup<
  CoordinationState,
  CoordinationMessage,
  CoordinationCommand,
  CoordinationResult
>;

export interface Run {
  readonly group: Group;
  readonly monitor: CoordinationMonitor;
}

export const command = (operation: CoordinationOperation, seen?: number): CoordinationCommand => ({
  kind: 'do',
  client: 0,
  sequence: 0,
  operation,
  ...(seen === undefined ? {} : { seen }),
});

/** Members that know their leader: node 1, unless told otherwise. */
export function start(options: Partial<CoordinationOptions> = {}, leader = 1): Run {
  const nodes = options.nodes ?? [1, 2, 3];
  const group: Group = new CoreGroup(guarded(coordination({ ...options, nodes })), nodes);
  const monitor = new CoordinationMonitor();
  group.onStep = (id, state): void => monitor.observe(id, state);
  group.onNote = (id, kind, data): void => monitor.noted(id, kind, data);
  elect({ group, monitor }, leader);
  return { group, monitor };
}

export function elect({ group }: Run, leader: number): void {
  for (let round = 0; round < 5 && group.view(leader)['role'] !== 'leader'; round++) {
    for (const id of group.ids) if (group.isUp(id) && id !== leader) group.fire(id, 'leader-fresh');
    group.fire(leader, 'election');
    group.settle();
  }
}

/** Asks a node, and waits until everything has arrived and followers know what is committed. */
export function ask(
  { group, monitor }: Run,
  id: number,
  wanted: CoordinationCommand,
): CoordinationResult | undefined {
  monitor.requested(id, wanted);
  const request = group.request(id, wanted);
  settle(group);
  return group.replies.get(request);
}

export function settle(group: Group): void {
  group.settle();
  for (const id of group.ids) if (group.isUp(id)) group.fire(id, 'heartbeat');
  group.settle();
}

export const put = (key: string, value: number, session?: number): CoordinationCommand =>
  command({ f: 'put', key, value, ...(session === undefined ? {} : { session }) });

export const get = (key: string): CoordinationCommand => command({ f: 'get', key });

export const watch = (from: number, prefix = ''): CoordinationCommand => ({ kind: 'watch', prefix, from });

export const broken = ({ monitor }: Run): string[] => [
  ...new Set(monitor.breaches.map(({ promise }) => promise)),
];
