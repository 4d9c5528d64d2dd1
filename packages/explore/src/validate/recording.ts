import type {
  Boot,
  Core,
  CoreEvent,
  NodeId,
  Outbox,
  RecordWrite,
  RequestId,
  StoreToken,
} from '@holdfast/protocols';

/** What a core did in one step, in order. */
export type RecordedEffect<M, R> =
  | { readonly kind: 'send'; readonly to: NodeId; readonly message: M; readonly after: StoreToken }
  | { readonly kind: 'store'; readonly token: StoreToken; readonly writes: readonly RecordWrite[] }
  | { readonly kind: 'reply'; readonly id: RequestId; readonly result: R; readonly after: StoreToken }
  | { readonly kind: 'arm'; readonly timer: string; readonly minMs: number; readonly maxMs: number }
  | { readonly kind: 'cancel'; readonly timer: string }
  | { readonly kind: 'choose'; readonly label: string; readonly among: number; readonly answer: number };

/** One step of one node: what happened to it and what it did. Plain data. */
export interface RecordedStep<M, C, R> {
  readonly node: NodeId;
  /** `boot` for a start, also one after a crash, with the records found on the disk. */
  readonly event:
    | CoreEvent<M, C>
    | { readonly kind: 'boot'; readonly records: Readonly<Record<string, unknown>> };
  readonly effects: readonly RecordedEffect<M, R>[];
}

/**
 * A core that tells everything that happens to it and everything it does, whoever drives it: a simulation, a live process. What it is told
 * and what it hands over is passed on untouched; `heard` is called after each step and must keep nothing that others will change.
 */
export function recorded<S, M, C, R>(
  core: Core<S, M, C, R>,
  node: NodeId,
  heard: (step: RecordedStep<M, C, R>) => void,
): Core<S, M, C, R> {
  return {
    ...core,
    boot(boot: Boot, out: Outbox<M, R>): S {
      const effects: RecordedEffect<M, R>[] = [];
      const state = core.boot(boot, listening(out, effects));
      heard({ node, event: { kind: 'boot', records: boot.records }, effects });
      return state;
    },
    step(state, event, out): void {
      const effects: RecordedEffect<M, R>[] = [];
      core.step(state, event, listening(out, effects));
      heard({ node, event, effects });
    },
  };
}

/** Passes everything on and notes it down. */
function listening<M, R>(out: Outbox<M, R>, effects: RecordedEffect<M, R>[]): Outbox<M, R> {
  return {
    send(to, message, after = 0): void {
      effects.push({ kind: 'send', to, message, after });
      out.send(to, message, after);
    },
    store(writes): StoreToken {
      const token = out.store(writes);
      effects.push({ kind: 'store', token, writes });
      return token;
    },
    setTimer(timer, minMs, maxMs = minMs): void {
      effects.push({ kind: 'arm', timer, minMs, maxMs });
      out.setTimer(timer, minMs, maxMs);
    },
    cancelTimer(timer): void {
      effects.push({ kind: 'cancel', timer });
      out.cancelTimer(timer);
    },
    reply(id, result, after = 0): void {
      effects.push({ kind: 'reply', id, result, after });
      out.reply(id, result, after);
    },
    choose(label, among): number {
      const answer = out.choose(label, among);
      effects.push({ kind: 'choose', label, among, answer });
      return answer;
    },
    note(kind, data): void {
      out.note(kind, data);
    },
  };
}
