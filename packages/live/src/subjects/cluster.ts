import type { Plain } from '@holdfast/plain';
import type { Action, Answer } from '../history/recorder.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Server } from '../processes/server.ts';
import type { Site } from '../site/site.ts';
import type { NeededProgram } from '../install/packages.ts';

/** A member of a cluster: `N1`, `N2`, ... */
export interface Member {
  readonly name: string;
  /** From 0. */
  readonly index: number;
  /** Its processes; the first is the one that stores data. */
  readonly servers: readonly Server[];
  /** Where clients reach it. */
  readonly address: string;
  /** Its data; wiped by `amnesia`. */
  readonly dataFolder: string;
}

/** What a cluster is made with. */
export interface ClusterOptions {
  readonly ledger: Ledger;
  readonly site: Site;
  readonly members: number;
  /** Settings of the system by its own names; each adapter documents its own. */
  readonly settings: Readonly<Record<string, string | number | boolean>>;
  /** Where data lies; the run's folder unless a device provides another. */
  readonly dataFolderOf?: (index: number) => string;
  /** Puts a proxy between members: given a member's own peer address, the one the others shall use. */
  readonly peerProxy?: (index: number, address: string) => Promise<string>;
}

/** What a watch delivered: a change of a key, or the note that all to a revision has been delivered. */
export interface WatchEvent {
  /** Empty for a note. */
  readonly key: string;
  /** The store's revision in which it happened. */
  readonly revision: number;
  /** What the key holds since; null when it was deleted. */
  readonly value: Plain;
  readonly kind: 'put' | 'delete' | 'progress';
}

/** What is watched. */
export interface WatchRequest {
  /** Keys that begin like this. */
  readonly prefix: string;
  readonly fromRevision: number;
  /** How far it has come is asked as soon as it is open. */
  readonly progress?: boolean | undefined;
}

/** A cluster that runs. Members are named `N1` to `Nn`. */
export interface Cluster {
  readonly system: string;
  readonly version: string;
  readonly members: readonly Member[];
  /** Which member leads, by those who can still tell; undefined when none does or nobody answers. */
  leader(): Promise<Member | undefined>;
  /** Whether every member answers and one leads. */
  isReady(): Promise<boolean>;
  /** One attempt at one member. Never rejects. Clients of different names have connections of their own where the system has sessions. */
  perform(member: Member, action: Action, deadlineMs: number, client?: string): Promise<Answer>;
  /** What watches promise: every change, which is the usual, or the newest state of every key, with what it held in between left out where it changes fast. */
  readonly watches?: 'every-change' | 'newest';
  /** Watches keys at one member, where the system has watches; from now on when told from revision 0. Ends with the returned function; `onEnd` hears of its end, whoever ended it. */
  watch?(
    member: Member,
    request: WatchRequest,
    onEvent: (event: WatchEvent) => void,
    onEnd?: () => void,
  ): () => void;
  /** Takes what a member stored away, as after the loss of its disk. The member does not run. */
  wipe(member: Member): Promise<void>;
  /** Closes what clients hold open; servers go on. */
  close(): void;
}

/** A system a cluster can be made of. */
export interface System {
  readonly name: string;
  readonly needs: readonly NeededProgram[];
  /** How reads can be asked for; the first is the usual way. */
  readonly modes: readonly string[];
  /** Names of actions `perform` understands. */
  readonly actions: readonly string[];
  /** Names of settings `launch` understands. */
  readonly settings: readonly string[];
  /** How long the cluster may take until it is ready. */
  readonly readyMs: number;
  /** The version installed, as it says itself. */
  version(): string;
  /** Configures and starts the members; they need not be ready when it resolves. */
  launch(options: ClusterOptions): Promise<Cluster>;
  /** Speaks to a cluster that runs already, by the addresses of its members for clients, where the system can. */
  attach?(addresses: readonly string[]): Promise<Cluster>;
}
