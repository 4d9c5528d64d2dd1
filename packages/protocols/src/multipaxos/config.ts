import type { NodeId } from '../core/core.ts';
import { checkAtLeastOne, checkedNodes, PaxosOptionsError } from '../paxos/config.ts';
import { MULTI_PAXOS_DEFECTS, type MultiPaxosDefect } from './defects.ts';

/** What a Multi-Paxos group is asked to be. Durations are in milliseconds of the node's own clock. */
export interface MultiPaxosOptions {
  /** All nodes; the same list everywhere. */
  readonly nodes: readonly NodeId[];
  /** Promises a leader needs. Default: a majority. */
  readonly phase1Quorum?: number;
  /** Acceptances that choose a command. Default: a majority. The two quorums together exceed the number of nodes. */
  readonly phase2Quorum?: number;
  /** A node that hears no leader campaigns after a time in [electionTimeoutMs, 2 * electionTimeoutMs]. Default 150. */
  readonly electionTimeoutMs?: number;
  /** Time between heartbeats, and between repeated accepts; below `electionTimeoutMs`. Default 50. */
  readonly heartbeatMs?: number;
  /** Slots a leader holds that are not chosen; beyond it commands are refused. Default 1,000. */
  readonly maxOpen?: number;
  /** Slots told at once to a node that is behind. Default 1,000. */
  readonly maxBatch?: number;
  /** Client sessions remembered; beyond it the one least recently used is forgotten. Default 10,000. */
  readonly maxSessions?: number;
  /** Breaks the protocol on purpose. */
  readonly defect?: MultiPaxosDefect | undefined;
}

/** Options with nothing left open. */
export type MultiPaxosConfig = Readonly<Required<MultiPaxosOptions>>;

/** Validates options once and fills in what is left open. Throws `PaxosOptionsError`. */
export function multiPaxosConfig(options: MultiPaxosOptions): MultiPaxosConfig {
  const nodes = checkedNodes(options.nodes);
  const majority = Math.floor(nodes.length / 2) + 1;
  const config: MultiPaxosConfig = {
    nodes,
    phase1Quorum: options.phase1Quorum ?? majority,
    phase2Quorum: options.phase2Quorum ?? majority,
    electionTimeoutMs: options.electionTimeoutMs ?? 150,
    heartbeatMs: options.heartbeatMs ?? 50,
    maxOpen: options.maxOpen ?? 1_000,
    maxBatch: options.maxBatch ?? 1_000,
    maxSessions: options.maxSessions ?? 10_000,
    defect: options.defect,
  };
  for (const name of ['electionTimeoutMs', 'heartbeatMs', 'maxOpen', 'maxBatch', 'maxSessions'] as const) {
    checkAtLeastOne(name, config[name]);
  }
  if (config.heartbeatMs >= config.electionTimeoutMs) {
    throw new PaxosOptionsError('heartbeatMs', 'below electionTimeoutMs', config.heartbeatMs);
  }
  if (config.defect !== undefined && !MULTI_PAXOS_DEFECTS.includes(config.defect)) {
    throw new PaxosOptionsError('defect', `one of ${MULTI_PAXOS_DEFECTS.join(', ')}`, config.defect);
  }
  checkQuorums(config);
  return config;
}

function checkQuorums({ nodes, phase1Quorum, phase2Quorum, defect }: MultiPaxosConfig): void {
  for (const [name, size] of [
    ['phase1Quorum', phase1Quorum],
    ['phase2Quorum', phase2Quorum],
  ] as const) {
    checkAtLeastOne(name, size);
    if (size > nodes.length) throw new PaxosOptionsError(name, `at most ${nodes.length} (nodes)`, size);
  }
  // Broken twin: a leader may hear nobody of those who accepted.
  if (phase1Quorum + phase2Quorum <= nodes.length && defect !== 'non-intersecting-quorums') {
    throw new PaxosOptionsError(
      'phase1Quorum + phase2Quorum',
      `above ${nodes.length} (nodes), so that every leader hears of what was chosen`,
      phase1Quorum + phase2Quorum,
    );
  }
}
