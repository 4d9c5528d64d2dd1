import { clonePlain } from '@holdfast/plain';
import type { NodeId, Outbox, RecordWrite, RequestId, StoreToken } from '@holdfast/protocols';
import type { Observation, Recorder } from '../../properties/recorder.ts';
import type { Catalogue, Situation } from './catalogue.ts';
import { HELD_REPLY, HELD_SEND, settled } from './held.ts';

/**
 * A node's circumstances while one event is handled: the outbox its core writes to, and what came of it. All numbers are the
 * catalogue's.
 */
export class Workbench<M, C, R> implements Outbox<M, R> {
  /** Envelopes that left, in order. */
  readonly sends: number[] = [];
  /** Pairs (request, result) answered, in order. */
  readonly replies: number[] = [];
  /** What the recorder keeps of what happened. */
  readonly seen: number[] = [];
  /** Answers to the core's choices, and among how many each was. */
  readonly choices: number[] = [];
  readonly among: number[] = [];
  private readonly catalogue: Catalogue<M, C, R>;
  private readonly recorder: Recorder<M, C, R> | undefined;
  private readonly clientOf: (request: RequestId) => number;
  private readonly ordered: boolean;
  private script: readonly number[] = [];
  private slot = 0;
  private node: NodeId = 0;
  private armed: number[] = [];
  private disk = 0;
  private pending: number[] = [];
  private held: number[] = [];
  private token = 1;
  private fired = 0;

  constructor(
    catalogue: Catalogue<M, C, R>,
    recorder: Recorder<M, C, R> | undefined,
    clientOf: (request: RequestId) => number,
    ordered: boolean,
  ) {
    this.catalogue = catalogue;
    this.recorder = recorder;
    this.clientOf = clientOf;
    this.ordered = ordered;
  }

  /** Lays out a node's circumstances; the core's first choices are answered from `script`, later ones with 0. */
  begin(situation: Situation, script: readonly number[]): void {
    const { catalogue } = this;
    const { lists } = catalogue;
    for (const list of [this.sends, this.replies, this.seen, this.choices, this.among]) list.length = 0;
    this.script = script;
    this.slot = situation.slot;
    this.node = catalogue.node(situation.slot).id;
    this.armed = lists.toArray(situation.timers);
    this.disk = situation.disk;
    this.pending = lists.toArray(situation.pending);
    this.held = lists.toArray(situation.held);
    this.token = situation.token;
    this.fired = situation.fired;
  }

  /** The circumstances after the event, with the core in a given state. */
  situation(state: number): number {
    const { catalogue, slot, disk, token, fired } = this;
    const { lists } = catalogue;
    return catalogue.situation({
      slot,
      up: true,
      state,
      timers: lists.intern(this.armed),
      disk,
      pending: lists.intern(this.pending),
      held: lists.intern(settled(this.held, catalogue, this.ordered)),
      token,
      fired,
    });
  }

  /** Keeps of an observation what the recorder says matters. */
  observe(observation: Observation<M, C, R>): void {
    const seen = this.recorder?.observe(observation);
    if (seen !== undefined) this.seen.push(this.catalogue.seen.intern(seen));
  }

  /** A timer goes off: it is no longer armed, and counts when it is bounded. */
  fire(timer: number, counted: boolean): void {
    this.disarm(timer);
    if (!counted) return;
    const { lists } = this.catalogue;
    const fired = lists.toArray(this.fired);
    while (fired.length <= timer) fired.push(0);
    fired[timer] = (fired[timer] as number) + 1;
    this.fired = lists.intern(fired);
  }

  /** Makes the earliest store durable and lets go what waited for it; answers its token, 0 when nothing was pending. */
  flush(): StoreToken {
    const [token, writes] = this.pending;
    if (token === undefined || writes === undefined) return 0;
    this.pending.splice(0, 2);
    const records = { ...this.catalogue.disks.value(this.disk) };
    applyWrites(records, this.catalogue.writes.value(writes) as readonly RecordWrite[]);
    this.disk = this.catalogue.disks.intern(records);
    this.release(token);
    return token;
  }

  private release(durable: StoreToken): void {
    const kept: number[] = [];
    const { held } = this;
    for (let i = 0; i < held.length; i += 3) {
      const [after, kind, what] = held.slice(i, i + 3) as [number, number, number];
      if (after > durable) kept.push(after, kind, what);
      else if (kind === HELD_SEND) this.leave(what);
      else this.answer(what);
    }
    this.held = kept;
  }

  /** Whether a store up to `token` still has to become durable. */
  private waits(token: StoreToken): boolean {
    const { pending } = this;
    return token !== 0 && pending.length > 0 && (pending[0] as number) <= token;
  }

  private leave(envelope: number): void {
    const { catalogue } = this;
    this.sends.push(envelope);
    if (this.recorder === undefined) return;
    const to = catalogue.node(catalogue.recipient(envelope)).id;
    const message = catalogue.messages.value(catalogue.message(envelope));
    this.observe({ kind: 'send', from: this.node, to, message });
  }

  private answer(reply: number): void {
    const { catalogue } = this;
    this.replies.push(reply);
    if (this.recorder === undefined) return;
    const result = catalogue.results.value(catalogue.second(reply));
    const client = this.clientOf(catalogue.first(reply));
    this.observe({ kind: 'reply', client, node: this.node, result });
  }

  send(to: NodeId, message: M, after: StoreToken = 0): void {
    const { catalogue } = this;
    const recipient = catalogue.slot(to);
    // A node that is not part of the model hears nothing and says nothing.
    if (recipient === undefined) return;
    const envelope = catalogue.envelope(this.slot, recipient, catalogue.messages.intern(message));
    if (this.waits(after)) this.held.push(after, HELD_SEND, envelope);
    else this.leave(envelope);
  }

  store(writes: readonly RecordWrite[]): StoreToken {
    const token = this.token++;
    this.pending.push(token, this.catalogue.writes.intern(writes));
    return token;
  }

  setTimer(timer: string): void {
    const id = this.catalogue.timers.intern(timer);
    if (this.armed.includes(id)) return;
    this.armed.push(id);
    this.armed.sort((a, b) => a - b);
  }

  cancelTimer(timer: string): void {
    this.disarm(this.catalogue.timers.intern(timer));
  }

  private disarm(timer: number): void {
    const at = this.armed.indexOf(timer);
    if (at >= 0) this.armed.splice(at, 1);
  }

  reply(id: RequestId, result: R, after: StoreToken = 0): void {
    const { catalogue } = this;
    const reply = catalogue.pair(id, catalogue.results.intern(result));
    if (this.waits(after)) this.held.push(after, HELD_REPLY, reply);
    else this.answer(reply);
  }

  choose(_: string, among: number): number {
    const answer = this.script[this.choices.length] ?? 0;
    this.choices.push(answer);
    this.among.push(among);
    return answer;
  }

  note(note: string, data: unknown): void {
    if (this.recorder !== undefined)
      this.observe({ kind: 'note', node: this.node, note, data: clonePlain(data) });
  }
}

/** Carries out writes on records, in order. */
export function applyWrites(records: Record<string, unknown>, writes: readonly RecordWrite[]): void {
  for (const { key, value } of writes) {
    if (value === null) delete records[key];
    else records[key] = value;
  }
}
