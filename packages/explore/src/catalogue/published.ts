import { abdRegister } from '../models/abdRegister.ts';
import { atomicCommitment } from '../models/atomicCommitment.ts';
import { commitWithBackup } from '../models/commitWithBackup.ts';
import { lamportMutex } from '../models/lamportMutex.ts';
import { multiPaxosCommands } from '../models/multiPaxosCommands.ts';
import { paxosCommit } from '../models/paxosCommit.ts';
import { paxosConsensus } from '../models/paxosConsensus.ts';
import { registerSystem } from '../models/registerSystem.ts';
import { ringElection } from '../models/ringElection.ts';
import { singleCopyRegister } from '../models/singleCopyRegister.ts';
import { singleDecreePaxos } from '../models/singleDecreePaxos.ts';
import { terminationDetection } from '../models/terminationDetection.ts';
import { transactionCommit } from '../models/transactionCommit.ts';
import { twoPhaseCommit } from '../models/twoPhaseCommit.ts';
import { broken, correct, type NamedModel } from './named.ts';

const family = 'published';

/** Models whose numbers others have published. */
export const PUBLISHED_MODELS: readonly NamedModel[] = [
  correct({
    name: 'transaction-commit',
    family,
    about: 'what atomic commit must be, 3 resource managers (module TCommit)',
    model: () => transactionCommit(3),
  }),
  correct({
    name: 'two-phase-commit',
    family,
    about: 'two-phase commit, 7 resource managers (module TwoPhase)',
    model: () => twoPhaseCommit(7),
  }),
  correct({
    name: 'commit-with-backup',
    family,
    about:
      'two-phase commit with a stand-in for the transaction manager, 3 resource managers (module 2PCwithBTM)',
    model: () => commitWithBackup(3),
  }),
  correct({
    name: 'atomic-commitment',
    family,
    about: 'atomic commitment that does not block, 2 participants, crashes (module ACP_NB)',
    model: () => atomicCommitment(2, 'forwards-first'),
  }),
  broken('agreement', {
    name: 'atomic-commitment-acts-first',
    family,
    about: 'acts on a decision before it has told the others (module ACP_NB_WRONG)',
    model: () => atomicCommitment(2, 'acts-first'),
  }),
  correct({
    name: 'paxos-commit',
    family,
    size: 'medium',
    about: 'Paxos commit, 2 resource managers, 3 acceptors (module PaxosCommit)',
    model: () => paxosCommit(2, 2),
  }),
  correct({
    name: 'paxos-consensus',
    family,
    about: 'Paxos for one value, 3 acceptors, 2 values, 2 ballots (module Paxos)',
    model: () => paxosConsensus(3, 2, 2),
  }),
  correct({
    name: 'multi-paxos-commands',
    family,
    size: 'long',
    about: 'Multi-Paxos as a register, 3 replicas, a write and a read, linearizable (module MultiPaxos)',
    model: () => multiPaxosCommands({ replicas: 3, writes: 1, reads: 1, ballots: 2 }),
  }),
  correct({
    name: 'mutual-exclusion',
    family,
    size: 'medium',
    about: "Lamport's mutual exclusion by logical clocks, 3 processes (module LamportMutex)",
    model: () => lamportMutex(3, 6),
  }),
  correct({
    name: 'ring-election',
    family,
    about: 'Chang and Roberts: election on a ring of 3',
    model: () => ringElection(3),
  }),
  correct({
    name: 'termination-detection',
    family,
    about: 'Dijkstra, EWD 840: termination on a ring of 4',
    model: () => terminationDetection(4),
  }),
  correct({
    name: 'register-paxos',
    family,
    about: 'a register on single-decree Paxos, 3 servers, 2 clients, linearizable',
    model: (name) => registerSystem({ name, servers: 3, clients: 2, server: singleDecreePaxos }),
  }),
  correct({
    name: 'register-paxos-3',
    family,
    size: 'medium',
    about: 'the same with 3 clients: 1,194,428 states',
    model: (name) => registerSystem({ name, servers: 3, clients: 3, server: singleDecreePaxos }),
  }),
  correct({
    name: 'register-abd',
    family,
    about: 'the ABD register, 2 servers, 2 clients, linearizable',
    model: (name) => registerSystem({ name, servers: 2, clients: 2, server: abdRegister }),
  }),
  correct({
    name: 'register-single-copy',
    family,
    about: 'a register on one server, 2 clients, linearizable',
    model: (name) => registerSystem({ name, servers: 1, clients: 2, server: () => singleCopyRegister() }),
  }),
];
