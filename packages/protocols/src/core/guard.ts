import { clonePlain, encodePlain, firstDifference } from '@holdfast/plain';
import type { Boot, Core, CoreEvent, NodeView, Outbox, StoreToken } from './core.ts';
import { type Effect, EffectList } from './effects.ts';

/** Thrown when a core breaks the rules of `Core`: it is named, with the event and the place. */
export class ImpureCoreError extends Error {
  readonly code = 'IMPURE_CORE';
  readonly core: string;
  readonly where: string;
  constructor(core: string, event: string, where: string, what: string) {
    super(
      `Cannot trust core '${core}' as each step must depend on state, event and choices only: ` +
        `on ${event} ${what} at ${where}; look for a clock, a random number, or something kept outside the state`,
    );
    this.name = 'ImpureCoreError';
    this.core = core;
    this.where = where;
  }
}

/**
 * The same core, watched: every step is run a second time on a copy of the state taken before it, with the same choices, and
 * both states and both lists of effects must be equal; the event must not have been changed. Catches clocks,
 * randomness, hidden state and shared references. At least twice as slow: for tests and for first seeds.
 */
export function guarded<S, M, C, R>(core: Core<S, M, C, R>): Core<S, M, C, R> {
  return {
    name: core.name,
    messageType: (message: M): string => core.messageType(message),
    view: (state: S): NodeView => guardedView(core, state),
    boot(boot: Boot, out: Outbox<M, R>): S {
      const recording = new Recording(out);
      const again = clonePlain(boot);
      const state = core.boot(boot, recording);
      const replay = recording.replayer<M, R>();
      const twin = core.boot(again, replay);
      compare(core.name, 'boot', { state }, { state: twin });
      compare(core.name, 'boot', recording, replay);
      return state;
    },
    step(state: S, event: CoreEvent<M, C>, out: Outbox<M, R>): void {
      const before = clonePlain(state);
      const eventBefore = clonePlain(event);
      const recording = new Recording(out);
      core.step(state, event, recording);
      const name = `event '${event.kind}'`;
      compare(core.name, name, { event }, { event: eventBefore });
      const replay = recording.replayer<M, R>();
      core.step(before, eventBefore, replay);
      compare(core.name, name, { state }, { state: before });
      compare(core.name, name, recording, replay);
    },
  };
}

function guardedView<S, M, C, R>(core: Core<S, M, C, R>, state: S): NodeView {
  const before = encodePlain(state);
  const view = core.view(state);
  if (encodePlain(state) !== before)
    throw new ImpureCoreError(core.name, 'view', 'state', 'the state was changed');
  return view;
}

interface Compared {
  readonly event?: unknown;
  readonly state?: unknown;
  readonly effects?: readonly unknown[];
}

function compare(core: string, event: string, first: Compared, second: Compared): void {
  const { effects } = first;
  const where =
    effects === undefined
      ? firstDifference(first, second)
      : firstDifference({ effects }, { effects: second.effects });
  if (where !== undefined) throw new ImpureCoreError(core, event, where, 'a second run gave another result');
}

/** Passes effects on and remembers them, as they were at the moment they were named. */
class Recording<M, R> implements Outbox<M, R> {
  readonly effects: Effect<M, R>[] = [];
  private readonly out: Outbox<M, R>;
  private readonly tokens: StoreToken[] = [];
  private readonly answers: number[] = [];

  constructor(out: Outbox<M, R>) {
    this.out = out;
  }

  replayer<M2, R2>(): EffectList<M2, R2> {
    let choice = 0;
    return new EffectList<M2, R2>(this.tokens[0] ?? 1, () => this.answers[choice++] ?? 0);
  }

  send(to: number, message: M, after: StoreToken = 0): void {
    this.effects.push(clonePlain({ kind: 'send', to, message, after }));
    this.out.send(to, message, after);
  }

  store(writes: Parameters<Outbox<M, R>['store']>[0]): StoreToken {
    const token = this.out.store(writes);
    this.tokens.push(token);
    this.effects.push(clonePlain({ kind: 'store', token, writes }));
    return token;
  }

  setTimer(timer: string, minMs: number, maxMs: number = minMs): void {
    this.effects.push({ kind: 'set-timer', timer, minMs, maxMs });
    this.out.setTimer(timer, minMs, maxMs);
  }

  cancelTimer(timer: string): void {
    this.effects.push({ kind: 'cancel-timer', timer });
    this.out.cancelTimer(timer);
  }

  reply(id: number, result: R, after: StoreToken = 0): void {
    this.effects.push(clonePlain({ kind: 'reply', id, result, after }));
    this.out.reply(id, result, after);
  }

  choose(label: string, among: number): number {
    const answer = this.out.choose(label, among);
    this.answers.push(answer);
    this.effects.push({ kind: 'choose', label, among, answer });
    return answer;
  }

  note(note: string, data: unknown): void {
    this.effects.push(clonePlain({ kind: 'note', note, data }));
    this.out.note(note, data);
  }
}
