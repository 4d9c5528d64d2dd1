import type { Plain } from '@holdfast/plain';
import type { Core, NodeId } from '../core/core.ts';

/** One operation of a client of the group, as the history names it. */
export interface LabCall {
  /** The logical process, from 0: it has at most one operation open, so (process, sequence) names the operation for all time. */
  readonly process: number;
  /** From 1, per process. */
  readonly sequence: number;
  readonly f: string;
  readonly key: string;
  readonly input: Plain;
}

/** What a node's answer means for the operation of a client. */
export type LabAnswer =
  | { readonly kind: 'done'; readonly output: Plain }
  /** The group refuses for good: neither this call nor a copy of it that comes later changes anything. */
  | { readonly kind: 'refused'; readonly why: string }
  /** This node did nothing; `node` says whom to ask instead, 0 when it does not know. */
  | { readonly kind: 'redirect'; readonly node: NodeId }
  /** It may have had an effect; `why` is what a client is told when it gives up. */
  | { readonly kind: 'unclear'; readonly why?: string };

/** Draws for the inputs of operations: the driver's choices. */
export interface LabDraw {
  /** A number that no other operation of the run gets, from 1. */
  unique(): number;
  /** The number `unique` gave last for this key; 0 at first. */
  readonly latest: number;
  /** One of 0..among-1. */
  below(among: number, label: string): number;
}

/** A kind of operation that clients of the group ask for. */
export interface LabOperation {
  readonly f: string;
  /** How often it is asked for, beside the others. */
  readonly weight: number;
  /** What it is asked with; null unless told otherwise. */
  readonly input?: (draw: LabDraw) => Plain;
  /** Whether histories of it are judged by the lab's model, or only counted. */
  readonly judged: boolean;
  /** Asked once more of every key by every client when everything has healed: a final read. */
  readonly atTheEnd?: boolean;
}

/** A promise seen broken. */
export interface Breach {
  readonly promise: string;
  readonly node: NodeId;
  /** One sentence naming nodes, ballots or views, and values. */
  readonly reason: string;
}

/** Watches all nodes of one group from outside. It sees everything and changes nothing. */
export interface LabMonitor<S, C, R> {
  /** Promises broken so far; only grows. */
  readonly breaches: readonly Breach[];
  /** How often each promise was examined: a promise never examined is said to be so, not to hold silently. */
  examined(promise: string): number;
  /** A node was handed a command, for the first time or again. */
  requested?(node: NodeId, command: C, call: LabCall): void;
  /** A node has an event behind it: its state may have changed. */
  observe?(node: NodeId, state: S): void;
  noted?(node: NodeId, kind: string, data: unknown): void;
  /** A node answers a command. */
  answered?(node: NodeId, command: C, result: R): void;
  /** A node starts, for the first time or again. */
  started?(node: NodeId): void;
  /** The host of a node lies from now on: its words bind nobody. */
  lies?(node: NodeId): void;
  /**
   * All it remembers between two events, when that is not in fields of its own: objects that a driver may look into and fill again, and the
   * classes of those in lists and maps. Counts of what was examined are fields called `examined`.
   */
  readonly memory?: {
    readonly parts: object;
    readonly classes?: readonly { readonly name: string; readonly prototype: object }[];
  };
  /** The run has ended: the states of the nodes that are up. */
  ended?(states: ReadonlyMap<NodeId, S>): void;
}

/** How clients of the group behave. */
export type LabClients =
  /**
   * Each asks one node at a time and follows redirects. Where the group removes duplicates (`retries`), unclear attempts are repeated within
   * a budget and the network may copy calls; where it does not, an operation is asked for once, over a connection that never copies.
   */
  | { readonly kind: 'one-at-a-time'; readonly retries: boolean; readonly attemptTimeoutMs?: number }
  /** Each asks all nodes and believes what `equal` of them answer alike (Castro and Liskov 1999, section 4.1). */
  | { readonly kind: 'matching'; readonly equal: number };

/** What goes wrong, beside the lab's usual faults: plain data, read by the drivers. */
export type LabTrouble =
  | {
      readonly kind: 'steady';
      readonly fault: 'loss' | 'duplicate' | 'reorder' | 'slow-disks' | 'power-failures';
      readonly probability?: number;
      readonly holdMs?: number;
      readonly factor?: number;
    }
  | {
      readonly kind: 'storm';
      readonly fault: 'crash' | 'pause' | 'suspend' | 'isolate' | 'disk-slow' | 'slow-link';
      readonly on: 'any' | 'leader' | 'all';
      readonly everyMs: readonly [number, number];
      readonly forMs: readonly [number, number];
      readonly factor?: number;
    }
  | { readonly kind: 'swarm'; readonly classes: readonly LabSwarmClass[] }
  /** Every node's clock runs at a rate of its own, up to this many parts per million fast or slow. */
  | { readonly kind: 'drift'; readonly ppm: number }
  /** The nodes lie from the start of the fault phase: names of the lab's `lies`. */
  | { readonly kind: 'lies'; readonly nodes: readonly NodeId[]; readonly lie: string };

