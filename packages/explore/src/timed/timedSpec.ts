import { clonePlain } from '@holdfast/plain';
import type { CoreEvent } from '@holdfast/protocols';
import type { Pick, Spec, SpecAction } from '../engine/spec/spec.ts';
import { advance, type ClockRate } from './clock.ts';
import { sorted, TimedOutbox } from './outbox.ts';
import {
  checkTimedSystem,
  type FlyingMessage,
  type TimedNode,
  type TimedState,
  type TimedSystem,
  type TimedView,
} from './system.ts';

/**
 * A timed system as a specification, to be explored by the same search as any other: deliveries, timers that are due, ticks of true time,
 * requests, crashes, restarts, suspensions. Throws `TimedSystemError`.
 */
export function timedSpec<M, C, R, P>(system: TimedSystem<M, C, R, P>): Spec<TimedState<M, P>> {
  checkTimedSystem(system);
  const timed = new Timed(system);
  const { name, always, reachable = {} } = system;
  return {
    name,
    init: timed.initial(),
    actions: timed.actions(),
    always: mapped(always, (holds) => (state) => holds(timed.views(state), state.past[0] as P)),
    reachable: mapped(reachable, (holds) => (state) => holds(timed.views(state), state.past[0] as P)),
  };
}

function mapped<A, B>(record: Readonly<Record<string, A>>, to: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, to(value)]));
}

class Timed<M, C, R, P> {
  private readonly system: TimedSystem<M, C, R, P>;
  private readonly outboxes: ConstructorParameters<typeof TimedOutbox<M, R, P>>[3];
  private readonly errEvery: number;

  constructor(system: TimedSystem<M, C, R, P>) {
    const { nodes, delayTicks, inFlight = Infinity, remember, clocksErrEvery = 4 } = system;
    this.system = system;
    this.errEvery = clocksErrEvery;
    const without = nodes.map((node) => node.without ?? []);
    this.outboxes = { ids: nodes.map(({ id }) => id), delayTicks, inFlight, remember, without };
  }

  /** Every way the clocks may run, with every node booted in every way its boot may choose. */
  initial(): TimedState<M, P>[] {
    const { nodes, crashes = 0, suspensions = 0, duplicates = 0, requests = [], past } = this.system;
    return ratesOf(nodes).map((rate) => ({
      now: -1,
      rate,
      node: nodes.map(() => null),
      disk: nodes.map(() => ({})),
      timers: nodes.map(() => []),
      inbox: nodes.map(() => []),
      asleep: nodes.map(() => false),
      left: { crashes, suspensions, duplicates },
      asked: requests.map(() => false),
      past: [past],
    }));
  }

  actions(): SpecAction<TimedState<M, P>>[] {
    const { nodes, requests = [], crashes = 0, suspensions = 0, duplicates = 0 } = this.system;
    const perNode = nodes.flatMap((node, i): SpecAction<TimedState<M, P>>[] => {
      const { id, mayCrash = false, suspend } = node;
      const list: SpecAction<TimedState<M, P>>[] = [
        { name: `deliver to ${id}`, run: (s, pick) => this.deliver(s, i, pick) },
        { name: `timer at ${id}`, run: (s, pick) => this.fire(s, i, pick) },
      ];
      if (mayCrash && crashes > 0) {
        list.push({ name: `crash of ${id}`, run: (s) => this.crash(s, i) });
        list.push({ name: `restart of ${id}`, run: (s, pick) => s.now >= 0 && this.boot(s, i, pick) });
      }
      if (suspend !== undefined && suspensions > 0) {
        list.push({ name: `suspension of ${id}`, run: (s) => this.sleep(s, i) });
        list.push({ name: `resumption of ${id}`, run: (s) => this.wake(s, i) });
      }
      if (duplicates > 0) list.push({ name: `copy to ${id}`, run: (s, pick) => this.copy(s, i, pick) });
      return list;
    });
    const asks = requests.map(({ to }, i): SpecAction<TimedState<M, P>> => {
      return { name: `request ${i + 1} to ${to}`, run: (s, pick) => this.ask(s, i, pick) };
    });
    return [
      { name: 'start', run: (s, pick) => this.start(s, pick) },
      ...perNode,
      ...asks,
      { name: 'tick', run: (s) => this.tick(s) },
    ];
  }

  views(state: TimedState<M, P>): TimedView[] {
    return this.system.nodes.map(({ id }, i) => ({
      id,
      state: state.node[i] ?? null,
      acts: state.now >= 0 && this.acts(state, i),
    }));
  }

  private start(s: TimedState<M, P>, pick: Pick): boolean {
    if (s.now >= 0) return false;
    s.now = 0;
    return this.system.nodes.every((_, i) => this.boot(s, i, pick));
  }

  private boot(s: TimedState<M, P>, i: number, pick: Pick): boolean {
    if (s.node[i] !== null) return false;
    const { id, core } = this.system.nodes[i] as TimedNode<M, C, R>;
    const out = new TimedOutbox<M, R, P>(s, i, pick, this.outboxes);
    const records = clonePlain(s.disk[i] as Readonly<Record<string, unknown>>);
    s.node[i] = this.stored(i, core.boot({ self: id, records }, out), out);
    return !out.overflows;
  }

