import type { RaftCommand, RaftDefect, RaftOptions } from '@holdfast/protocols';
import type { Bounds } from '../bounds/bounds.ts';
import { raftLeaseReads } from '../models/raftLeaseReads.ts';
import { raftReads } from '../models/raftReads.ts';
import { raftSystem } from '../models/raftSystem.ts';
import { broken, correct, type NamedModel } from './named.ts';

const family = 'raft';

/** Elections, nothing else by itself: other timers would go off without end. */
const ELECTIONS = { election: 1, '*': 0 };
const TWO_ELECTIONS: Bounds = { timers: ELECTIONS, timeouts: 2 };
const AT_ONCE: Bounds = { ...TWO_ELECTIONS, storage: 'at-once' };

/** Messages may be lost, three are in flight at most: what three nodes have to say is too much to keep all of it waiting. */
const LOSSES: Bounds = { ...AT_ONCE, drops: Infinity, inFlight: 3 };

/** The same with two in flight, where whole paths are long. */
const FEW: Bounds = { ...LOSSES, inFlight: 2 };

/** What is explored of lease reads, in words: of models in discrete time the table says no bounds. */
const TICKS = 5;
const LEASES: string =
  `${TICKS} ticks, election timeouts of 2, heartbeats of 1, messages at once or lost, 2 on their way to a node, ` +
  'elections of two nodes';

const SNAPSHOTS: Partial<RaftOptions> = { snapshotEvery: 1, keepEntries: 0 };

function change(transition: 'auto' | 'implicit', ...changes: ('+3' | '-2' | '-3' | '+4')[]): RaftCommand {
  return {
    reconfigure: {
      transition,
      changes: changes.map((text) => ({
        type: text.startsWith('+') ? 'voter' : 'remove',
        node: Number(text.slice(1)),
      })),
    },
  };
}

const CORRECT: readonly NamedModel[] = [
  correct({
    name: 'raft-election',
    family,
    size: 'medium',
    about: 'elections among 3 Raft nodes, stores and messages in any order',
    bounds: TWO_ELECTIONS,
    model: (name) => raftSystem({ name, nodes: 3 }),
  }),
  correct({
    name: 'raft-election-crash',
    family,
    about: 'elections between 2 Raft nodes of which one crashes at any point',
    bounds: { timers: ELECTIONS, crashes: 1 },
    model: (name) => raftSystem({ name, nodes: 2 }),
  }),
  correct({
    name: 'raft-pre-vote',
    family,
    about: 'elections with pre-vote among 3 Raft nodes',
    bounds: AT_ONCE,
    size: 'medium',
    model: (name) => raftSystem({ name, nodes: 3, options: { preVote: true } }),
  }),
  correct({
    name: 'raft-replication',
    family,
    about: 'a request and two elections among 3 Raft nodes',
    bounds: AT_ONCE,
    size: 'medium',
    model: (name) => raftSystem({ name, nodes: 3, clients: 1 }),
  }),
  correct({
    name: 'raft-replication-crash',
    family,
    about: 'a request, elections and a crash at any point, 2 Raft nodes',
    bounds: { timers: ELECTIONS, crashes: 1 },
    model: (name) => raftSystem({ name, nodes: 2, clients: 1 }),
  }),
  correct({
    name: 'raft-snapshot',
    family,
    about: 'two requests, a snapshot after each entry, 2 Raft nodes, a crash at any point',
    bounds: { ...AT_ONCE, crashes: 1 },
    model: (name) => raftSystem({ name, nodes: 2, clients: 2, options: SNAPSHOTS }),
  }),
  correct({
    name: 'raft-reconfiguration',
    family,
    about: 'a third node joins 2 Raft nodes, one voter at a time',
    bounds: AT_ONCE,
    model: (name) => raftSystem({ name, nodes: 3, voters: 2, commands: [change('auto', '+3')] }),
  }),
  correct({
    name: 'raft-joint-consensus',
    family,
    about: 'node 3 takes the place of node 2 in a Raft group, by joint consensus',
    bounds: AT_ONCE,
    model: (name) => raftSystem({ name, nodes: 3, voters: 2, commands: [change('implicit', '+3', '-2')] }),
  }),
  correct({
    name: 'raft-read-index',
    family,
    about: 'a write and a read by ReadIndex on 2 Raft nodes, linearizable',
    bounds: { timers: ELECTIONS, timeouts: 2, storage: 'at-once' },
    model: (name) => raftReads({ name, nodes: 2, read: 'index' }),
  }),
];

