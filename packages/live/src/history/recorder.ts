import { type History, HistoryBuilder, type Operation, type Outcome } from '@holdfast/check';
import type { Plain } from '@holdfast/plain';
import { type Clock, REAL_CLOCK } from '../time.ts';

/** What is asked of a cluster, and how. */
export interface Action {
  /** `read`, `write`, `cas`, ... as the models name them. */
  readonly f: string;
  readonly key?: string | undefined;
  readonly input: Plain;
  /** How to read: `linearizable` unless told otherwise; what else there is depends on the system. */
  readonly mode?: string | undefined;
}

/** How it ended. `unknown` whenever it may have had an effect and nobody says whether. */
export interface Answer {
  readonly outcome: Outcome;
  /** The result when `ok`, else an error text. */
  readonly output: Plain;
  /** What else the server said: a revision, a version. Not part of the history. */
  readonly detail?: Plain;
}

/** A finished operation with where and how it was asked. */
export interface Recorded {
  readonly id: number;
  readonly action: Action;
  readonly client: string;
  readonly member: string;
  readonly answer: Answer;
  readonly invokedAt: number;
  readonly completedAt: number;
}

/**
 * Records what clients see while it happens. A logical process whose operation ended unknown never works again: its client goes on under
 * a fresh number, so the open operation stays open.
 */
export class Recorder {
  private readonly builder = new HistoryBuilder('us');
  private readonly processes = new Map<string, number>();
  private readonly modes: (string | undefined)[] = [];
  private readonly clients: string[] = [];
  private readonly givenUpAt: Record<number, number> = {};
  private nextProcess = 0;
  private lastCompletedAt = -1;
  /** The time it records by. */
  readonly clock: Clock;
  /** When the recording began, by its clock. */
  readonly startUs: number;
  /** Finished operations in the order of their ends. */
  readonly recorded: Recorded[] = [];

  constructor(clock: Clock = REAL_CLOCK) {
    this.clock = clock;
    this.startUs = clock.nowUs();
  }

  /** Time since the recording began. */
  nowUs(): number {
    return this.clock.nowUs() - this.startUs;
  }

  /** Performs an action for a client and writes down both its ends. `perform` must not reject. */
  async record(
    client: string,
    member: { readonly name: string; readonly index: number },
    action: Action,
    perform: () => Promise<Answer>,
  ): Promise<Recorded> {
    // What is asked after an answer was seen comes after it, also where both fall into one microsecond.
    const invokedAt = Math.max(this.nowUs(), this.lastCompletedAt + 1);
    const place = { node: member.index, ...(action.key === undefined ? {} : { key: action.key }) };
    const id = this.builder.invoke(this.processOf(client), action.f, action.input, invokedAt, place);
    this.modes[id] = action.mode;
    this.clients[id] = client;
    const answer = await perform();
    const completedAt = Math.max(this.nowUs(), invokedAt);
    this.lastCompletedAt = Math.max(this.lastCompletedAt, completedAt);
    this.builder.complete(id, answer.outcome, answer.output, completedAt);
    if (answer.outcome === 'unknown') {
      this.processes.delete(client);
      this.givenUpAt[id] = completedAt;
    }
    const recorded = { id, action, client, member: member.name, answer, invokedAt, completedAt };
    this.recorded.push(recorded);
    return recorded;
  }

  /** How many operations were begun. */
  get size(): number {
    return this.builder.size;
  }

  /** Ends the recording. */
  finish(): RecordedHistory {
    const { modes, clients, givenUpAt } = this;
    return {
      history: this.builder.finish(Math.max(this.nowUs(), this.lastCompletedAt)),
      modes,
      clients,
      givenUpAt,
    };
  }

  private processOf(client: string): number {
    let process = this.processes.get(client);
    if (process === undefined) {
      process = this.nextProcess++;
      this.processes.set(client, process);
    }
    return process;
  }
}

/** A history and, by operation, how each was asked. */
export interface RecordedHistory {
  readonly history: History;
  readonly modes: readonly (string | undefined)[];
  /** Who asked. */
  readonly clients: readonly string[];
  /** By operations that ended unknown: when their clients gave up, microseconds. */
  readonly givenUpAt: Readonly<Record<number, number>>;
}

/** Which operations of a recording to judge. */
export interface Selection {
  /** Reads in one of these modes, and everything that is not a read; all when absent. */
  readonly modes?: readonly string[] | undefined;
  /** Operations of these names; all when absent. */
  readonly fs?: readonly string[] | undefined;
  /** Only keys that begin like this. */
  readonly keyPrefix?: string | undefined;
}

/** A part of a recording as a history of its own, ids dense again. */
export function selected(recording: RecordedHistory, selection: Selection): History {
  const kept = keptBy(recording, selection);
  return { ...recording.history, operations: kept.map((operation, id) => ({ ...operation, id })) };
}

/** The operations a selection keeps, as they stand in the whole recording: by the id each has in `selected`. */
export function keptBy(recording: RecordedHistory, selection: Selection): readonly Operation[] {
  const { history, modes } = recording;
  return history.operations.filter(({ id, f, key }) => {
    const mode = modes[id];
    if (selection.modes !== undefined && mode !== undefined && !selection.modes.includes(mode)) return false;
    if (selection.fs !== undefined && !selection.fs.includes(f)) return false;
    return selection.keyPrefix === undefined || (key ?? '').startsWith(selection.keyPrefix);
  });
}
