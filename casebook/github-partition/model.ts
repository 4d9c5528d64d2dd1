/** What happens to writes while the sites cannot reach each other. */
export const POLICIES = ['both-writable', 'single-authority', 'read-only', 'manual-gate'] as const;
/** One of them. */
export type Policy = (typeof POLICIES)[number];

/** The steps of a recovery, in the order that may not be changed (S0.4). */
export const STEPS = ['stop-churn', 'compare', 'order', 'reconcile', 'rebuild', 'announce'] as const;
/** One of them. */
export type Step = (typeof STEPS)[number];

/** The database in the east, which leads at first, the one in the west, and the authority, a service in the west that appoints. */
export const EAST = 1;
export const WEST = 2;
export const AUTHORITY = 3;

/** Times of the protocol, ms. A lease is over long before anybody else is appointed: that gap is the fence. */
export const TIMES = { beat: 50, lease: 250, watch: 600, probe: 30, operator: 3_000 } as const;

/** A write in a site's log. */
export interface Entry {
  /** `client/sequence`: one write, however often it is sent. */
  readonly id: string;
  readonly epoch: number;
  readonly key: string;
  readonly value: unknown;
}

/** Whether a site may serve: `alone` is a primary that has appointed itself. */
export type Mode = 'normal' | 'no-authority' | 'read-only' | 'alone';

/** What the authority knows. */
export interface Control {
  phase: 'normal' | 'split' | 'recovering';
  mode: 'normal' | 'read-only';
  step: Step | '';
  /** Last word of each site. */
  seen: Record<number, { length: number; acked: number; digest: number; both: boolean }>;
  /** Logs that sites told for comparison. */
  told: Record<number, string[]>;
  /** Whether the other site holds all that was acknowledged: only then may it be appointed. */
  ready: boolean;
  keep: number;
}

/** A site, or the authority. */
export interface Site {
  readonly self: number;
  epoch: number;
  primary: number;
  inSync: number[];
  mode: Mode;
  log: Entry[];
  /** Entries acknowledged to clients. */
  acked: number;
  /** Entries the other site is known to hold. */
  peerHas: number;
  /** Holds entries of an earlier epoch that nobody has compared yet. */
  dirty: boolean;
  /** Requests that wait for an entry, by its place in the log. */
  waiting: Record<number, number[]>;
  /** Reads that wait for a word of the authority: request to key. */
  reads: Record<number, string>;
  /** Entries set aside by a recovery. */
  aside: Entry[];
  control: Control | null;
}

/** What sites and the authority say to each other. */
export type Message =
  | {
      readonly type: 'beat';
      readonly epoch: number;
      readonly length: number;
      readonly acked: number;
      readonly digest: number;
      readonly both: boolean;
    }
  | {
      readonly type: 'grant';
      readonly epoch: number;
      readonly primary: number;
      readonly inSync: readonly number[];
      readonly mode: 'normal' | 'read-only';
    }
  | {
      readonly type: 'append';
      readonly epoch: number;
      readonly from: number;
      readonly entries: readonly Entry[];
      readonly acked: number;
    }
  | { readonly type: 'have'; readonly epoch: number; readonly length: number }
  | { readonly type: 'tell'; readonly epoch: number }
  | { readonly type: 'told'; readonly epoch: number; readonly ids: readonly string[] }
  | { readonly type: 'set-aside'; readonly epoch: number; readonly keep: number }
  | { readonly type: 'aside'; readonly epoch: number };

/** What a client asks. */
export interface Command {
  readonly id: string;
  readonly f: 'read' | 'write';
  readonly key: string;
  readonly value: unknown;
}

/** What a site answers. */
export type Result =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: 'redirect'; readonly node: number }
  | { readonly ok: false; readonly error: 'rejected'; readonly why: string }
  | { readonly ok: false; readonly error: 'unclear' };
