import { equalPlain } from '@holdfast/plain';
import type { NodeId } from '../../core/core.ts';
import { type Entry, lastIndex, termAt } from '../log.ts';
import type { ConsensusState } from '../state.ts';

/** The safety promises of Raft (paper, figure 3), and what a client was told. */
export const RAFT_PROMISES: readonly RaftPromise[] = [
  'election safety',
  'leader append-only',
  'log matching',
  'leader completeness',
  'state machine safety',
  'no acknowledged write lost',
];

/** A promise by its name in reports. */
export type RaftPromise =
  | 'election safety'
  | 'leader append-only'
  | 'log matching'
  | 'leader completeness'
  | 'state machine safety'
  | 'no acknowledged write lost';

/** A promise seen broken. */
export interface RaftViolation {
  readonly promise: RaftPromise;
  /** One sentence naming nodes, terms and indexes. */
  readonly reason: string;
  readonly node: NodeId;
}

interface NodeRecord {
  role: ConsensusState['role'];
  term: number;
  committed: number;
  /** The log as last seen, by index. */
  readonly mirror: Entry[];
}

/** What is known of the entry at (index, term), wherever it was seen. */
interface Known {
  readonly entry: Entry;
  readonly previousTerm: number;
}

/** A write whose client was told that it succeeded. */
export interface Acknowledged {
  readonly index: number;
  readonly term: number;
  /** In words, for the sentence: `write 7 on k1 by process 3`. */
  readonly words: string;
}

// (index, term) as one number: terms stay below this in any run.
const TERM_LIMIT = 1 << 21;

/**
 * Watches all nodes of one Raft group, from outside. `observe` is to be called after every event of a node; it looks only at
 * what changed, so that watching costs little. Each promise counts what it examined.
 */
export class RaftMonitor {
  /** The first violation of each promise. */
  readonly violations: Map<RaftPromise, RaftViolation> = new Map();
  readonly examined: Record<RaftPromise, number> = {
    'election safety': 0,
    'leader append-only': 0,
    'log matching': 0,
    'leader completeness': 0,
    'state machine safety': 0,
    'no acknowledged write lost': 0,
  };
  private readonly nodes = new Map<NodeId, NodeRecord>();
  private readonly leaders = new Map<number, NodeId>();
  private readonly known = new Map<number, Known>();
  /** Entries some node has said are committed, by index. */
  private readonly committed: Entry[] = [];
  /** The term of the leader that committed each of them. */
  private readonly committedIn: number[] = [];
  private readonly acknowledged: Acknowledged[] = [];

  /** A node has started (again): what it knew before is gone, what is durable it will show. */
  restarted(node: NodeId): void {
    this.nodes.delete(node);
  }

  observe(node: NodeId, state: ConsensusState): void {
    let record = this.nodes.get(node);
    if (record === undefined) {
      record = { role: 'follower', term: 0, committed: 0, mirror: [] };
      this.nodes.set(node, record);
    }
    this.observeSnapshot(node, state, record);
    this.observeLog(node, state, record);
    if (state.log.committed !== record.committed) this.observeCommit(node, state, record);
    if (state.role !== record.role || state.term !== record.term) {
      record.role = state.role;
      record.term = state.term;
      if (state.role === 'leader') this.observeLeader(node, state);
    }
  }

  /** A client is being told that its write, in this entry, succeeded. */
  acknowledge(write: Acknowledged): void {
    this.acknowledged.push(write);
  }

  /** Checks what clients were told against a leader that everybody has agreed on; for the end of a run. */
  checkAcknowledged(node: NodeId, state: ConsensusState): void {
    for (const write of this.acknowledged) this.checkKept(node, state, write, 'the leader at the end');
  }

  /** Raft, figure 3: at most one leader can be elected in a given term; and 5.4.3. */
  private observeLeader(node: NodeId, state: ConsensusState): void {
    this.examined['election safety']++;
    const other = this.leaders.get(state.term);
    if (other !== undefined && other !== node) {
      this.violated(
        'election safety',
        node,
        `nodes ${other} and ${node} were both elected leader of term ${state.term}`,
      );
    }
    this.leaders.set(state.term, node);
    const { log } = state;
    for (let index = log.offset + 1; index < this.committed.length; index++) {
      const entry = this.committed[index];
      // A candidate of an older term may win late, when votes were delayed: it need not know what was committed since.
      if (entry === undefined || (this.committedIn[index] as number) >= state.term) continue;
      this.examined['leader completeness']++;
      const term = termAt(log, index);
      if (term === entry.term) continue;
      const instead = term < 0 ? 'has no entry there' : `has an entry of term ${term} there`;
      this.violated(
        'leader completeness',
        node,
        `node ${node} was elected leader of term ${state.term} without entry ${index} of term ${entry.term}, ` +
          `which was committed: it ${instead}`,
      );
      break;
    }
    for (const write of this.acknowledged)
      this.checkKept(node, state, write, `the leader elected for term ${state.term}`);
  }

