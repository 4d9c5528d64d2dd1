import { clonePlain, encodePlain } from '@holdfast/plain';
import { type Core, type CoreEvent, EffectList, type RecordWrite } from '@holdfast/protocols';
import { type Bounds, type CoreModel, resolveBounds } from '../../src/index.ts';

interface NaiveNode {
  up: boolean;
  state: unknown;
  timers: string[];
  disk: Record<string, unknown>;
  pending: { token: number; writes: readonly RecordWrite[] }[];
  held: { after: number; to: number; message: unknown }[];
  token: number;
  fired: Record<string, number>;
}

interface Envelope {
  from: number;
  to: number;
  message: unknown;
}

interface NaiveState {
  nodes: NaiveNode[];
  /** In the order sent; read as a bag unless messages keep their order. */
  bag: Envelope[];
  crashes: number;
  timeouts: number;
  drops: number;
  duplicates: number;
}

/** What a search found. */
export interface NaiveCounts {
  readonly states: number;
  readonly generated: number;
  readonly depth: number;
}

/**
 * The meaning of a model written down as plainly as possible: whole states as text in a set, nothing remembered, nothing shared with the engine
 * but the core interface. Clients and histories are left out.
 */
export function naiveCounts<M>(model: CoreModel<M, never, never>, bounds: Bounds): NaiveCounts {
  const system = new NaiveSystem(model, bounds);
  const seen = new Set<string>();
  let level: NaiveState[] = [];
  let generated = 0;
  const offer = (state: NaiveState, next: NaiveState[]): void => {
    generated++;
    const key = system.key(state);
    if (seen.has(key)) return;
    seen.add(key);
    next.push(state);
  };
  for (const state of system.initial()) offer(state, level);
  let depth = 0;
  while (level.length > 0) {
    depth++;
    const next: NaiveState[] = [];
    for (const state of level) for (const successor of system.successors(state)) offer(successor, next);
    level = next;
  }
  return { states: seen.size, generated, depth };
}

class NaiveSystem<M> {
  private readonly model: CoreModel<M, never, never>;
  private readonly bounds: ReturnType<typeof resolveBounds>;

  constructor(model: CoreModel<M, never, never>, bounds: Bounds) {
    this.model = model;
    this.bounds = resolveBounds(bounds);
  }

  key(state: NaiveState): string {
    const bag = state.bag.map(encodePlain);
    if (this.model.network !== 'ordered') bag.sort();
    // Only the order within a channel counts.
    else bag.sort((a, b) => (channel(a) < channel(b) ? -1 : channel(a) > channel(b) ? 1 : 0));
    return encodePlain({ ...state, bag });
  }

  initial(): NaiveState[] {
    const blank: NaiveState = { nodes: [], bag: [], crashes: 0, timeouts: 0, drops: 0, duplicates: 0 };
    let states = [blank];
    for (let i = 0; i < this.model.nodes.length; i++) {
      states = states.flatMap((state) => {
        const start = clonePlain(state);
        start.nodes.push(downNode({}, {}));
        return this.run(start, i, undefined);
      });
    }
    return states;
  }

  successors(state: NaiveState): NaiveState[] {
    const { bounds } = this;
    const all = [
      ...state.nodes.flatMap((_, i) => this.own(state, i)),
      ...this.deliverable(state).flatMap((at) => this.network(state, at)),
    ];
    return all.filter(({ bag }) => bag.length <= bounds.inFlight);
  }

