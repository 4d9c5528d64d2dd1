import type { Core, RecordWrite, StoreToken } from '@holdfast/protocols';
import type { Host, HostId, Program } from '@holdfast/world';
import type { Input, Told } from './frames.ts';
import type { RecordFile } from './recordFile.ts';
import { type RecordingTape, TapedCore, type TapedOptions } from './tapedCore.ts';

/** What a core in a process of its own works with. */
export interface LiveOptions<R> extends TapedOptions<R> {
  readonly tape: RecordingTape;
  readonly file: RecordFile;
  /** A sync takes this much longer than it takes. */
  readonly syncDelayMs: () => number;
  /** Tells the process that started this one. In order, and before anything that follows from it. */
  readonly tell: (told: Told) => void;
  /** Something was put into the world from outside of its loop. */
  readonly wake: () => void;
  /** The disk cannot: nobody knows what is durable. */
  readonly diskFailed: (error: unknown) => void;
}

/** A core in a process of its own: real time, real disk; what moves it is told before what it does leaves the process. */
export class LiveCore<S, M, C, R> extends TapedCore<S, M, C, R> {
  declare protected readonly options: LiveOptions<R>;

  constructor(core: Core<S, M, C, R>, host: Host, options: LiveOptions<R>) {
    super(core, host, options, options.file.records);
    options.tell({ told: 'booted', records: options.file.records, tape: options.tape.cut() });
  }

  /** A message has arrived; `delivery` is how the sender's side numbers it. */
  receive(input: Extract<Input, { kind: 'message' }>): void {
    super.onMessage(input.from, input.payload, input.channel);
    this.stepped(input);
  }

  override onMessage(from: HostId, payload: unknown, channel: number): void {
    this.receive({ kind: 'message', from, channel, payload, delivery: 0 });
  }

  override onTimer(timer: unknown): void {
    super.onTimer(timer);
    this.stepped({ kind: 'timer', timer: timer as string });
  }

  override store(writes: readonly RecordWrite[]): StoreToken {
    const token = super.store(writes);
    this.options.file.append(writes);
    return token;
  }

  protected override becameDurable(token: StoreToken): void {
    super.becameDurable(token);
    this.stepped({ kind: 'stored', token });
  }

  protected override flush(done: () => void): void {
    const { host } = this;
    const { file, syncDelayMs, wake, diskFailed } = this.options;
    const then = (work: Promise<void>, delayMs: number, label: string, next: () => void): void => {
      work.then(() => {
        host.after(delayMs * 1_000, label, next);
        wake();
      }, diskFailed);
    };
    // What the same event still stores belongs to this sync: it begins once the event is over.
    host.after(0, 'write', () =>
      then(file.write(), syncDelayMs(), 'written', () => then(file.sync(), 0, 'sync', done)),
    );
  }

  private stepped(input: Input): void {
    this.options.tell({ told: 'step', input, tape: this.options.tape.cut() });
  }
}

/** Another host, as seen from a process: what is sent there leaves by `tell`. */
export class Away implements Program {
  private readonly to: HostId;
  private readonly own: HostId;
  private readonly tell: (told: Told) => void;

  constructor(to: HostId, own: HostId, tell: (told: Told) => void) {
    this.to = to;
    this.own = own;
    this.tell = tell;
  }

  onMessage(from: HostId, payload: unknown, channel: number): void {
    if (from === this.own) this.tell({ told: 'send', to: this.to, channel, payload });
  }

  onTimer(): void {
    // Nobody sets one.
  }
}
