import { type History, HistoryBuilder, type Outcome } from '@holdfast/check';
import type { Plain } from '@holdfast/plain';
import { nowUs } from '../time.ts';

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
  private nextProcess = 0;
  private readonly startUs = nowUs();
  /** Finished operations in the order of their ends. */
  readonly recorded: Recorded[] = [];

  /** Time since the recording began. */
  nowUs(): number {
    return nowUs() - this.startUs;
  }

  /** Performs an action for a client and writes down both its ends. `perform` must not reject. */
  async record(
    client: string,
    member: { readonly name: string; readonly index: number },
    action: Action,
    perform: () => Promise<Answer>,
  ): Promise<Recorded> {
    const invokedAt = this.nowUs();
    const place = { node: member.index, ...(action.key === undefined ? {} : { key: action.key }) };
    const id = this.builder.invoke(this.processOf(client), action.f, action.input, invokedAt, place);
    this.modes[id] = action.mode;
    const answer = await perform();
    const completedAt = this.nowUs();
    this.builder.complete(id, answer.outcome, answer.output, completedAt);
    if (answer.outcome === 'unknown') this.processes.delete(client);
    const recorded = { id, action, member: member.name, answer, invokedAt, completedAt };
    this.recorded.push(recorded);
    return recorded;
  }

  /** How many operations were begun. */
  get size(): number {
    return this.builder.size;
  }

  /** Ends the recording. */
  finish(): RecordedHistory {
    return { history: this.builder.finish(this.nowUs()), modes: this.modes };
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
  const { history, modes } = recording;
  const kept = history.operations.filter(({ id, f, key }) => {
    const mode = modes[id];
    if (selection.modes !== undefined && mode !== undefined && !selection.modes.includes(mode)) return false;
    if (selection.fs !== undefined && !selection.fs.includes(f)) return false;
    return selection.keyPrefix === undefined || (key ?? '').startsWith(selection.keyPrefix);
  });
  return { ...history, operations: kept.map((operation, id) => ({ ...operation, id })) };
}
