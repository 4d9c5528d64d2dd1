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

const TWINS: readonly [ViewstampedDefect, string][] = [
  ['commits-at-half', 'the primary counts half of the replicas as enough'],
  ['acknowledges-over-gap', 'a backup acknowledges an operation though it lacks an earlier one'],
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
  ...TWINS.map(([defect, about]) =>
    broken('view completeness', {
      name: `viewstamped-${defect}`,
      family,
      about,
      bounds: TWO_CHANGES,
      model: (name) => viewstampedSystem({ name, nodes: 3, clients: 2, options: { defect } }),
    }),
  ),
];
