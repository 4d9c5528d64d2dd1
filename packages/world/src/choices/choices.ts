import { Moment, type Shift } from './moment.ts';
import { Stream } from './stream.ts';

/** One decision, as recorded: which stream, what for, the answer, and how many answers there were. */
export interface ChoiceRecord {
  readonly stream: string;
  readonly label: string;
  readonly value: number;
  readonly among: number;
}

/** What replaces the seed's answers in chosen streams; plain data, small, part of a run's evidence. */
export interface ChoiceEdits {
  /** Streams whose first answers are given. */
  readonly scripts?: Readonly<Record<string, readonly number[]>>;
  /** Streams whose every answer from a position on is 0, the calmest. A name ending in `*` covers all streams it prefixes. */
  readonly calm?: Readonly<Record<string, number>>;
  /** Instants that an edit has moved, in ascending order: what comes after them keeps the luck it had. */
  readonly shifts?: readonly Shift[];
}

/** Where the answers of a run come from. */
export interface ChoicesOptions {
  /** Any whole number from 0 to 2^53 - 1. */
  readonly seed: number;
  readonly edits?: ChoiceEdits | undefined;
  /** Called for every decision, in order; for recording. */
  readonly onChoice?: ((choice: ChoiceRecord) => void) | undefined;
}

/** Thrown for a seed that is not a whole number in range. */
export class BadSeedError extends RangeError {
  readonly code = 'BAD_SEED';
  constructor(seed: number) {
    super(
      `Cannot start a run as its seed must be a whole number from 0 to 2^53 - 1: current value is ${seed}`,
    );
    this.name = 'BadSeedError';
  }
}

/**
 * All random decisions of one run. Each consumer has its own named stream, so one consumer's draws never shift
 * another's: `host/3`, `link/1-2`, `faults`, `workload`.
 */
export class Choices {
  readonly seed: number;
  /** When choices are made; whoever keeps the time moves it. */
  readonly moment: Moment;
  private readonly streams = new Map<string, Stream>();
  private readonly edits: ChoiceEdits | undefined;
  private readonly sink: ((name: string, label: string, value: number, among: number) => void) | undefined;

  constructor(options: ChoicesOptions) {
    if (!Number.isSafeInteger(options.seed) || options.seed < 0) throw new BadSeedError(options.seed);
    this.seed = options.seed;
    this.edits = options.edits;
    this.moment = new Moment(options.edits?.shifts);
    const { onChoice } = options;
    if (onChoice !== undefined) {
      this.sink = (stream, label, value, among) => onChoice({ stream, label, value, among });
    }
  }

  /** The stream of this name; the same object every time. */
  stream(name: string): Stream {
    let stream = this.streams.get(name);
    if (stream === undefined) {
      stream = new Stream(name, this.seed, this.sink, this.moment);
      this.applyEdits(stream);
      this.streams.set(name, stream);
    }
    return stream;
  }

  /** How many choices each stream has answered, by name, in order of first use. */
  positions(): Record<string, number> {
    const result: Record<string, number> = {};
    for (const [name, stream] of this.streams) result[name] = stream.position;
    return result;
  }

  private applyEdits(stream: Stream): void {
    const script = this.edits?.scripts?.[stream.name];
    if (script !== undefined) stream.replay(script);
    for (const [pattern, from] of Object.entries(this.edits?.calm ?? {})) {
      const covers = pattern.endsWith('*')
        ? stream.name.startsWith(pattern.slice(0, -1))
        : stream.name === pattern;
      if (covers) stream.calm(from);
    }
  }
}
