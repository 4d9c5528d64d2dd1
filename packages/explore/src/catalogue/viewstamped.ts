import type { ViewstampedDefect } from '@holdfast/protocols';
import type { Bounds } from '../bounds/bounds.ts';
import { viewstampedSystem } from '../models/viewstampedSystem.ts';
import { broken, correct, type NamedModel } from './named.ts';

const family = 'viewstamped';
const ONE_CHANGE: Bounds = { timers: { 'view-change': 1, '*': 0 }, timeouts: 1, storage: 'at-once' };

/** A view change by any two replicas, and messages that may be lost. */
const TWO_CHANGES: Bounds = {
  timers: { 'view-change': 1, '*': 0 },
  timeouts: 2,
  drops: Infinity,
  inFlight: 3,
  storage: 'at-once',
};

/** Three view changes, some replica twice. */
const THREE_CHANGES: Bounds = {
  ...TWO_CHANGES,
  timers: { 'view-change': 2, '*': 0 },
  timeouts: 3,
  inFlight: 2,
};

/** A replica crashes at any point and recovers, as it may: one of three. */
const CRASH: Bounds = {
  ...TWO_CHANGES,
  timers: { 'view-change': 1, recovery: 1, '*': 0 },
  crashes: 1,
  inFlight: 2,
};

const TWINS: readonly [ViewstampedDefect, string, Bounds, clients: number][] = [
  ['commits-at-half', 'the primary counts half of the replicas as enough', TWO_CHANGES, 2],
  [
    'acknowledges-over-gap',
    'a backup acknowledges an operation though it lacks an earlier one',
    TWO_CHANGES,
    2,
  ],
  ['longest-log-wins', 'a new primary takes the longest log, whatever view it is from', THREE_CHANGES, 2],
  [
    'current-view-as-normal',
    'reports the view it changes to as the last in which it was normal',
    THREE_CHANGES,
    2,
  ],
  [
    'truncates-before-transfer',
    'cuts its log before it has that of the newer view: section 5.2 of the paper as written',
    THREE_CHANGES,
    2,
  ],
  ['answers-without-state', 'takes part at once after a crash, with nothing', CRASH, 1],
  ['recovers-from-anyone', 'a recovering replica takes the first state it is told', CRASH, 1],
];

/** The Viewstamped Replication core and its broken twins. */
export const VIEWSTAMPED_MODELS: readonly NamedModel[] = [
  correct({
    name: 'viewstamped',
    family,
    size: 'medium',
    about: 'Viewstamped Replication, 3 replicas, a request, one view change',
    bounds: ONE_CHANGE,
    model: (name) => viewstampedSystem({ name, nodes: 3, clients: 1 }),
  }),
  correct({
    name: 'viewstamped-loss',
    family,
    about: 'the same with messages lost, at most 3 in flight',
    bounds: { ...TWO_CHANGES, timeouts: 1 },
    model: (name) => viewstampedSystem({ name, nodes: 3, clients: 1 }),
  }),
  correct({
    name: 'viewstamped-changes',
    family,
    size: 'medium',
    about: 'Viewstamped Replication, 3 replicas, 2 requests, three view changes, messages lost',
    bounds: THREE_CHANGES,
    model: (name) => viewstampedSystem({ name, nodes: 3, clients: 2 }),
  }),
  correct({
    name: 'viewstamped-crash',
    family,
    about: 'Viewstamped Replication, 3 replicas, a request, a crash at any point, recovery and view changes',
    bounds: CRASH,
    model: (name) => viewstampedSystem({ name, nodes: 3, clients: 1 }),
  }),
  ...TWINS.map(([defect, about, bounds, clients]) =>
    broken('view completeness', {
      name: `viewstamped-${defect}`,
      family,
      about,
      bounds,
      size: bounds === THREE_CHANGES ? 'medium' : 'short',
      model: (name) => viewstampedSystem({ name, nodes: 3, clients, options: { defect } }),
    }),
  ),
];
