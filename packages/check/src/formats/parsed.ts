import type { Plain } from '@holdfast/plain';
import type { History } from '../history/operation.ts';
import type { OperationSink } from '../history/sink.ts';

/** Something the history says that no client did: a fault injected by a nemesis, a note of the test. */
export interface Annotation {
  /** In the unit of the history's times. */
  readonly at: number;
  /** Who: `nemesis`. */
  readonly process: string;
  /** What: `start-partition`, `kill`. */
  readonly f: string;
  readonly type: 'invoke' | 'ok' | 'fail' | 'info';
  readonly value: Plain;
  /** Line of the source, from 1. */
  readonly line: number;
}

/** What a reader of a format hands back. */
export interface Parsed {
  readonly history: History;
  readonly annotations: readonly Annotation[];
  /** What a person should know: operations left open, fields not kept. Empty when there is nothing to say. */
  readonly warnings: readonly string[];
}

/** What a reader may be told. */
export interface FormatOptions {
  /**
   * Whether operation values are `[key value]` pairs of jepsen.independent. `auto` (the default): yes when every value of
   * every client operation is such a pair and at least one read asks `[key nil]`.
   */
  readonly independent?: 'auto' | 'yes' | 'no';
}

/** What the source said of its times. */
export interface TimeShape {
  readonly timeUnit: History['timeUnit'];
  readonly order: 'real-time' | 'session';
  /** When the observation ended, where the source says. */
  readonly endedAt?: number;
}

/** Where a reader puts what it reads. */
export interface ReadTarget {
  readonly sink: OperationSink;
  readonly annotations: Annotation[];
  readonly warnings: Warnings;
}

/** A reader fed with text in pieces cut anywhere. */
export interface StreamReader {
  push(chunk: string): void;
  /** The text has ended. Throws `HistoryFormatError` when it ended too early. */
  finish(): TimeShape;
}

/** Collects warnings; the same warning again only raises its count. */
export class Warnings {
  private readonly counts = new Map<string, number>();

  /** `text` must make sense with "(n times)" behind it. */
  add(text: string): void {
    this.counts.set(text, (this.counts.get(text) ?? 0) + 1);
  }

  list(): string[] {
    return [...this.counts].map(([text, count]) => (count === 1 ? text : `${text} (${count} times)`));
  }
}