  private own(state: NaiveState, i: number): NaiveState[] {
    const node = state.nodes[i] as NaiveNode;
    const { bounds } = this;
    if (!node.up) return this.run(clonePlain(state), i, undefined);
    const found: NaiveState[] = [];
    for (const timer of node.timers) {
      const bound = bounds.timers[timer] ?? bounds.timers['*'] ?? Infinity;
      if ((node.fired[timer] ?? 0) >= bound || state.timeouts >= bounds.timeouts) continue;
      const next = clonePlain(state);
      const at = next.nodes[i] as NaiveNode;
      at.timers = at.timers.filter((other) => other !== timer);
      if (bound !== Infinity) at.fired[timer] = (at.fired[timer] ?? 0) + 1;
      if (bounds.timeouts !== Infinity) next.timeouts++;
      found.push(...this.run(next, i, { kind: 'timer', timer }));
    }
    const [first] = node.pending;
    if (first !== undefined) {
      const next = clonePlain(state);
      this.flush(next, i);
      found.push(...this.run(next, i, { kind: 'stored', token: first.token }));
    }
    if (state.crashes < bounds.crashes) found.push(...this.crashes(state, i));
    return found;
  }

  private crashes(state: NaiveState, i: number): NaiveState[] {
    const node = state.nodes[i] as NaiveNode;
    const writes = node.pending.flatMap((store) => store.writes);
    const disks = new Map<string, Record<string, unknown>>();
    for (let kept = 0; kept <= writes.length; kept++) {
      const disk = written(node.disk, writes.slice(0, kept));
      disks.set(encodePlain(disk), disk);
    }
    return [...disks.values()].map((disk) => {
      const next = clonePlain(state);
      next.nodes[i] = downNode(disk, node.fired);
      next.crashes++;
      if (this.model.network === 'ordered')
        next.bag = next.bag.filter(({ from, to }) => from !== this.idOf(i) && to !== this.idOf(i));
      return next;
    });
  }

  /** Positions of messages that may come next, one for each distinct message. */
  private deliverable(state: NaiveState): number[] {
    const seen = new Set<string>();
    return state.bag.flatMap((envelope, at) => {
      const key = this.model.network === 'ordered' ? channel(encodePlain(envelope)) : encodePlain(envelope);
      if (seen.has(key)) return [];
      seen.add(key);
      return [at];
    });
  }

  private network(state: NaiveState, at: number): NaiveState[] {
    const { bounds, model } = this;
    const { from, to, message } = state.bag[at] as Envelope;
    const i = model.nodes.findIndex(({ id }) => id === to);
    const without = clonePlain(state);
    without.bag.splice(at, 1);
    const found: NaiveState[] = [];
    if ((state.nodes[i] as NaiveNode).up) {
      const next = clonePlain(model.network === 'unordered-duplicating' ? state : without);
      const before = this.key(next);
      const outcomes = this.run(next, i, { kind: 'message', from, message: clonePlain(message) as M });
      // A delivery that changes nothing is no step, unless it uses the message up.
      found.push(
        ...outcomes.filter((o) => model.network === 'ordered' || spoke.has(o) || this.key(o) !== before),
      );
    }
    if (state.drops < bounds.drops) {
      const next = clonePlain(without);
      if (bounds.drops !== Infinity) next.drops++;
      found.push(next);
    }
    if (model.network !== 'unordered-duplicating' && state.duplicates < bounds.duplicates) {
      const next = clonePlain(state);
      next.duplicates++;
      next.bag.push(clonePlain(state.bag[at] as Envelope));
      found.push(next);
    }
    return found;
  }

  /** Runs a node's core on an event, or starts it, once for each way its choices may fall. Changes copies of `state`. */
  private run(state: NaiveState, i: number, event: CoreEvent<M, never> | undefined): NaiveState[] {
    const found: NaiveState[] = [];
    let script: number[] = [];
    for (;;) {
      const next = clonePlain(state);
      const asked: { among: number; answer: number }[] = [];
      this.once(next, i, clonePlain(event), (among) => {
        const answer = script[asked.length] ?? 0;
        asked.push({ among, answer });
        return answer;
      });
      found.push(next);
      let last = asked.length - 1;
      while (last >= 0 && (asked[last]?.answer ?? 0) + 1 >= (asked[last]?.among ?? 0)) last--;
      if (last < 0) return found;
      script = asked.slice(0, last + 1).map(({ answer }, at) => (at === last ? answer + 1 : answer));
    }
  }

