import type { NodeId, Outbox, RecordWrite, RequestId, StoreToken } from './core.ts';

/** An effect as data: what a core asked for, in order. */
export type Effect<M, R> =
  | { readonly kind: 'send'; readonly to: NodeId; readonly message: M; readonly after: StoreToken }
  | { readonly kind: 'store'; readonly token: StoreToken; readonly writes: readonly RecordWrite[] }
  | { readonly kind: 'set-timer'; readonly timer: string; readonly minMs: number; readonly maxMs: number }
  | { readonly kind: 'cancel-timer'; readonly timer: string }
  | { readonly kind: 'reply'; readonly id: RequestId; readonly result: R; readonly after: StoreToken }
  | { readonly kind: 'choose'; readonly label: string; readonly among: number; readonly answer: number }
  | { readonly kind: 'note'; readonly note: string; readonly data: unknown };

/** Answers a core's `choose`: given the label and the number of alternatives, one of 0..among-1. */
export type Chooser = (label: string, among: number) => number;

/** An outbox that keeps effects as a list, for drivers and tests that want `(state, event) -> effects` literally. */
export class EffectList<M, R> implements Outbox<M, R> {
  readonly effects: Effect<M, R>[] = [];
  private nextToken: StoreToken;
  private readonly chooser: Chooser;

  /** `firstToken` numbers the first store; `chooser` answers choices, with 0 by default. */
  constructor(firstToken: StoreToken = 1, chooser: Chooser = () => 0) {
    this.nextToken = firstToken;
    this.chooser = chooser;
  }

  send(to: NodeId, message: M, after: StoreToken = 0): void {
    this.effects.push({ kind: 'send', to, message, after });
  }

  store(writes: readonly RecordWrite[]): StoreToken {
    const token = this.nextToken++;
    this.effects.push({ kind: 'store', token, writes });
    return token;
  }

  setTimer(timer: string, minMs: number, maxMs: number = minMs): void {
    this.effects.push({ kind: 'set-timer', timer, minMs, maxMs });
  }

  cancelTimer(timer: string): void {
    this.effects.push({ kind: 'cancel-timer', timer });
  }

  reply(id: RequestId, result: R, after: StoreToken = 0): void {
    this.effects.push({ kind: 'reply', id, result, after });
  }

  choose(label: string, among: number): number {
    const answer = this.chooser(label, among);
    this.effects.push({ kind: 'choose', label, among, answer });
    return answer;
  }

  note(note: string, data: unknown): void {
    this.effects.push({ kind: 'note', note, data });
  }
}