/** The same paths with three voters at the start. */
const THREE: readonly NamedModel[] = [
  correct({
    name: 'raft-election-crash-3',
    family,
    size: 'long',
    about: 'elections among 3 Raft nodes of which one crashes at any point',
    bounds: { ...TWO_ELECTIONS, crashes: 1 },
    model: (name) => raftSystem({ name, nodes: 3 }),
  }),
  correct({
    name: 'raft-replication-crash-3',
    family,
    size: 'medium',
    about: 'a request, an election and a crash at any point, 3 Raft nodes',
    bounds: { timers: ELECTIONS, timeouts: 1, crashes: 1 },
    model: (name) => raftSystem({ name, nodes: 3, clients: 1 }),
  }),
  correct({
    name: 'raft-replication-loss-3',
    family,
    size: 'long',
    about: 'a request, two elections and a crash, 3 Raft nodes, messages lost',
    bounds: { ...LOSSES, crashes: 1 },
    model: (name) => raftSystem({ name, nodes: 3, clients: 1 }),
  }),
  correct({
    name: 'raft-snapshot-3',
    family,
    size: 'medium',
    about: 'a request, a snapshot after each entry, 3 Raft nodes',
    bounds: AT_ONCE,
    model: (name) => raftSystem({ name, nodes: 3, clients: 1, options: SNAPSHOTS }),
  }),
  correct({
    name: 'raft-reconfiguration-3',
    family,
    size: 'medium',
    about: 'a fourth node joins 3 Raft nodes, one election',
    bounds: { ...AT_ONCE, timeouts: 1 },
    model: (name) => raftSystem({ name, nodes: 4, voters: 3, commands: [change('auto', '+4')] }),
  }),
  correct({
    name: 'raft-reconfiguration-loss-3',
    family,
    size: 'long',
    about: 'a fourth node joins 3 Raft nodes, two elections, messages lost',
    bounds: LOSSES,
    model: (name) => raftSystem({ name, nodes: 4, voters: 3, commands: [change('auto', '+4')] }),
  }),
  correct({
    name: 'raft-joint-consensus-3',
    family,
    size: 'long',
    about: 'node 4 takes the place of node 3 in a Raft group of 3, by joint consensus, messages lost',
    bounds: LOSSES,
    model: (name) => raftSystem({ name, nodes: 4, voters: 3, commands: [change('implicit', '+4', '-3')] }),
  }),
  correct({
    name: 'raft-snapshot-crash-3',
    family,
    size: 'long',
    about: 'a request, a snapshot after each entry, an election and a crash at any point, 3 Raft nodes',
    bounds: { timers: ELECTIONS, timeouts: 1, crashes: 1 },
    model: (name) => raftSystem({ name, nodes: 3, clients: 1, options: SNAPSHOTS }),
  }),
  correct({
    name: 'raft-snapshot-loss-3',
    family,
    size: 'medium',
    about: 'the same with two elections, messages lost',
    bounds: { ...FEW, crashes: 1 },
    model: (name) => raftSystem({ name, nodes: 3, clients: 1, options: SNAPSHOTS }),
  }),
  correct({
    name: 'raft-read-index-3',
    family,
    size: 'long',
    about: 'a write and a read by ReadIndex on 3 Raft nodes, two elections, messages lost, linearizable',
    bounds: FEW,
    model: (name) => raftReads({ name, nodes: 3, read: 'index', alike: true }),
  }),
  correct({
    name: 'raft-lease-read-3',
    family,
    size: 'long',
    about: `a write and a read by lease on 3 Raft nodes, in discrete time; ${LEASES}`,
    model: (name) => raftLeaseReads({ name, nodes: 3, ticks: TICKS }),
  }),
];

interface Twin {
  readonly defect: RaftDefect;
  readonly breaks: string;
  readonly about: string;
  readonly bounds: Bounds;
  readonly nodes?: number;
  readonly clients?: number;
  readonly size?: NamedModel['size'];
  readonly options?: Partial<RaftOptions>;
}