/** Classes of fault that a swarm draws from. */
export type LabSwarmClass =
  | 'crashes'
  | 'pauses'
  | 'loss'
  | 'duplication'
  | 'reordering'
  | 'slowLinks'
  | 'clockSkew'
  | 'partitions'
  | 'slowDisks'
  | 'outages'
  | 'lostWrites'
  | 'slowProcessors';

/** Where a lie is told, and its choices. */
export interface LieContext {
  readonly self: NodeId;
  readonly to: NodeId;
  /** What the liar keeps in mind for this lie, its own to change; empty at first. */
  readonly memory: Record<string, unknown>;
  /** One of 0..among-1. */
  choose(label: string, among: number): number;
}

/** How a Byzantine node lies. */
export interface LabLie<M, R> {
  /** One line for people: `tells half of the nodes another value`. */
  readonly about: string;
  /** What it sends in place of one message: nothing, one, or several. */
  say(message: M, context: LieContext): readonly M[];
  /** What it answers a client in place of one result; the truth when it is left out. */
  answer?(result: R, context: LieContext): readonly R[];
}

/** One make of a protocol: the correct one or a broken twin, of one size, with some options set. */
export interface LabVariant {
  readonly nodes: readonly NodeId[];
  /** A broken twin, by name; the correct protocol when undefined. */
  readonly defect: string | undefined;
  /** Options of the protocol that a setting asks for, by their own names. */
  readonly options: Readonly<Record<string, number | boolean | string>>;
}

/** A way to break the protocol on purpose, and the setting in which it shows. The correct protocol must hold in that setting. */
export interface LabDefect {
  readonly name: string;
  /** One line for people: `votes twice after a crash`. */
  readonly about: string;
  /** The promise that must be seen broken. `linearizability` and `liveness after healing` are judged from the history. */
  readonly breaks: string;
  /** Number of the real bug it stands for, in the catalogue of `docs/mutants.md`. */
  readonly catalogue?: number;
  /** Size of the group, in place of the lab's own. */
  readonly nodes?: readonly NodeId[];
  readonly options?: LabVariant['options'];
  /** Faults under which it shows, in place of the lab's own. */
  readonly troubles?: readonly LabTrouble[];
  /**
   * The defect is an assumption withdrawn, and the core the correct one: failure models it is run under beside those the protocol
   * survives. The control is the protocol where its assumption holds, under the lab's own faults.
   */
  readonly withdraws?: ProtocolLab['survives'];
  /** Operations a second, in place of the lab's own. */
  readonly ratePerSecond?: number;
  /** Length of a run, in place of the lab's own. */
  readonly simulatedSeconds?: number;
}

/**
 * A protocol as a laboratory takes it: what to run, what to ask of it, who watches, what may go wrong, and how it can be broken. Any driver
 * (simulator, sweep of mutants, live) runs any lab.
 */
export interface ProtocolLab<S = unknown, M = unknown, C = unknown, R = unknown> {
  /** Short name: `viewstamped`, `pbft`. */
  readonly name: string;
  /** One line for people. */
  readonly about: string;
  /** All nodes, 1..n. */
  readonly nodes: readonly NodeId[];
  /** The smallest group that still makes sense, for making runs small. Default: as many as `nodes`. */
  readonly fewestNodes?: number;
  core(variant: LabVariant): Core<S, M, C, R>;
  /** Watches one group of these nodes. */
  monitor(variant: LabVariant): LabMonitor<S, C, R>;
  /** Promises the monitor watches, in the order of reports. */
  readonly promises: readonly string[];
  readonly operations: readonly LabOperation[];
  /** Sequential model by which judged operations are checked for linearizability; null when none is judged. */
  readonly model: string | null;
  readonly clients: LabClients;
  command(call: LabCall): C;
  answer(result: R): LabAnswer;
  /** Whether a node believes to lead; names `leader` for faults. */
  leads?(state: S): boolean;
  /** What the clock that timers follow does while its host is suspended. Default `stops`, as Linux's CLOCK_MONOTONIC. */
  onSuspend?(variant: LabVariant): 'stops' | 'continues';
  /**
   * Its promises depend on how long timers last beside messages, as leases do: an exploration in which any timer may go off at any time would
   * accuse it wrongly. Default false.
   */
  readonly dependsOnDurations?: boolean;
  /** Failure models the protocol claims to survive, by the world's names. */
  readonly survives: readonly (
    | 'crash-stop'
    | 'crash-recovery'
    | 'unstable-storage'
    | 'omission'
    | 'timing'
    | 'byzantine'
  )[];
  /** Faults of a usual run. */
  readonly troubles: readonly LabTrouble[];
  readonly lies?: Readonly<Record<string, LabLie<M, R>>>;
  readonly load: {
    /** 0 when nobody asks anything. */
    readonly clients: number;
    readonly keys: number;
    readonly ratePerSecond: number;
  };
  readonly bounds: { readonly simulatedSeconds: number; readonly recoverWithinMs: number };
  /** Whether operations must succeed again once everything has healed. Default true. */
  readonly recovers?: boolean;
  readonly defects: readonly LabDefect[];
}
