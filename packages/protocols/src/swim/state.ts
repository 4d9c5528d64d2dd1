import type { NodeId, Outbox, StoreToken } from '../core/core.ts';
import type { SwimConfig } from './config.ts';
import type { SwimMessage, SwimUpdate } from './messages.ts';
import type { Opinion } from './opinion.ts';

/** What a member may be asked. `vanish`: it goes without a word, and the others must find out. */
export type SwimCommand = 'members' | 'join' | 'leave' | 'vanish';

/** What a client hears. `members` are those held alive, in order; none when the one asked is no member. */
export interface SwimResult {
  readonly members: readonly NodeId[];
  readonly incarnation: number;
}

/** The probe of the current period. */
export interface SwimProbe {
  readonly target: NodeId;
  readonly sequence: number;
  answered: boolean;
  /** Who were asked to probe in one's stead and gave no sign yet; null before anybody was asked. */
  silent: NodeId[] | null;
}

/** A suspicion, counted in the periods of the one that holds it. */
export interface SwimSuspicion {
  /** The period in which it began. */
  since: number;
  /** Who accused, oneself included. */
  accusers: NodeId[];
}

/** A member's whole state: plain data. */
export interface SwimState {
  readonly self: NodeId;
  /** Whether it takes part. */
  isIn: boolean;
  /** Durable; only its owner raises it. */
  incarnation: number;
  /** The last store; what is said waits for it. */
  token: StoreToken;
  /** What is held of each other member. */
  members: Record<NodeId, Opinion>;
  /** How many are held alive or suspect, itself included. */
  present: number;
  /** All others, in the order of this turn's probes: those before `next` had theirs. */
  order: NodeId[];
  next: number;
  /** Protocol periods so far. */
  periods: number;
  sequence: number;
  probe: SwimProbe | null;
  /** Probes made for others, by sequence: for whom, and the number it has there. */
  relays: Record<number, { readonly origin: NodeId; readonly sequence: number; readonly target: NodeId }>;
  suspicions: Record<NodeId, SwimSuspicion>;
  /** News to pass on, and how often it was. */
  news: { readonly update: SwimUpdate; sent: number }[];
  /** 0 well, up to `WORST_HEALTH`: how little it trusts itself. */
  health: number;
}

/** One member, for the length of one step. */
export interface SwimNode {
  readonly config: SwimConfig;
  readonly state: SwimState;
  readonly out: Outbox<SwimMessage, SwimResult>;
}
