import { hashPlain, mix } from '@holdfast/plain';
import type { Core, NodeId, RecordWrite, RequestId, StoreToken } from '@holdfast/protocols';
import type { Host } from '@holdfast/world';
import { CoreProgram, type CoreProgramOptions } from '../../simulate/coreProgram.ts';
import type { Taped } from './frames.ts';

/** Where the answers a core is given come from, and where they and its effects are written down. */
export interface Tape {
  choice(draw: () => number): number;
  token(draw: () => StoreToken): StoreToken;
  effect(hash: number): void;
}

/** How a taped core is wired. */
export interface TapedOptions<R> extends CoreProgramOptions<R> {
  readonly tape: Tape;
}

/** Writes down what a core is told and does, one input at a time. */
export class RecordingTape implements Tape {
  private choices: number[] = [];
  private tokens: StoreToken[] = [];
  private effects = 0;

  choice(draw: () => number): number {
    const answer = draw();
    this.choices.push(answer);
    return answer;
  }

  token(draw: () => StoreToken): StoreToken {
    const token = draw();
    this.tokens.push(token);
    return token;
  }

  effect(hash: number): void {
    this.effects = mix(this.effects, hash);
  }

  /** What was written down since the last cut. */
  cut(): Taped {
    const { choices, tokens, effects } = this;
    [this.choices, this.tokens, this.effects] = [[], [], 0];
    return { choices, tokens, effects: effects >>> 0 };
  }
}

/** A core on a host whose answers and effects pass a tape. */
export class TapedCore<S, M, C, R> extends CoreProgram<S, M, C, R> {
  declare protected readonly options: TapedOptions<R>;

  constructor(
    core: Core<S, M, C, R>,
    host: Host,
    options: TapedOptions<R>,
    records: Readonly<Record<string, unknown>>,
  ) {
    super(core, host, options, records);
  }

  override send(to: NodeId, message: M, after: StoreToken = 0): void {
    this.did(['send', to, message, after]);
    super.send(to, message, after);
  }

  override store(writes: readonly RecordWrite[]): StoreToken {
    this.did(['store', writes]);
    return this.options.tape.token(() => super.store(writes));
  }

  override setTimer(timer: string, minMs: number, maxMs: number = minMs): void {
    this.did(['timer', timer, minMs, maxMs]);
    this.arm(timer, minMs, maxMs);
  }

  protected arm(timer: string, minMs: number, maxMs: number): void {
    super.setTimer(timer, minMs, maxMs);
  }

  override reply(id: RequestId, result: R, after: StoreToken = 0): void {
    this.did(['reply', id, result, after]);
    super.reply(id, result, after);
  }

  override choose(label: string, among: number): number {
    return this.options.tape.choice(() => super.choose(label, among));
  }

  private did(effect: readonly unknown[]): void {
    this.options.tape.effect(hashPlain(effect));
  }
}