  private checkKept(node: NodeId, state: ConsensusState, write: Acknowledged, who: string): void {
    const { log } = state;
    if (state.term < (this.committedIn[write.index] ?? write.term)) return;
    this.examined['no acknowledged write lost']++;
    const term =
      write.index <= log.offset ? (this.committed[write.index]?.term ?? -1) : termAt(log, write.index);
    if (term === write.term) return;
    const instead = term < 0 ? 'holds nothing' : `holds an entry of term ${term}`;
    this.violated(
      'no acknowledged write lost',
      node,
      `${write.words} was answered with success from entry ${write.index} of term ${write.term}, ` +
        `but node ${node}, ${who}, ${instead} at index ${write.index}`,
    );
  }

  /** A received snapshot stands in place of the whole log: what was there before says nothing of what it covers. */
  private observeSnapshot(node: NodeId, state: ConsensusState, record: NodeRecord): void {
    const { log } = state;
    if (log.snapshot === null || log.committed === record.committed) return;
    const { index } = log.snapshot;
    if (log.offset !== index || record.committed >= index) return;
    record.mirror.length = 0;
    const before = this.committed[index];
    if (before === undefined) return;
    this.examined['log matching']++;
    if (before.term === log.offsetTerm) return;
    this.violated(
      'log matching',
      node,
      `node ${node} goes on from a snapshot whose last entry, ${index}, it takes to be of term ${log.offsetTerm}, ` +
        `where another node had committed one of term ${before.term}`,
    );
  }

  /** Raft, figure 3: entries with the same index and term are the same, and so is everything before them. */
  private observeLog(node: NodeId, state: ConsensusState, record: NodeRecord): void {
    const { log } = state;
    const { mirror } = record;
    const last = lastIndex(log);
    const leads = state.role === 'leader' && record.role === 'leader' && state.term === record.term;
    if (leads && last > log.offset && mirror[last] !== log.entries[last - log.offset - 1]) {
      this.examined['leader append-only']++;
    }
    if (mirror.length > last + 1) {
      if (leads) this.deleted(node, state, mirror.length - 1);
      mirror.length = last + 1;
    }
    for (let index = last; index > log.offset; index--) {
      const entry = log.entries[index - log.offset - 1] as Entry;
      const held = mirror[index];
      if (held === entry) break;
      if (leads && held !== undefined && !equalPlain(held, entry)) this.deleted(node, state, index);
      mirror[index] = entry;
      this.observeEntry(node, entry, termAt(log, index - 1));
    }
  }

  /** Raft, figure 3: a leader never overwrites or deletes entries in its log; it only appends. */
  private deleted(node: NodeId, { term }: ConsensusState, index: number): void {
    const words = `node ${node}, leader of term ${term}, does not hold its entry ${index} any more`;
    this.violated('leader append-only', node, words);
  }

  private observeEntry(node: NodeId, entry: Entry, previousTerm: number): void {
    this.examined['log matching']++;
    const key = entry.index * TERM_LIMIT + entry.term;
    const known = this.known.get(key);
    if (known === undefined) {
      this.known.set(key, { entry, previousTerm });
      return;
    }
    const where = `entry ${entry.index} of term ${entry.term}`;
    if (known.entry !== entry && !equalPlain(known.entry, entry)) {
      this.violated('log matching', node, `node ${node} holds another ${where} than a node before it`);
    } else if (known.previousTerm !== previousTerm && known.previousTerm >= 0 && previousTerm >= 0) {
      this.violated(
        'log matching',
        node,
        `node ${node} holds ${where} after an entry of term ${previousTerm}, another node after one of term ${known.previousTerm}`,
      );
    }
  }

  /** Raft, figure 3: no two nodes ever apply different entries at one index. */
  private observeCommit(node: NodeId, state: ConsensusState, record: NodeRecord): void {
    const { log } = state;
    for (let index = record.committed + 1; index <= log.committed; index++) {
      // Applying may have compacted the entry away already; it was seen when it was appended.
      const entry = log.entries[index - log.offset - 1] ?? record.mirror[index];
      if (entry === undefined) continue;
      this.examined['state machine safety']++;
      const before = this.committed[index];
      if (before === undefined) {
        this.committed[index] = entry;
        this.committedIn[index] = state.term;
      }
      if (before !== undefined && before !== entry && !equalPlain(before, entry)) {
        this.violated(
          'state machine safety',
          node,
          `node ${node} committed an entry of term ${entry.term} at index ${index}, where another node had committed one of term ${before.term}`,
        );
      }
    }
    record.committed = log.committed;
  }

  private violated(promise: RaftPromise, node: NodeId, reason: string): void {
    if (!this.violations.has(promise)) this.violations.set(promise, { promise, reason, node });
  }
}
