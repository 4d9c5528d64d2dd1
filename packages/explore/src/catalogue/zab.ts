import type { ZabDefect } from '@holdfast/protocols';
import type { Bounds } from '../bounds/bounds.ts';
import { zabElection } from '../models/zabElection.ts';
import { zabSystem } from '../models/zabSystem.ts';
import { broken, correct, type NamedModel } from './named.ts';

const family = 'zab';
const ONE_ELECTION: Bounds = { timers: { election: 1, '*': 0 }, inFlight: 4, storage: 'at-once' };
const LOSSES: Bounds = { ...ONE_ELECTION, drops: Infinity, inFlight: 3 };

/** Nothing but votes, and the first of them: 4 nodes have much to say to each other. */
const VOTES: Bounds = { timers: { '*': 0 }, rounds: 8, storage: 'at-once' };
/** Node 2 alone comes back from epoch 1: by epoch its vote is the best, by id nearly the worst. */
const RETURNS = { nodes: 4, synchronised: [2] } as const;

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
  correct({
    name: 'zab-election',
    family,
    size: 'medium',
    about: 'the election of Zab, 4 nodes of which one has been in an epoch',
    bounds: VOTES,
    model: (name) => zabElection({ name, ...RETURNS }),
  }),
  broken('votes only rise', {
    name: 'zab-votes-in-a-circle',
    family,
    about: 'lets ids decide between votes of different epochs (ZooKeeper)',
    bounds: VOTES,
    model: (name) => zabElection({ name, ...RETURNS, options: { defect: 'votes-in-a-circle' } }),
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
