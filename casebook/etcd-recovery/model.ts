import type { RaftMessage, RaftState } from 'holdfast';

/** What the operator does once a quorum is lost: nothing, restore a snapshot into a new cluster, or force a survivor to go on alone. */
export type Policy = 'wait' | 'restore' | 'force';

/** A snapshot of the store, as a member hands it out. */
export type Snapshot = NonNullable<RaftState['snapshot']>;

/** Which cluster a member belongs to, durably. */
export interface Belonging {
  readonly cluster: string;
  readonly voters: readonly number[];
}

/** Times, ms. */
export const TIMES = { poll: 100, patience: 1_000, hear: 400, backup: 500, check: 100 } as const;
/** Entries between two snapshots of a member. */
export const SNAPSHOT_ENTRIES = 10;

/** What members, and the operator, say to each other. */
export type Message =
  | { readonly type: 'peer'; readonly cluster: string; readonly message: RaftMessage }
  | { readonly type: 'poll' }
  | { readonly type: 'status'; readonly belongs: Belonging | null; readonly revision: number }
  | { readonly type: 'back-up' }
  | { readonly type: 'backup'; readonly cluster: string; readonly snapshot: Snapshot }
  | { readonly type: 'restore'; readonly to: Belonging; readonly snapshot: Snapshot }
  | { readonly type: 'force' }
  | { readonly type: 'check' }
  | { readonly type: 'current'; readonly cluster: string };

/** A command of the store, as clients send it. */
export interface Command {
  readonly client: number;
  readonly sequence: number;
  readonly operation: unknown;
}

/** What a member answers. */
export type Result =
  | { readonly ok: true; readonly value: unknown; readonly cluster: string; readonly index: number }
  | { readonly ok: false; readonly error: 'redirect'; readonly node: number }
  | { readonly ok: false; readonly error: 'ahead'; readonly why: string }
  | { readonly ok: false; readonly error: 'unclear'; readonly why: string };

/** A machine: a member of a cluster, a spare, or the operator's. */
export interface Machine {
  readonly self: number;
  belongs: Belonging | null;
  inner: RaftState | null;
  /** What is on its disk. */
  disk: Record<string, unknown>;
  /** It has come back, and waits to hear whether its cluster is still the one. */
  checking: boolean;
  /** Peers heard of in this stretch of time, and in the last. */
  hears: number[];
  heard: number[];
  /** Clients told that they are ahead of what was restored. */
  told: number[];
  desk: Desk | null;
}

/** What the operator knows. */
export interface Desk {
  current: Belonging;
  backup: Snapshot | null;
  /** Revisions of members that answered the last poll, and those of the poll before. */
  answers: Record<number, number>;
  before: Record<number, number>;
  silentPolls: number;
  acted: boolean;
}
