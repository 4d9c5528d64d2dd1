import { mix } from '@holdfast/plain';
import type { Core, RecordWrite, StoreToken } from '@holdfast/protocols';
import type { Host, HostId } from '@holdfast/world';
import type { Input, Taped } from './frames.ts';
import { type Tape, TapedCore, type TapedOptions } from './tapedCore.ts';

/** A process did something its core, told the same, does not do. */
export class DivergedError extends Error {
  readonly code = 'DIVERGED';
  readonly host: string;
  constructor(host: string, step: number, what: string, difference: string) {
    super(
      `Cannot judge ${host} as each step of its process must be the step its core takes when it is told the same: step ${step}, ${what}, ` +
        `${difference}; look for a clock, a random number, something kept outside the state, or another version of the code`,
    );
    this.name = 'DivergedError';
    this.host = host;
  }
}

/** Gives a core the answers its process got, and compares its effects. */
export class ReplayingTape implements Tape {
  private given: Taped = { choices: [], tokens: [], effects: 0 };
  private choices = 0;
  private tokens = 0;
  private effects = 0;

  load(given: Taped): void {
    this.given = given;
    [this.choices, this.tokens, this.effects] = [0, 0, 0];
  }

  choice(): number {
    return this.given.choices[this.choices++] ?? 0;
  }

  token(draw: () => StoreToken): StoreToken {
    draw();
    return this.given.tokens[this.tokens++] ?? 0;
  }

  effect(hash: number): void {
    this.effects = mix(this.effects, hash);
  }

  /** How what was done differs from what the process did; undefined when it does not. */
  difference(): string | undefined {
    const { given } = this;
    if (this.choices !== given.choices.length)
      return `it chose ${given.choices.length} times and not ${this.choices}`;
    if (this.tokens !== given.tokens.length)
      return `it stored ${given.tokens.length} times and not ${this.tokens}`;
    return this.effects >>> 0 === given.effects ? undefined : 'it had other effects';
  }
}

/** How a mirror is wired. */
export interface MirrorOptions<R> extends TapedOptions<R> {
  readonly tape: ReplayingTape;
  readonly records: Readonly<Record<string, unknown>>;
  /** Hands the process what arrives for it. */
  readonly deliver: (from: HostId, payload: unknown, channel: number) => void;
}

/**
 * The state of a core that runs in another process, made again here by taking the same steps: what monitors look at. Nothing leaves it; what arrives is
 * handed on. It proves, too, that a step of the process is a step of the core.
 */
export class MirroredCore<S, M, C, R> extends TapedCore<S, M, C, R> {
  declare protected readonly options: MirrorOptions<R>;
  /** Steps taken so far, the start included. */
  steps = 0;
  private isFollowing = false;
  /** Tokens of the process that are not durable, and what the disk of the world calls them. Set while the core starts, before any field is. */
  declare private open: { readonly token: StoreToken; readonly ticket: number }[] | undefined;

  private constructor(core: Core<S, M, C, R>, host: Host, options: MirrorOptions<R>) {
    super(core, host, options, options.records);
  }

  /** The process has started. Throws `DivergedError` when its core starts otherwise. */
  static started<S, M, C, R>(
    core: Core<S, M, C, R>,
    host: Host,
    options: MirrorOptions<R>,
    given: Taped,
  ): MirroredCore<S, M, C, R> {
    options.tape.load(given);
    const mirror = silently(host, () => new MirroredCore(core, host, options));
    mirror.compare('its start');
    return mirror;
  }

  override onMessage(from: HostId, payload: unknown, channel: number): void {
    if (this.isFollowing) super.onMessage(from, payload, channel);
    else this.options.deliver(from, payload, channel);
  }

  /** The process took a step. Throws `DivergedError` when the core does not take it. */
  follow(input: Input, given: Taped): void {
    this.options.tape.load(given);
    this.isFollowing = true;
    silently(this.host, () => {
      if (input.kind === 'message') super.onMessage(input.from, input.payload, input.channel);
      else if (input.kind === 'timer') super.onTimer(input.timer);
      else this.becameDurable(input.token);
    });
    this.isFollowing = false;
    this.compare(input.kind === 'timer' ? `timer ${input.timer}` : input.kind);
  }

  override store(writes: readonly RecordWrite[]): StoreToken {
    const token = super.store(writes);
    this.open ??= [];
    this.open.push({ token, ticket: this.lastToken });
    this.lastToken = token;
    return token;
  }

  protected override becameDurable(token: StoreToken): void {
    const done = (this.open ?? []).findLast((store) => store.token <= token);
    if (done !== undefined) this.host.disk.complete(done.ticket);
    this.open = this.open?.filter((store) => store.token > token);
    super.becameDurable(token);
  }

  protected override arm(): void {
    // Timers run in the process.
  }

  override cancelTimer(): void {
    // As above.
  }

  protected override flush(): void {
    // The process says when a store is durable.
  }

  private compare(what: string): void {
    this.steps++;
    const difference = this.options.tape.difference();
    if (difference !== undefined) throw new DivergedError(this.host.name, this.steps, what, difference);
  }
}

/** What the process sends is sent when it says so, not when its mirror would. */
function silently<T>(host: Host, step: () => T): T {
  const { rewrite } = host;
  host.rewrite = () => [];
  try {
    return step();
  } finally {
    host.rewrite = rewrite;
  }
}
