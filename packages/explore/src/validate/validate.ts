import { clonePlain, equalPlain, hashPlain } from '@holdfast/plain';
import type { Core, CoreEvent, NodeId, RecordWrite, StoreToken } from '@holdfast/protocols';
import type { RecordedStep } from './recording.ts';
import { ReplayedOutbox } from './replayed.ts';

/** What the network between recorded nodes may do. */
export interface ValidateOptions {
  /** Whether a message may be delivered more than once. Default false. */
  readonly duplicates?: boolean;
}

/** Whether a recording is a behaviour of the cores. */
export type Validation =
  | { readonly accepted: true; readonly steps: number }
  | {
      readonly accepted: false;
      /** Position of the first step that cannot be, from 0. */
      readonly at: number;
      readonly node: NodeId;
      readonly reason: string;
    };

interface Pending {
  readonly token: StoreToken;
  readonly writes: readonly RecordWrite[];
}

interface Running<S> {
  state: S;
  readonly timers: Set<string>;
  /** Durable records, and stores that are not durable yet. */
  records: Record<string, unknown>;
  pending: Pending[];
  durable: StoreToken;
  readonly requests: Set<number>;
}

/** A message on its way, as often as it was sent and not delivered. */
interface Sent {
  readonly from: NodeId;
  readonly to: NodeId;
  readonly message: unknown;
  /** The store it waits for, of the start of the sender that sent it. */
  readonly after: StoreToken;
  readonly start: number;
  count: number;
}

/**
 * Judges step by step whether a recording is a behaviour of `core`: every message delivered was sent, and left only once its store was
 * durable; every timer that goes off was armed; a start after a crash finds on its disk what was durable and the first so many of the
 * other writes; and every step does exactly what the core does. Linear in the length of the recording.
 */
export function validateRecording<S, M, C, R>(
  core: (node: NodeId) => Core<S, M, C, R>,
  steps: Iterable<RecordedStep<M, C, R>>,
  options: ValidateOptions = {},
): Validation {
  const validator = new Validator(core, options);
  let at = 0;
  for (const step of steps) {
    const reason = validator.check(step);
    if (reason !== undefined) return { accepted: false, at, node: step.node, reason };
    at++;
  }
  return { accepted: true, steps: at };
}

/** Takes a recording step by step, so that a run can be judged while it goes on. */
export class Validator<S, M, C, R> {
  private readonly core: (node: NodeId) => Core<S, M, C, R>;
  private readonly cores = new Map<NodeId, Core<S, M, C, R>>();
  private readonly duplicates: boolean;
  private readonly nodes = new Map<NodeId, Running<S>>();
  private readonly starts = new Map<NodeId, number>();
  private readonly sent = new Map<number, Sent[]>();
  /** Per start of a node, how far its stores became durable. */
  private readonly reached = new Map<string, StoreToken>();
  private readonly out = new ReplayedOutbox<M, R>();

  constructor(core: (node: NodeId) => Core<S, M, C, R>, { duplicates = false }: ValidateOptions = {}) {
    this.core = core;
    this.duplicates = duplicates;
  }

  /** Why a step cannot come next; undefined when it can. */
  check(step: RecordedStep<M, C, R>): string | undefined {
    const { node, event, effects } = step;
    const { out } = this;
    out.begin(effects);
    if (event.kind === 'boot') {
      const problem = this.boot(node, event.records);
      if (problem !== undefined) return problem;
    } else {
      const running = this.nodes.get(node);
      if (running === undefined) return `N${node} has not started`;
      const problem = this.enabled(node, running, event);
      if (problem !== undefined) return problem;
      this.coreOf(node).step(running.state, clonedEvent(event), out);
    }
    out.end();
    this.keep(step);
    return out.problem;
  }

  private coreOf(node: NodeId): Core<S, M, C, R> {
    let found = this.cores.get(node);
    if (found === undefined) this.cores.set(node, (found = this.core(node)));
    return found;
  }

  private boot(node: NodeId, records: Readonly<Record<string, unknown>>): string | undefined {
    const before = this.nodes.get(node);
    if (!fits(before, records))
      return `N${node} starts with records its disk cannot hold: ${JSON.stringify(records)}`;
    const copy = clonePlain(records);
    this.starts.set(node, (this.starts.get(node) ?? 0) + 1);
    this.nodes.set(node, {
      state: this.coreOf(node).boot({ self: node, records: clonePlain(records) }, this.out),
      timers: new Set(),
      records: copy as Record<string, unknown>,
      pending: [],
      durable: 0,
      requests: new Set(),
    });
    return undefined;
  }

