import { type RaftConfig, raftConfig } from '../../../src/raft/config.ts';
import { restoreMembers } from '../../../src/raft/confchange/restore.ts';
import { newLog, type Snapshot } from '../../../src/raft/log.ts';
import type { Envelope, RaftMessage } from '../../../src/raft/messages.ts';
import { applyDone, hasReady, type Ready, storageDone, takeReady } from '../../../src/raft/ready.ts';
import { type ConsensusState, newConsensus, type Raft, type ReadState } from '../../../src/raft/state.ts';
import { fireTimer, receive } from '../../../src/raft/step.ts';
import { armElection } from '../../../src/raft/timers.ts';
import { progressOf } from '../../../src/raft/tracker/tracker.ts';
import type { Mail } from './describe.ts';

/** One millisecond is one tick; fired first to last when due in the same tick. */
const TIMER_ORDER = ['quorum-check', 'heartbeat', 'leader-fresh', 'election', 'transfer'];

/** What `add-nodes` says of a node. */
export interface MemberOptions {
  readonly index: number;
  readonly voters: readonly number[];
  readonly learners: readonly number[];
  readonly async: boolean;
  readonly config: Partial<RaftConfig>;
}

/** A node of a transcript: the consensus module with a counted clock, and storage that keeps everything. */
export class Member implements Raft {
  readonly config: RaftConfig;
  readonly state: ConsensusState;
  readonly async: boolean;
  readonly afterAppend: Envelope[] = [];
  readonly readStates: ReadState[] = [];
  readonly appendWork: Extract<Mail, { storage: 'append' }>[] = [];
  readonly applyWork: Extract<Mail, { storage: 'apply' }>[] = [];
  sent: Mail[] = [];
  soft: { leader: number; role: ConsensusState['role'] };
  /** The last state applied. */
  last: Snapshot;
  private readonly timers = new Map<string, { elapsed: number; length: number }>();

  constructor(id: number, { index, voters, learners, async, config }: MemberOptions) {
    this.async = async;
    this.config = raftConfig({
      voters: [],
      electionTimeoutMs: 3,
      heartbeatMs: 1,
      preVote: false,
      checkQuorum: false,
      maxInflight: 1_000_000,
      maxEntriesPerAppend: 1_000_000,
      stepDownOnRemoval: false,
      ...config,
    });
    const membership = { voters, votersOutgoing: [], learners, learnersNext: [], autoLeave: false };
    this.last = { index, term: index > 0 ? 1 : 0, membership, membershipIndex: 0, data: null };
    const log = newLog(index, this.last.term);
    this.state = newConsensus(id, log, restoreMembers(membership, index), 0, { term: 0, vote: 0 });
    this.soft = { leader: 0, role: 'follower' };
    armElection(this);
  }

  readonly port: Raft['port'] = {
    send: (to: number, message: RaftMessage): void => {
      this.sent.push({ from: this.state.self, to, message });
    },
    setTimer: (timer: string, minMs: number): void => {
      this.timers.set(timer, { elapsed: 0, length: minMs });
    },
    cancelTimer: (timer: string): void => {
      this.timers.delete(timer);
    },
    note: (): void => {},
  };

  snapshotFor(): Snapshot {
    return this.last;
  }

  tick(): void {
    for (const timer of this.timers.values()) timer.elapsed++;
    for (const name of TIMER_ORDER) {
      const timer = this.timers.get(name);
      if (timer === undefined || timer.elapsed < timer.length) continue;
      this.timers.delete(name);
      fireTimer(this, name);
    }
  }

  setElectionLength(length: number): void {
    const timer = this.timers.get('election');
    if (timer !== undefined) timer.length = length;
  }

  hasReady(): boolean {
    const { soft, state } = this;
    return (
      hasReady(this, !this.async) ||
      this.sent.length + this.afterAppend.length + this.readStates.length > 0 ||
      soft.leader !== state.leader ||
      soft.role !== state.role
    );
  }

  /** Takes the Ready with all its messages, those to storage threads included. */
  take(): { ready: Ready; mail: Mail[]; own: RaftMessage[] } {
    const { self } = this.state;
    const ready = takeReady(this, !this.async);
    const mail = this.sent.splice(0);
    const waiting = this.afterAppend.splice(0);
    this.readStates.length = 0;
    this.soft = { leader: this.state.leader, role: this.state.role };
    if (!this.async) {
      for (const { to, message } of waiting) if (to !== self) mail.push({ from: self, to, message });
      return { ready, mail, own: waiting.filter(({ to }) => to === self).map(({ message }) => message) };
    }
    const { hard, entries, snapshot, committed, mark } = ready;
    if (hard !== null || entries.length > 0 || snapshot !== null || waiting.length > 0) {
      const responses: Mail[] = waiting.map(({ to, message }) => ({ from: self, to, message }));
      if (mark !== null) responses.push({ storage: 'append-reply', to: self, mark });
      mail.push({ storage: 'append', from: self, ready, responses });
    }
    if (committed.length > 0) mail.push({ storage: 'apply', from: self, entries: committed });
    return { ready, mail, own: [] };
  }

  /** What happens once a Ready is stored and applied, when nothing is asynchronous. */
  advance(ready: Ready, own: readonly RaftMessage[]): void {
    for (const message of own) receive(this, this.state.self, message);
    if (ready.mark !== null) storageDone(this, ready.mark);
    const last = ready.committed[ready.committed.length - 1];
    if (last !== undefined) applyDone(this, last.index);
  }

  /** Handles a message; the text of an error when it is refused. */
  handle(mail: Mail): string | undefined {
    if ('storage' in mail) {
      if (mail.storage === 'append-reply') storageDone(this, mail.mark);
      else if (mail.storage === 'apply-reply')
        applyDone(this, mail.entries[mail.entries.length - 1]?.index ?? 0);
      return undefined;
    }
    const { from, message } = mail;
    if (message.type.endsWith('-reply') && progressOf(this.state.tracker, from) === undefined) {
      return 'raft: cannot step as peer not found';
    }
    receive(this, from, message);
    return undefined;
  }
}
