import { encodePlain } from '@holdfast/plain';
import type { NodeId, Outbox, RecordWrite, RequestId, StoreToken } from '@holdfast/protocols';
import type { Pick } from '../engine/spec/spec.ts';
import type { ArmedTimer, FlyingMessage, TimedEvent, TimedState } from './system.ts';

/** Where one step of one node puts its effects: straight into the state. */
export class TimedOutbox<M, R, P> implements Outbox<M, R> {
  /** Whether more is on its way to some node than the bounds allow. */
  overflows = false;
  private readonly state: TimedState<M, P>;
  private readonly at: number;
  private readonly ids: readonly NodeId[];
  private readonly pick: Pick;
  private readonly delayTicks: number;
  private readonly inFlight: number;
  private readonly remember: (past: P, event: TimedEvent<R>) => P;
  private readonly without: readonly string[];
  private tokens = 0;
  private told = 0;

  constructor(
    state: TimedState<M, P>,
    at: number,
    pick: Pick,
    system: {
      readonly ids: readonly NodeId[];
      readonly delayTicks: number;
      readonly inFlight: number;
      readonly remember: (past: P, event: TimedEvent<R>) => P;
      /** By node, timers that never go off. */
      readonly without: readonly (readonly string[])[];
    },
  ) {
    this.state = state;
    this.at = at;
    this.pick = pick;
    this.ids = system.ids;
    this.delayTicks = system.delayTicks;
    this.inFlight = system.inFlight;
    this.remember = system.remember;
    this.without = system.without[at] ?? [];
  }

  send(to: NodeId, message: M): void {
    const at = this.ids.indexOf(to);
    if (at < 0) return;
    const flying: FlyingMessage<M> = { from: this.self, message, left: this.delayTicks };
    this.state.inbox[at] = sorted([...(this.state.inbox[at] ?? []), flying]);
    if ((this.state.inbox[at]?.length ?? 0) > this.inFlight) this.overflows = true;
  }

  store(writes: readonly RecordWrite[]): StoreToken {
    const disk = { ...this.state.disk[this.at] };
    for (const { key, value } of writes) {
      if (value === null) delete disk[key];
      else disk[key] = value;
    }
    this.state.disk[this.at] = disk;
    // Durable at once: nothing that is sent waits for it, and the core hears of it in the same step.
    return ++this.tokens;
  }

  /** The next store the core has not been told is durable; 0 when there is none. */
  flush(): StoreToken {
    return this.told < this.tokens ? ++this.told : 0;
  }

  setTimer(timer: string, minMs: number, maxMs: number = minMs): void {
    if (this.without.includes(timer)) return;
    const shortest = Math.ceil(minMs);
    const lengths = Array.from(
      { length: Math.max(0, Math.floor(maxMs) - shortest) + 1 },
      (_, i) => shortest + i,
    );
    const left = this.pick(lengths);
    const others = (this.state.timers[this.at] ?? []).filter(([name]) => name !== timer);
    this.state.timers[this.at] = [...others, [timer, left] as const].sort(byName);
  }

  cancelTimer(timer: string): void {
    const timers = this.state.timers[this.at] ?? [];
    if (timers.some(([name]) => name === timer)) {
      this.state.timers[this.at] = timers.filter(([name]) => name !== timer);
    }
  }

  reply(request: RequestId, result: R): void {
    this.see({ kind: 'reply', node: this.self, request, result });
  }

  choose(_label: string, among: number): number {
    return this.pick(Array.from({ length: among }, (_, i) => i));
  }

  note(note: string, data: unknown): void {
    this.see({ kind: 'note', node: this.self, note, data });
  }

  private see(event: TimedEvent<R>): void {
    this.state.past[0] = this.remember(this.state.past[0] as P, event);
  }

  private get self(): NodeId {
    return this.ids[this.at] as NodeId;
  }
}

/** What tells one message from another, such that the order of messages stays as it is when all of them age. */
const KEYS = new WeakMap<object, string>();

function keyOf(flying: FlyingMessage<unknown>): string {
  const known = KEYS.get(flying);
  if (known !== undefined) return known;
  const { from, left, message } = flying;
  const key = `${from}/${String(left).padStart(6)}/${encodePlain(message)}`;
  KEYS.set(flying, key);
  return key;
}

/** One order for each bag of messages. */
export function sorted<M>(bag: readonly FlyingMessage<M>[]): readonly FlyingMessage<M>[] {
  return [...bag].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

function byName([a]: ArmedTimer, [b]: ArmedTimer): number {
  return a < b ? -1 : 1;
}