  private once(
    state: NaiveState,
    i: number,
    event: CoreEvent<M, never> | undefined,
    answer: (among: number) => number,
  ): void {
    const node = state.nodes[i] as NaiveNode;
    const core = (this.model.nodes[i] as (typeof this.model.nodes)[number]).core as Core<
      unknown,
      M,
      never,
      never
    >;
    const out = new EffectList<M, never>(node.token, (_, among) => answer(among));
    if (event === undefined) {
      node.up = true;
      node.state = core.boot({ self: this.idOf(i), records: clonePlain(node.disk) }, out);
    } else core.step(node.state, event, out);
    this.carryOut(state, i, out);
    if (this.bounds.storage !== 'at-once') return;
    for (let token = this.flush(state, i); token !== 0; token = this.flush(state, i)) {
      const more = new EffectList<M, never>(node.token, (_, among) => answer(among));
      core.step(node.state, { kind: 'stored', token }, more);
      this.carryOut(state, i, more);
    }
  }

  private carryOut(state: NaiveState, i: number, out: EffectList<M, never>): void {
    const node = state.nodes[i] as NaiveNode;
    for (const effect of clonePlain(out.effects)) {
      if (effect.kind === 'send') {
        const { to, message, after } = effect;
        if (!this.model.nodes.some(({ id }) => id === to)) continue;
        if (after !== 0 && node.pending.some(({ token }) => token <= after))
          node.held.push({ after, to, message });
        else put(state, { from: this.idOf(i), to, message }, this.model.network === 'unordered-duplicating');
      } else if (effect.kind === 'store') {
        node.pending.push({ token: effect.token, writes: effect.writes });
        node.token = effect.token + 1;
      } else if (effect.kind === 'set-timer') {
        if (!node.timers.includes(effect.timer)) node.timers = [...node.timers, effect.timer].sort();
      } else if (effect.kind === 'cancel-timer') {
        node.timers = node.timers.filter((timer) => timer !== effect.timer);
      }
    }
  }

  private flush(state: NaiveState, i: number): number {
    return flush(state, i, this.idOf(i), this.model.network === 'unordered-duplicating');
  }

  private idOf(i: number): number {
    return (this.model.nodes[i] as (typeof this.model.nodes)[number]).id;
  }
}

/** Makes the first store durable and lets go what waited for it; its token, 0 for none. */
function flush(state: NaiveState, i: number, id: number, once: boolean): number {
  const node = state.nodes[i] as NaiveNode;
  const store = node.pending.shift();
  if (store === undefined) return 0;
  node.disk = written(node.disk, store.writes);
  for (const { after, to, message } of node.held)
    if (after <= store.token) put(state, { from: id, to, message }, once);
  node.held = node.held.filter(({ after }) => after > store.token);
  return store.token;
}

/** States in whose last step a message left a node, be it one that was there already. */
const spoke = new WeakSet<NaiveState>();

function put(state: NaiveState, envelope: Envelope, once: boolean): void {
  spoke.add(state);
  const key = encodePlain(envelope);
  if (once && state.bag.some((other) => encodePlain(other) === key)) return;
  state.bag.push(envelope);
}

function written(disk: Record<string, unknown>, writes: readonly RecordWrite[]): Record<string, unknown> {
  const next = { ...disk };
  for (const { key, value } of writes) {
    if (value === null) delete next[key];
    else next[key] = value;
  }
  return next;
}

function downNode(disk: Record<string, unknown>, fired: Record<string, number>): NaiveNode {
  return { up: false, state: null, timers: [], disk, pending: [], held: [], token: 1, fired };
}

function channel(envelope: string): string {
  const { from, to } = JSON.parse(envelope) as Envelope;
  return `${from}>${to}`;
}
