import { guarded } from '../../src/core/guard.ts';
import {
  fencedLease,
  fencedLeaseConfig,
  type FencedLeaseOptions,
  type HolderState,
  type LeaseCommand,
  type LeaseMessage,
  LeaseMonitor,
  type LeaseResult,
  type LeaseState,
} from '../../src/lease/index.ts';
import { CoreGroup } from '../support/coreGroup.ts';

export type Group = CoreGroup<LeaseState, LeaseMessage, LeaseCommand, LeaseResult>;

export interface Run {
  readonly group: Group;
  readonly monitor: LeaseMonitor;
}

/** Granter 1, resource 2, holders 3 and 4, unless told otherwise. */
export function start(options: Partial<FencedLeaseOptions> = {}): Run {
  const all = { granters: [1], resource: 2, holders: [3, 4], ...options };
  const ids = [...all.granters, all.resource, ...all.holders].sort((a, b) => a - b);
  const group: Group = new CoreGroup(guarded(fencedLease(all)), ids);
  const monitor = new LeaseMonitor(fencedLeaseConfig(all));
  group.onNote = (id, kind, data): void => monitor.noted(id, kind, data);
  return { group, monitor };
}

export const put = (value: number, key = 'x'): LeaseCommand => ({
  client: 0,
  sequence: 0,
  operation: { f: 'put', key, value },
});

export const GET: LeaseCommand = { client: 0, sequence: 0, operation: { f: 'get', key: 'x' } };

/** A node asks for the lease, again if its token was too low, and everything that flies arrives. */
export function acquire({ group }: Run, id: number): void {
  for (let i = 0; i < 2; i++) {
    group.fire(id, 'retry');
    group.settle();
  }
}

export const serves = ({ group }: Run, id: number): boolean => group.view(id)['doing'] === 'serves';

export const holder = ({ group }: Run, id: number): HolderState => group.state(id) as HolderState;

/** The lease a holder acts under ends by its own clock. */
export function expire(run: Run, id: number): void {
  run.group.fire(id, `lease/${holder(run, id).held}`);
}

export const broken = ({ monitor }: Run): string[] => [
  ...new Set(monitor.breaches.map(({ promise }) => promise)),
];
