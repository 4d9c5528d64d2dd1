import { equalPlain } from '@holdfast/plain';
import type { NodeId, Outbox, RecordWrite, RequestId, StoreToken } from '@holdfast/protocols';
import type { RecordedEffect } from './recording.ts';

/** The outbox of a step that is made again: compares what the core does with what was recorded. */
export class ReplayedOutbox<M, R> implements Outbox<M, R> {
  /** The first difference, in words. */
  problem: string | undefined;
  private effects: readonly RecordedEffect<M, R>[] = [];
  private next = 0;

  begin(effects: readonly RecordedEffect<M, R>[]): void {
    this.effects = effects;
    this.next = 0;
    this.problem = undefined;
  }

  /** After the step: everything recorded must have been done. */
  end(): void {
    const left = this.effects[this.next];
    if (left !== undefined)
      this.problem ??= `the core does not do what was recorded as its effect ${this.next + 1}: ${left.kind}`;
  }

  private expect<K extends RecordedEffect<M, R>['kind']>(
    kind: K,
    same: (effect: Extract<RecordedEffect<M, R>, { kind: K }>) => boolean,
    words: () => string,
  ): Extract<RecordedEffect<M, R>, { kind: K }> | undefined {
    const effect = this.effects[this.next];
    const position = ++this.next;
    if (effect?.kind === kind) {
      const found = effect as Extract<RecordedEffect<M, R>, { kind: K }>;
      if (same(found)) return found;
    }
    const instead =
      effect === undefined ? 'nothing more was recorded' : `recorded is ${JSON.stringify(effect)}`;
    this.problem ??= `as effect ${position} the core does ${words()}; ${instead}`;
    return undefined;
  }

  send(to: NodeId, message: M, after: StoreToken = 0): void {
    this.expect(
      'send',
      (effect) => effect.to === to && effect.after === after && equalPlain(effect.message, message),
      () => `send to N${to} ${JSON.stringify(message)}`,
    );
  }

  store(writes: readonly RecordWrite[]): StoreToken {
    const found = this.expect(
      'store',
      (effect) => equalPlain(effect.writes, writes),
      () => `store ${JSON.stringify(writes)}`,
    );
    return found?.token ?? 0;
  }

  setTimer(timer: string, minMs: number, maxMs: number = minMs): void {
    this.expect(
      'arm',
      (effect) => effect.timer === timer && effect.minMs === minMs && effect.maxMs === maxMs,
      () => `arm timer ${timer}`,
    );
  }

  cancelTimer(timer: string): void {
    this.expect(
      'cancel',
      (effect) => effect.timer === timer,
      () => `cancel timer ${timer}`,
    );
  }

  reply(id: RequestId, result: R, after: StoreToken = 0): void {
    this.expect(
      'reply',
      (effect) => effect.id === id && effect.after === after && equalPlain(effect.result, result),
      () => `answer request ${id} with ${JSON.stringify(result)}`,
    );
  }

  choose(label: string, among: number): number {
    const found = this.expect(
      'choose',
      (effect) => effect.label === label && effect.among === among && effect.answer < among,
      () => `choose ${label} among ${among}`,
    );
    return found?.answer ?? 0;
  }

  note(): void {
    // Notes are never read back by anybody.
  }
}
