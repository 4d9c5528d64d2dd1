import type { Authority, Operation, Verdict } from '@holdfast/check';
import type { Plain } from '@holdfast/plain';
import type { BootProgram, FailureModel, Host, HostId, LinkPolicy, Rewrite, World } from '@holdfast/world';
import type { BootCore } from '../simulate/coreProgram.ts';
import type { ExploredSubject } from './explored.ts';

/** How one operation of a client ended. */
export type OperationEnd =
  | { readonly outcome: 'ok'; readonly output: Plain }
  | { readonly outcome: 'fail' | 'unknown'; readonly output: Plain };

/** One operation as a client issues it. */
export interface Call {
  /** The logical process it belongs to; a process has at most one operation open, so (process, sequence) names it for all time. */
  readonly process: number;
  readonly sequence: number;
  readonly f: string;
  readonly key: string;
  readonly input: Plain;
}

/** What a subject is given to set itself up in one world. */
export interface SubjectContext {
  readonly world: World;
  /** Hosts 0..servers-1 are the servers, the rest clients. */
  readonly servers: readonly HostId[];
  readonly clients: readonly HostId[];
  /** Simulated time at which everything heals and the liveness phase starts. */
  readonly healAtUs: number;
  /** Puts a core on a host. Default: it runs in this world alone. */
  readonly boot?: BootCore;
}

/** A client that asked something, and the stretch of simulated time in which it waited. */
export interface Asked {
  readonly client: HostId;
  readonly fromUs: number;
  readonly untilUs: number;
  /** The servers on its side of a partition that lasted all that time; all others could exchange nothing with any of them. */
  readonly side: readonly HostId[];
}

/** A subject running in one world. */
export interface RunningSubject {
  /** Has the client host issue an operation; `done` is called once, at the instant the client knows. */
  issue(client: HostId, call: Call, done: (end: OperationEnd) => void): void;
  /** Who a role name such as `leader` stands for now. */
  resolve(role: string): HostId | undefined;
  /** Versions its servers can be upgraded to, by the names that `upgrade` faults use. */
  readonly versions?: Readonly<Record<string, BootProgram>>;
  /** Called when everything has healed. */
  healed(): void;
  /** Called when the run has ended, with the operations as clients saw them. */
  verdicts(operations: readonly Operation[]): Verdict[];
  /** Whether a monitor has seen this promise broken, or any when none is named: lets a run that looks for it stop early. Cheap. */
  isViolated(promise?: string): boolean;
  /**
   * Whether the servers on a client's side of a partition had the authority to decide, as the subject's own rules have it: `without`
   * only when they had none all the time it waited. Asked when the run has ended; absent where the subject does not tell, and then an
   * operation that promises to reject during a partition is judged by what it answered alone.
   */
  authority?(asked: Asked): Authority;
  /** Measured quantities by name; S3.15 to S3.20 and the subject's own. */
  metrics(): Record<string, number>;
}

/** A system under test. Everything here is known before any run. */
export interface Subject {
  readonly name: string;
  /** Server names, in order. */
  readonly nodes: readonly string[];
  /** What it claims to survive; faults outside are refused. */
  readonly failureModels: readonly FailureModel[];
  /** Operations it offers. */
  readonly operations: readonly string[];
  /** The promises its monitors judge, beside the contract. */
  readonly promises: readonly string[];
  /** Links between all hosts when nothing is wrong. */
  readonly link: LinkPolicy;
  /** Short names of messages, for pictures. */
  readonly messageLabel: (payload: unknown) => string;
  /** Size of a message in bytes, where links can be narrow. Default: 256 for every message. */
  readonly sizeOf?: (payload: unknown) => number;
  /** What the clock that its servers' timers follow does while a host is suspended. Default `stops`. */
  readonly onSuspend?: 'stops' | 'continues';
  /** Lies its servers can tell when Byzantine. */
  readonly lies?: Readonly<Record<string, (host: Host) => Rewrite>>;
  /** The subject as exploration takes it, with so many servers; absent, or undefined for a size, where it cannot be. */
  explored?(nodes: number): ExploredSubject | undefined;
  /** The same subject with fewer servers, for shrinking; undefined when it cannot be that small. */
  resized?(nodes: number): Subject | undefined;
  /** Starts every server and client in the world. */
  start(context: SubjectContext): RunningSubject;
}