  private enabled(node: NodeId, running: Running<S>, event: CoreEvent<M, C>): string | undefined {
    switch (event.kind) {
      case 'message':
        return this.deliver(event.from, node, event.message);
      case 'timer':
        return running.timers.delete(event.timer)
          ? undefined
          : `timer ${event.timer} of N${node} was not armed`;
      case 'request':
        if (running.requests.has(event.id)) return `request ${event.id} was made of N${node} before`;
        running.requests.add(event.id);
        return undefined;
      case 'stored':
        return becomeDurable(node, running, event.token);
    }
  }

  private deliver(from: NodeId, to: NodeId, message: M): string | undefined {
    const bucket = this.sent.get(hashPlain(message) ^ (from * 31 + to)) ?? [];
    const found = bucket.find(
      (one) =>
        one.count > 0 &&
        one.from === from &&
        one.to === to &&
        this.hasLeft(one) &&
        equalPlain(one.message, message),
    );
    if (found === undefined)
      return `N${to} hears of N${from} what was not on its way: ${JSON.stringify(message)}`;
    if (!this.duplicates) found.count--;
    if (found.count === 0) bucket.splice(bucket.indexOf(found), 1);
    return undefined;
  }

  /** What waits for a store leaves once it is durable, and never when the node crashed before. */
  private hasLeft({ from, after, start }: Sent): boolean {
    if (after === 0) return true;
    const running = this.nodes.get(from);
    if (running === undefined) return false;
    return this.starts.get(from) === start ? running.durable >= after : this.leftBefore(from, start, after);
  }

  private leftBefore(from: NodeId, start: number, after: StoreToken): boolean {
    return (this.reached.get(`${from} ${start}`) ?? 0) >= after;
  }

  /** Takes over what a step did. */
  private keep({ node, event, effects }: RecordedStep<M, C, R>): void {
    const running = this.nodes.get(node);
    if (running === undefined) return;
    const start = this.starts.get(node) ?? 0;
    if (event.kind === 'stored') this.reached.set(`${node} ${start}`, running.durable);
    for (const effect of effects) {
      if (effect.kind === 'arm') running.timers.add(effect.timer);
      else if (effect.kind === 'cancel') running.timers.delete(effect.timer);
      else if (effect.kind === 'store') running.pending.push({ token: effect.token, writes: effect.writes });
      else if (effect.kind === 'send') {
        const { to, message } = effect;
        // What waits for a store that is durable already does not wait.
        const after = effect.after <= running.durable ? 0 : effect.after;
        const key = hashPlain(message) ^ (node * 31 + to);
        const bucket = this.sent.get(key);
        const entry: Sent = { from: node, to, message, after, start, count: 1 };
        if (bucket === undefined) this.sent.set(key, [entry]);
        else bucket.push(entry);
      }
    }
  }
}

function becomeDurable<S>(node: NodeId, running: Running<S>, token: StoreToken): string | undefined {
  if (!running.pending.some((store) => store.token === token))
    return `store ${token} of N${node} was not under way`;
  while (running.pending.length > 0 && (running.pending[0] as Pending).token <= token)
    applyTo(running.records, (running.pending.shift() as Pending).writes);
  running.durable = token;
  return undefined;
}

function applyTo(records: Record<string, unknown>, writes: readonly RecordWrite[]): void {
  for (const { key, value } of writes) {
    if (value === null) delete records[key];
    else records[key] = value;
  }
}

/** Whether a disk that held this may hold these records after a crash: a first start finds anything. */
function fits<S>(before: Running<S> | undefined, records: Readonly<Record<string, unknown>>): boolean {
  if (before === undefined || equalPlain(before.records, records)) return true;
  const disk = { ...before.records };
  for (const { writes } of before.pending) {
    for (const write of writes) {
      applyTo(disk, [write]);
      if (equalPlain(disk, records)) return true;
    }
  }
  return false;
}

/** Cores own what they are given. */
function clonedEvent<M, C>(event: CoreEvent<M, C>): CoreEvent<M, C> {
  if (event.kind === 'message') return { ...event, message: clonePlain(event.message) };
  return event.kind === 'request' ? { ...event, command: clonePlain(event.command) } : event;
}
