import type { MultiPaxosDefect, MultiPaxosOptions, PaxosDefect } from '@holdfast/protocols';
import type { Bounds } from '../bounds/bounds.ts';
import { multiPaxosSystem } from '../models/multiPaxosSystem.ts';
import { paxosSystem } from '../models/paxosSystem.ts';
import { broken, correct, type NamedModel } from './named.ts';

const NO_TIMERS = { '*': 0 };
const ONE_ELECTION: Bounds = { timers: { election: 1, '*': 0 }, storage: 'at-once' };

const SINGLE: readonly NamedModel[] = [
  correct({
    name: 'paxos',
    family: 'paxos',
    size: 'medium',
    about: 'single-decree Paxos, 3 acceptors, 2 proposers, stores and messages in any order',
    bounds: { timers: NO_TIMERS },
    model: (name) => paxosSystem({ name, nodes: 3, proposers: 2 }),
  }),
  correct({
    name: 'paxos-crash',
    family: 'paxos',
    size: 'medium',
    about: 'the same with a crash at any point',
    bounds: { timers: NO_TIMERS, crashes: 1, storage: 'at-once' },
    model: (name) => paxosSystem({ name, nodes: 3, proposers: 2 }),
  }),
];

const PAXOS_TWINS: readonly [PaxosDefect, string, string, Bounds][] = [
  [
    'keeps-own-value',
    'what a majority accepted is what is learned',
    'proposes its own value over one that may be chosen',
    { timers: NO_TIMERS },
  ],
  [
    'forgets-on-restart',
    'what a majority accepted is what is learned',
    'an acceptor comes back from a crash without its promises',
    { timers: NO_TIMERS, crashes: 1, storage: 'at-once' },
  ],
  [
    'ballot-not-unique',
    'what a majority accepted is what is learned',
    'all proposers use the same ballots',
    { timers: NO_TIMERS },
  ],
  [
    'accepts-lower-ballot',
    'what a majority accepted is what is learned',
    'accepts below the ballot it promised',
    { timers: NO_TIMERS },
  ],
];

const MULTI: readonly NamedModel[] = [
  correct({
    name: 'multi-paxos',
    family: 'multi-paxos',
    about: 'Multi-Paxos, 2 nodes, 2 requests, an election each',
    bounds: ONE_ELECTION,
    model: (name) => multiPaxosSystem({ name, nodes: 2, clients: 2 }),
  }),
  correct({
    name: 'multi-paxos-crash',
    family: 'multi-paxos',
    about: 'Multi-Paxos, 2 nodes, a request, an election each, a crash at any point',
    bounds: { timers: { election: 1, '*': 0 }, crashes: 1 },
    model: (name) => multiPaxosSystem({ name, nodes: 2, clients: 1 }),
  }),
  correct({
    name: 'multi-paxos-3',
    family: 'multi-paxos',
    size: 'long',
    about: 'Multi-Paxos, 3 nodes, a request, 2 elections, at most 6 messages in flight',
    bounds: { ...ONE_ELECTION, timeouts: 2, inFlight: 6 },
    model: (name) => multiPaxosSystem({ name, nodes: 3, clients: 1 }),
  }),
  correct({
    name: 'multi-paxos-3-crash',
    family: 'multi-paxos',
    size: 'long',
    about: 'Multi-Paxos, 3 nodes, a request, 2 elections, a crash at any point, at most 5 messages in flight',
    bounds: { ...ONE_ELECTION, timeouts: 2, crashes: 1, inFlight: 5 },
    model: (name) => multiPaxosSystem({ name, nodes: 3, clients: 1 }),
  }),
];

interface MultiTwin {
  readonly defect: MultiPaxosDefect;
  readonly breaks: string;
  readonly about: string;
  readonly nodes: number;
  readonly clients: number;
  readonly bounds: Bounds;
  readonly options?: Partial<MultiPaxosOptions>;
  readonly size?: NamedModel['size'];
}

const MULTI_TWINS: readonly MultiTwin[] = [
  {
    defect: 'non-intersecting-quorums',
    breaks: 'agreement',
    about: 'a leader may hear nobody of those who accepted',
    nodes: 3,
    clients: 2,
    bounds: { ...ONE_ELECTION, timeouts: 2 },
    options: { phase1Quorum: 2, phase2Quorum: 1 },
  },
  {
    defect: 'executes-past-gap',
    breaks: 'state machine safety',
    about: 'carries out chosen commands though an earlier slot is not chosen',
    nodes: 3,
    clients: 2,
    bounds: { ...ONE_ELECTION, timeouts: 1 },
  },
  {
    defect: 'forgets-on-restart',
    breaks: 'agreement',
    about: 'comes back from a crash without its promises',
    nodes: 3,
    clients: 2,
    size: 'long',
    bounds: { ...ONE_ELECTION, timeouts: 2, crashes: 1, inFlight: 5 },
  },
];

/** The Paxos cores and their broken twins. */
export const PAXOS_MODELS: readonly NamedModel[] = [
  ...SINGLE,
  ...PAXOS_TWINS.map(([defect, breaks, about, bounds]) =>
    broken(breaks, {
      name: `paxos-${defect}`,
      family: 'paxos',
      about,
      bounds,
      model: (name) => paxosSystem({ name, nodes: 3, proposers: 2, options: { defect } }),
    }),
  ),
  ...MULTI,
  ...MULTI_TWINS.map(({ defect, breaks, about, nodes, clients, bounds, size = 'short', options = {} }) =>
    broken(breaks, {
      name: `multi-paxos-${defect}`,
      family: 'multi-paxos',
      about,
      bounds,
      size,
      model: (name) => multiPaxosSystem({ name, nodes, clients, options: { ...options, defect } }),
    }),
  ),
];
