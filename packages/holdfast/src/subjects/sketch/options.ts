import type { Operation } from '@holdfast/check';
import type { Plain } from '@holdfast/plain';
import type { FailureModel, Host, LatencyModel, Rewrite } from '@holdfast/world';
import type { PatternVerdict } from '../patterns/running.ts';

/** What the nodes of a sketch say to each other: plain data with a type, which pictures show. */
export interface SketchMessage {
  readonly type: string;
  /** What it is about. */
  readonly key?: string;
  readonly [field: string]: Plain;
}

/** The same as it is heard: what is about nothing has an empty key. */
export type HeardMessage = SketchMessage & { readonly key: string };

/** One call of a client, as a node hears it; a repetition comes with the same `id` and a higher `attempt`. */
export interface SketchRequest {
  /** One for each operation of the run. */
  readonly id: number;
  /** From 1. */
  readonly attempt: number;
  readonly f: string;
  readonly key: string;
  readonly input: Plain;
}

/** What a node answers: `ok` with an output, or `fail` for good: it has not been done and will not be. */
export interface SketchAnswer {
  readonly outcome: 'ok' | 'fail';
  readonly output: Plain;
}

/** The node a program runs on. Times are milliseconds, simulated. */
export interface SketchNode {
  /** Its place in `nodes`, from 0. */
  readonly index: number;
  readonly name: string;
  /** What survives a crash, as if every write were synced at once. */
  readonly kept: Record<string, unknown>;
  /** `bytes` matters where a link is narrow; 256 when left out. */
  send(to: number, message: SketchMessage, bytes?: number): void;
  /** Calls `timer(name)` after so long by the monotonic clock; setting it again puts it off. */
  timer(name: string, ms: number): void;
  stop(name: string): void;
  /** What the wall clock shows: it may jump. */
  wallMs(): number;
  /** What the monotonic clock shows: it never goes back. */
  upMs(): number;
  draw(among: number, label: string): number;
  /** What pictures show of the node's state. */
  show(view: Readonly<Record<string, Plain>>): void;
  /** Something done to the world outside, which nothing undoes: parcels, money. The judge sees it. */
  effect(what: string, key: string, data?: Plain): void;
}

/** The program of a node. What it does not keep is gone after a crash. */
export interface SketchProgram {
  request?(request: SketchRequest, answer: (answer: SketchAnswer) => void): void;
  message?(from: number, message: HeardMessage): void;
  timer?(name: string): void;
  /** The other end refuses the connection. */
  refused?(to: number, message: SketchMessage): void;
}

/** Something that was done to the world outside. */
export interface SketchEffect {
  readonly atUs: number;
  readonly node: number;
  readonly what: string;
  readonly key: string;
  readonly data: Plain;
  /** Its event in the trace. */
  readonly event: number;
}

/** What is known once a run has ended. */
export interface SketchRun {
  readonly operations: readonly Operation[];
  readonly effects: readonly SketchEffect[];
  /** What each node kept. */
  readonly kept: readonly Readonly<Record<string, unknown>>[];
  /** What nodes sent to each other. */
  readonly messages: number;
  readonly bytes: number;
  /** Attempts of clients, repetitions included. */
  readonly attempts: number;
  readonly healAtUs: number;
}

/** How clients of a sketch ask. */
export interface SketchClients {
  /** Nodes a client asks in turn, by their names: the first at first, the next after each silence. Default: the first node. */
  readonly entry?: (client: number) => readonly string[];
  /** Silence after which an attempt is given up, ms. */
  readonly timeoutMs: number;
  /** Attempts in all; after the last the outcome is unknown. Default 1. */
  readonly attempts?: number;
}

/** A small system in a few lines: nodes with programs of their own, clients, and what is promised. */
export interface SketchOptions {
  readonly name: string;
  readonly nodes: readonly string[];
  readonly operations: readonly string[];
  readonly survives: readonly FailureModel[];
  readonly clients: SketchClients;
  readonly program: (node: SketchNode) => SketchProgram;
  /** Programs that an `upgrade` fault puts on a node, by version. */
  readonly versions?: Readonly<Record<string, (node: SketchNode) => SketchProgram>>;
  readonly promises: readonly string[];
  /** One verdict per promise, in their order. */
  readonly judge: (run: SketchRun) => readonly PatternVerdict[];
  readonly metrics?: (run: SketchRun) => Readonly<Record<string, number>>;
  /** Time on the way. Default: 0.2 to 1 ms. */
  readonly latency?: LatencyModel;
  readonly lies?: Readonly<Record<string, (host: Host) => Rewrite>>;
}
