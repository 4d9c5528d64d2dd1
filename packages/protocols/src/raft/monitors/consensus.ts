import { equalPlain, type Plain } from '@holdfast/plain';
import type { NodeId } from '../../core/core.ts';
import type { ConsensusState } from '../state.ts';
import { allVoters } from '../tracker/membership.ts';
import { progressOf } from '../tracker/tracker.ts';

/**
 * What consensus promises beside agreement (`state machine safety`) and termination (liveness once the network is stable):
 *
 * - `validity`: whatever is decided was asked for by a client, and is what the client asked for.
 * - `integrity`: a node decides each place of the log once, in order, leaving none out.
 * - `quorum intersection`: quorums of one configuration, and of two that follow one another, have a node in common.
 */
export type ConsensusPromise = 'validity' | 'integrity' | 'quorum intersection';

/** All of them, in the order of reports. */
export const CONSENSUS_PROMISES: readonly ConsensusPromise[] = [
  'validity',
  'integrity',
  'quorum intersection',
];

/** An entry as a node applies it. */
export interface AppliedCommand {
  readonly index: number;
  /** Who asked, and for which operation of theirs; client 0 is nobody: an empty entry, or a membership change. */
  readonly client: number;
  readonly sequence: number;
  readonly operation: Plain;
}

/** A promise seen broken. */
export interface ConsensusViolation {
  readonly promise: ConsensusPromise;
  /** One sentence naming nodes and indexes. */
  readonly reason: string;
  readonly node: NodeId;
}

/** What a leader had done when it was last looked at. */
interface Leading {
  readonly term: number;
  readonly committed: number;
  readonly version: number;
}

// (client, sequence) as one number: sequences stay below this in any run.
const SEQUENCE_LIMIT = 2 ** 24;

/** Watches what a Raft group decides, from outside. Each promise counts what it examined. */
export class ConsensusMonitor {
  /** The first violation of each promise. */
  readonly violations: Map<ConsensusPromise, ConsensusViolation> = new Map();
  readonly examined: Record<ConsensusPromise, number> = {
    validity: 0,
    integrity: 0,
    'quorum intersection': 0,
  };
  private readonly proposals = new Map<number, Plain>();
  private readonly appliedUpTo = new Map<NodeId, number>();
  private readonly leading = new Map<NodeId, Leading>();
  /** The quorums that committed something, by the configuration they were counted in; in order of configuration. */
  private readonly quorums: { readonly version: number; readonly sets: (readonly NodeId[])[] }[] = [];

  /** A client asks for an operation. */
  proposed(client: number, sequence: number, operation: Plain): void {
    this.proposals.set(client * SEQUENCE_LIMIT + sequence, operation);
  }

  /** A node has started (again): it goes on from its snapshot. */
  restarted(node: NodeId): void {
    this.appliedUpTo.delete(node);
    this.leading.delete(node);
  }

  /** A node has put a snapshot in place of everything up to `index`. */
  installed(node: NodeId, index: number): void {
    this.appliedUpTo.set(node, index);
  }

  /** A node applies an entry. */
  applied(node: NodeId, { index, client, sequence, operation }: AppliedCommand): void {
    this.examined.integrity++;
    const last = this.appliedUpTo.get(node) ?? index - 1;
    if (index !== last + 1) {
      const what = index <= last ? `applied entry ${index} again` : `left out entry ${last + 1}`;
      this.violated(
        'integrity',
        node,
        `node ${node} ${what}: it had applied up to ${last} when it came to ${index}`,
      );
    }
    this.appliedUpTo.set(node, index);
    if (client === 0) {
      if (operation !== null) this.configuration(index);
      return;
    }
    this.examined.validity++;
    const asked = this.proposals.get(client * SEQUENCE_LIMIT + sequence);
    if (asked === operation || (asked !== undefined && equalPlain(asked, operation))) return;
    const instead =
      asked === undefined ? 'which asked for nothing like it' : `which asked for ${JSON.stringify(asked)}`;
    this.violated(
      'validity',
      node,
      `node ${node} applied ${JSON.stringify(operation)} at index ${index} for operation ${sequence} of client ${client}, ${instead}`,
    );
  }

  /** To be called after every event of a node: looks at leaders that have committed something. */
  observe(node: NodeId, state: ConsensusState): void {
    if (state.role !== 'leader') return;
    const { log, term, membershipIndex, tracker } = state;
    const before = this.leading.get(node);
    if (before?.committed === log.committed && before.term === term) return;
    this.leading.set(node, { term, committed: log.committed, version: membershipIndex });
    // What was committed in the event that put another configuration in force may have been counted in the one before. And until
    // it has committed an entry of its own term a leader has counted nothing.
    if (before?.term !== term || before.version !== membershipIndex || !isOfTerm(state, log.committed))
      return;
    const quorum = allVoters(tracker.membership).filter(
      (id) => (progressOf(tracker, id)?.match ?? 0) >= log.committed,
    );
    this.counted(node, membershipIndex, quorum);
  }

  /** Where the configuration made by this entry stands among those known. */
  private configuration(version: number): number {
    let at = this.quorums.findIndex((known) => known.version >= version);
    if (at < 0) at = this.quorums.length;
    if (this.quorums[at]?.version !== version) this.quorums.splice(at, 0, { version, sets: [] });
    return at;
  }

  private counted(node: NodeId, version: number, quorum: readonly NodeId[]): void {
    this.examined['quorum intersection']++;
    const at = this.configuration(version);
    const own = this.quorums[at]?.sets ?? [];
    if (own.some((set) => equalPlain(set, quorum))) return;
    own.push(quorum);
    for (const near of [at - 1, at, at + 1]) {
      const other = this.quorums[near];
      const apart = other?.sets.find((set) => !set.some((id) => quorum.includes(id)));
      if (other === undefined || apart === undefined) continue;
      this.violated(
        'quorum intersection',
        node,
        `nodes {${quorum.join(',')}} committed as a quorum of ${made(version)}, nodes {${apart.join(',')}} as one of ` +
          `${made(other.version)}: they have none in common`,
      );
    }
  }

  private violated(promise: ConsensusPromise, node: NodeId, reason: string): void {
    if (!this.violations.has(promise)) this.violations.set(promise, { promise, reason, node });
  }
}

function isOfTerm({ log, term }: ConsensusState, index: number): boolean {
  return log.entries[index - log.offset - 1]?.term === term;
}

function made(version: number): string {
  return version === 0 ? 'the first configuration' : `the configuration made by entry ${version}`;
}