const TWINS: readonly Twin[] = [
  {
    defect: 'vote-not-persisted',
    breaks: 'election safety',
    about: 'answers a vote request before the vote is durable',
    bounds: { ...TWO_ELECTIONS, crashes: 1 },
  },
  {
    defect: 'no-up-to-date-check',
    breaks: 'leader completeness',
    about: 'votes for candidates whose log lacks committed entries',
    bounds: AT_ONCE,
  },
  {
    defect: 'forgets-on-restart',
    breaks: 'election safety',
    about: 'comes back from a crash without its log and vote',
    bounds: { ...AT_ONCE, crashes: 1 },
  },
  {
    defect: 'commit-older-term-by-counting',
    breaks: 'leader completeness',
    about: 'commits entries of older terms by counting copies: figure 8 of the Raft paper',
    bounds: {
      timers: { election: 2, '*': 0 },
      timeouts: 4,
      drops: Infinity,
      inFlight: 2,
      storage: 'at-once',
    },
    size: 'medium',
    options: { maxEntriesPerAppend: 1 },
  },
  {
    defect: 'no-previous-entry-check',
    breaks: 'log matching',
    about: 'appends without comparing the entry before',
    bounds: { ...AT_ONCE, timeouts: 3, drops: Infinity, inFlight: 2 },
    clients: 2,
    size: 'medium',
    options: { maxEntriesPerAppend: 1 },
  },
  {
    defect: 'snapshot-without-term',
    breaks: 'leader completeness',
    about: 'forgets the term of the last entry a snapshot covers',
    bounds: { ...AT_ONCE, timeouts: 3, drops: Infinity, inFlight: 2 },
    clients: 2,
    size: 'long',
    options: SNAPSHOTS,
  },
  {
    defect: 'reply-before-fsync',
    breaks: 'leader completeness',
    about: 'acknowledges entries before they are durable',
    size: 'medium',
    bounds: { ...TWO_ELECTIONS, crashes: 1 },
  },
];

const BROKEN: readonly NamedModel[] = [
  ...TWINS.map(({ defect, breaks, about, bounds, nodes = 3, clients = 0, size = 'short', options = {} }) =>
    broken(breaks, {
      name: `raft-${defect}`,
      family,
      about,
      bounds,
      size,
      model: (name) => raftSystem({ name, nodes, clients, options: { ...options, defect } }),
    }),
  ),
  broken('linearizable', {
    name: 'raft-local-read',
    family,
    about: 'serves reads from whoever is asked, without asking a majority',
    bounds: AT_ONCE,
    model: (name) => raftReads({ name, nodes: 3, read: 'index', options: { defect: 'local-read' } }),
  }),
  broken('election safety', {
    name: 'raft-snapshot-forgets-on-restart-3',
    family,
    about:
      'comes back from a crash without its snapshot, log and vote, within the bounds of raft-snapshot-loss-3',
    bounds: { ...FEW, crashes: 1 },
    model: (name) => {
      const options = { ...SNAPSHOTS, defect: 'forgets-on-restart' } as const;
      return raftSystem({ name, nodes: 3, clients: 1, options });
    },
  }),
  broken('linearizable', {
    name: 'raft-local-read-3',
    family,
    about: 'serves reads from whoever is asked, within the bounds of raft-read-index-3',
    bounds: FEW,
    model: (name) => {
      return raftReads({ name, nodes: 3, read: 'index', alike: true, options: { defect: 'local-read' } });
    },
  }),
  broken('a read shows what was written before it', {
    name: 'raft-lease-beyond-drift-3',
    family,
    size: 'long',
    about: `a lease lasts longer than followers refuse their votes; ${LEASES}`,
    model: (name) => {
      return raftLeaseReads({ name, nodes: 3, ticks: TICKS, options: { defect: 'lease-beyond-drift' } });
    },
  }),
  broken('linearizable', {
    name: 'raft-ack-on-append',
    family,
    about: 'answers clients once the leader has appended, before a majority has',
    bounds: AT_ONCE,
    model: (name) => raftReads({ name, nodes: 3, read: 'log', options: { defect: 'ack-on-append' } }),
  }),
];

/** The Raft core, its paths one by one, and its broken twins. */
export const RAFT_MODELS: readonly NamedModel[] = [...CORRECT, ...THREE, ...BROKEN];
