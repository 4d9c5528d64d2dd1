import type { StoreToken } from '@holdfast/protocols';
import type { HostId } from '@holdfast/world';

/** What moved a core at its process: the only things a core can react to. */
export type Input =
  | {
      readonly kind: 'message';
      readonly from: HostId;
      readonly channel: number;
      readonly payload: unknown;
      /** Numbers deliveries to one process; the record of what it did says which one it was. */
      readonly delivery: number;
    }
  | { readonly kind: 'timer'; readonly timer: string }
  | { readonly kind: 'stored'; readonly token: StoreToken };

/** What a core was told while it handled one input, and what it did, as a number. */
export interface Taped {
  /** Answers to its choices, in order. */
  readonly choices: readonly number[];
  /** Tokens of its stores, in order. */
  readonly tokens: readonly StoreToken[];
  /** Hash of its effects, in order. */
  readonly effects: number;
}

/** What a process tells the one that started it; a step always before the sends that follow from it. */
export type Told =
  | { readonly told: 'booted'; readonly records: Readonly<Record<string, unknown>>; readonly tape: Taped }
  | { readonly told: 'step'; readonly input: Input; readonly tape: Taped }
  | {
      readonly told: 'send';
      readonly to: HostId;
      readonly channel: number;
      readonly payload: unknown;
    };

/** What a process is told: a message that has arrived, or the conditions it works under. */
export type Said = Extract<Input, { kind: 'message' }> | ({ readonly kind: 'conditions' } & Conditions);

/** What a fault makes of a machine, short of killing or stopping its process. */
export interface Conditions {
  /** How much too fast its clocks run, parts per million. */
  readonly driftPpm: number;
  /** What each event costs its processor, microseconds. */
  readonly cpuUsPerEvent: number;
  /** How long a sync takes beyond what it takes, milliseconds. */
  readonly syncDelayMs: number;
}

/** How a process is started: plain data, given as its one argument. */
export interface ProcessOrder {
  readonly experiment: unknown;
  readonly node: HostId;
  readonly nodes: number;
  readonly seed: number;
  readonly folder: string;
  readonly port: number;
  /** Names the process to the one that started it, on a port that others might find. */
  readonly secret: string;
}

/** A message longer than this never fits a protocol: what arrives is not from a process of ours. */
const MAX_LINE = 64 * 2 ** 20;

/** Cuts what arrives on a socket into lines of JSON. */
export class LineReader<T> {
  private rest = '';
  private readonly hear: (value: T) => void;

  constructor(hear: (value: T) => void) {
    this.hear = hear;
  }

  take(text: string): void {
    const parts = (this.rest + text).split('\n');
    this.rest = parts.pop() ?? '';
    if (this.rest.length > MAX_LINE)
      throw new RangeError(`Cannot read a line of more than ${MAX_LINE} characters from a process`);
    for (const part of parts) this.hear(JSON.parse(part) as T);
  }
}

/** Writes values as lines that `LineReader` reads: all of one turn of the event loop at once, in order. */
export class LineWriter {
  private text = '';
  private readonly write: (text: string) => void;

  constructor(write: (text: string) => void) {
    this.write = write;
  }

  put(value: object): void {
    if (this.text === '') queueMicrotask(() => this.flush());
    this.text += `${JSON.stringify(value)}\n`;
  }

  private flush(): void {
    const { text } = this;
    this.text = '';
    this.write(text);
  }
}