  private step(s: TimedState<M, P>, i: number, event: CoreEvent<M, C>, pick: Pick): boolean {
    const { core } = this.system.nodes[i] as TimedNode<M, C, R>;
    const out = new TimedOutbox<M, R, P>(s, i, pick, this.outboxes);
    const state = clonePlain(s.node[i]);
    core.step(state, event, out);
    s.node[i] = this.stored(i, state, out);
    return !out.overflows;
  }

  /** A state once its core has heard that what it stored is durable. */
  private stored(i: number, state: unknown, out: TimedOutbox<M, R, P>): unknown {
    const { core } = this.system.nodes[i] as TimedNode<M, C, R>;
    for (let token = out.flush(); token !== 0; token = out.flush())
      core.step(state, { kind: 'stored', token }, out);
    return state;
  }

  /** Whether a node is up and awake and has no timer due: what is due comes before what arrives. */
  private acts(s: TimedState<M, P>, i: number): boolean {
    return s.node[i] !== null && s.asleep[i] === false && !isDue(s, i);
  }

  private deliver(s: TimedState<M, P>, i: number, pick: Pick): boolean {
    if (!this.acts(s, i)) return false;
    const inbox = s.inbox[i] as readonly FlyingMessage<M>[];
    const flying = pick(inbox);
    s.inbox[i] = without(inbox, flying);
    return this.step(s, i, { kind: 'message', from: flying.from, message: flying.message }, pick);
  }

  private fire(s: TimedState<M, P>, i: number, pick: Pick): boolean {
    if (s.node[i] === null || s.asleep[i] === true) return false;
    const timers = s.timers[i] as TimedState<M, P>['timers'][number];
    const due = pick(timers.filter(([, left]) => left <= 0));
    s.timers[i] = timers.filter((timer) => timer !== due);
    return this.step(s, i, { kind: 'timer', timer: due[0] }, pick);
  }

  private ask(s: TimedState<M, P>, request: number, pick: Pick): boolean {
    const { requests = [], nodes, remember } = this.system;
    const wanted = requests[request];
    const i = nodes.findIndex(({ id }) => id === wanted?.to);
    if (wanted === undefined || s.asked[request] === true || s.now < 0 || !this.acts(s, i)) return false;
    if (wanted.when?.(s.node[i]) === false) return false;
    s.asked[request] = true;
    s.past[0] = remember(s.past[0] as P, { kind: 'request', node: wanted.to, request: request + 1 });
    return this.step(s, i, { kind: 'request', id: request + 1, command: wanted.command }, pick);
  }

  private crash(s: TimedState<M, P>, i: number): boolean {
    if (s.node[i] === null || s.left.crashes === 0) return false;
    s.left.crashes--;
    s.node[i] = null;
    s.timers[i] = [];
    s.asleep[i] = false;
    const { id } = this.system.nodes[i] as TimedNode<M, C, R>;
    s.past[0] = this.system.remember(s.past[0] as P, { kind: 'crash', node: id });
    return true;
  }

  private sleep(s: TimedState<M, P>, i: number): boolean {
    if (s.left.suspensions === 0 || !this.acts(s, i)) return false;
    s.left.suspensions--;
    s.asleep[i] = true;
    return true;
  }

  private wake(s: TimedState<M, P>, i: number): boolean {
    if (s.asleep[i] !== true) return false;
    s.asleep[i] = false;
    return true;
  }

  private copy(s: TimedState<M, P>, i: number, pick: Pick): boolean {
    if (s.left.duplicates === 0) return false;
    const inbox = s.inbox[i] as readonly FlyingMessage<M>[];
    const flying = pick(inbox);
    s.left.duplicates--;
    s.inbox[i] = sorted([...inbox, flying]);
    return true;
  }

  /** True time goes on, unless a node that is awake has something to do first. */
  private tick(s: TimedState<M, P>): boolean {
    const { nodes, ticks } = this.system;
    const { now } = s;
    if (now < 0 || now >= ticks) return false;
    if (nodes.some((_, i) => s.node[i] !== null && s.asleep[i] === false && isDue(s, i))) return false;
    nodes.forEach(({ suspend }, i) => {
      const stands = s.asleep[i] === true && suspend === 'stops';
      const by = stands ? 0 : advance(s.rate[i] as ClockRate, now, this.errEvery);
      const timers = s.timers[i] as TimedState<M, P>['timers'][number];
      if (by > 0 && timers.length > 0) {
        s.timers[i] = timers.map(([name, left]) => [name, Math.max(0, left - by)] as const);
      }
      const inbox = s.inbox[i] as readonly FlyingMessage<M>[];
      const aged = inbox.filter(({ left }) => left > 0).map((f) => ({ ...f, left: f.left - 1 }));
      if (inbox.length > 0) s.inbox[i] = aged;
    });
    s.now = now + 1;
    return true;
  }
}

function isDue<M, P>({ timers }: TimedState<M, P>, i: number): boolean {
  return (timers[i] as TimedState<M, P>['timers'][number]).some(([, left]) => left <= 0);
}

function without<T>(list: readonly T[], item: T): readonly T[] {
  const at = list.indexOf(item);
  return list.filter((_, i) => i !== at);
}

/** All combinations of the ways in which clocks may run. */
function ratesOf(nodes: readonly { readonly clocks?: readonly ClockRate[] }[]): ClockRate[][] {
  return nodes.reduce<ClockRate[][]>(
    (all, { clocks = ['exact'] }) => all.flatMap((rates) => clocks.map((rate) => [...rates, rate])),
    [[]],
  );
}
