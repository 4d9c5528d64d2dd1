import type { ZabDefect } from '@holdfast/protocols';
import type { Bounds } from '../bounds/bounds.ts';
import { zabSystem } from '../models/zabSystem.ts';
import { broken, correct, type NamedModel } from './named.ts';

const family = 'zab';
const ONE_ELECTION: Bounds = { timers: { election: 1, '*': 0 }, inFlight: 4, storage: 'at-once' };
const LOSSES: Bounds = { ...ONE_ELECTION, drops: Infinity, inFlight: 3 };

const TWINS: readonly [ZabDefect, string, string][] = [
  ['commits-at-half', 'one primary an epoch', 'counts half of the nodes as a quorum'],
  ['delivers-over-gap', 'agreement', 'takes a proposal though it lacks an earlier one'],
];

/** The Zab core and its broken twins. */
export const ZAB_MODELS: readonly NamedModel[] = [
  correct({
    name: 'zab',
    family,
    about: 'Zab, 2 nodes, a request, elections again',
    bounds: ONE_ELECTION,
    model: (name) => zabSystem({ name, nodes: 2, clients: 1 }),
  }),
  correct({
    name: 'zab-loss',
    family,
    size: 'medium',
    about: 'Zab, 2 nodes, 2 requests, messages lost',
    bounds: LOSSES,
    model: (name) => zabSystem({ name, nodes: 2, clients: 2 }),
  }),
  ...TWINS.map(([defect, breaks, about]) =>
    broken(breaks, {
      name: `zab-${defect}`,
      family,
      about,
      bounds: LOSSES,
      model: (name) => zabSystem({ name, nodes: 2, clients: 2, options: { defect } }),
    }),
  ),
];
