import type { EPaxosDefect } from '@holdfast/protocols';
import type { Bounds } from '../bounds/bounds.ts';
import { epaxosSystem } from '../models/epaxosSystem.ts';
import { broken, correct, type NamedModel } from './named.ts';

const family = 'epaxos';
const CALM: Bounds = { timers: { '*': 0 }, storage: 'at-once' };
/** Messages are lost, and one replica recovers what it knows of. */
const RECOVERY: Bounds = {
  timers: { recover: 1, '*': 0 },
  timeouts: 1,
  drops: Infinity,
  inFlight: 2,
  storage: 'at-once',
};

const TWINS: readonly [EPaxosDefect, string, string, Bounds][] = [
  [
    'executes-without-dependencies',
    'one order',
    'carries a command out before what it depends on is committed',
    CALM,
  ],
  [
    'breaks-cycles-by-arrival',
    'one order',
    'carries the commands of a cycle out in the order in which they were committed here',
    CALM,
  ],
  ['recovers-as-nop', 'agreement', 'gives up a command that may have been committed fast', RECOVERY],
  ['fast-with-any-dependencies', 'agreement', 'commits fast though replies differ', RECOVERY],
];

/** The EPaxos* core and its broken twins. */
export const EPAXOS_MODELS: readonly NamedModel[] = [
  correct({
    name: 'epaxos',
    family,
    about: 'EPaxos*, 3 replicas, 2 conflicting commands of different coordinators',
    bounds: CALM,
    model: (name) => epaxosSystem({ name, nodes: 3, asked: [1, 2] }),
  }),
  correct({
    name: 'epaxos-recovery',
    family,
    size: 'medium',
    about: 'the same with messages lost and a recovery',
    bounds: RECOVERY,
    model: (name) => epaxosSystem({ name, nodes: 3, asked: [1, 2] }),
  }),
  ...TWINS.map(([defect, breaks, about, bounds]) =>
    broken(breaks, {
      name: `epaxos-${defect}`,
      family,
      about,
      bounds,
      size: bounds === RECOVERY ? 'medium' : 'short',
      model: (name) => epaxosSystem({ name, nodes: 3, asked: [1, 2], options: { defect } }),
    }),
  ),
];
