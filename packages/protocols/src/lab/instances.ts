import type {
  Boot,
  Core,
  CoreEvent,
  NodeView,
  Outbox,
  RecordWrite,
  RequestId,
  StoreToken,
} from '../core/core.ts';

/** A message of one instance. */
export interface InstanceMessage<M> {
  readonly instance: number;
  readonly message: M;
}

/** A command for one instance. */
export interface InstanceCommand<C> {
  readonly instance: number;
  readonly command: C;
}

/** Many instances of a protocol at one node: plain data. */
export interface InstancesState<S> {
  readonly self: number;
  instances: Record<number, S>;
  /** Instances whose state the last event may have changed. */
  touched: number[];
  /** Stores not durable yet, and whose they are. */
  pending: { readonly token: StoreToken; readonly instance: number }[];
}

/**
 * A protocol that decides once, many times over: each number is an instance of its own on every node, begun when it is first heard of, and
 * kept on the disk like the others. `coreOf` gives the core of an instance, the same on every node.
 */
export function instances<S, M, C, R>(
  name: string,
  coreOf: (instance: number) => Core<S, M, C, R>,
): Core<InstancesState<S>, InstanceMessage<M>, InstanceCommand<C>, R> {
  return {
    name,
    boot(boot, out): InstancesState<S> {
      const state: InstancesState<S> = { self: boot.self, instances: {}, touched: [], pending: [] };
      for (const [instance, records] of recordsByInstance(boot)) begin(state, instance, records, coreOf, out);
      return state;
    },
    step(state, event, out): void {
      state.touched = [];
      for (const [instance, inner] of innerEvents(state, event)) {
        if (state.instances[instance] === undefined) begin(state, instance, {}, coreOf, out);
        state.touched.push(instance);
        const own = new InstanceOutbox<M, R>(instance, state, out);
        coreOf(instance).step(state.instances[instance] as S, inner, own);
      }
    },
    messageType: ({ instance, message }): string => coreOf(instance).messageType(message),
    view: (state): NodeView => ({ instances: Object.keys(state.instances).length }),
  };
}

function begin<S, M, C, R>(
  state: InstancesState<S>,
  instance: number,
  records: Record<string, unknown>,
  coreOf: (instance: number) => Core<S, M, C, R>,
  out: Outbox<InstanceMessage<M>, R>,
): void {
  const own = new InstanceOutbox<M, R>(instance, state, out);
  state.instances[instance] = coreOf(instance).boot({ self: state.self, records }, own);
  state.touched.push(instance);
}

function recordsByInstance({ records }: Boot): Map<number, Record<string, unknown>> {
  const found = new Map<number, Record<string, unknown>>();
  for (const [key, value] of Object.entries(records)) {
    const slash = key.indexOf('/');
    const instance = Number(key.slice(0, slash));
    const own = found.get(instance) ?? {};
    found.set(instance, own);
    own[key.slice(slash + 1)] = value;
  }
  return found;
}

function innerEvents<S, M, C>(
  state: InstancesState<S>,
  event: CoreEvent<InstanceMessage<M>, InstanceCommand<C>>,
): [number, CoreEvent<M, C>][] {
  switch (event.kind) {
    case 'message': {
      const { from, message } = event;
      return [[message.instance, { kind: 'message', from, message: message.message }]];
    }
    case 'request':
      return [[event.command.instance, { kind: 'request', id: event.id, command: event.command.command }]];
    case 'timer': {
      const slash = event.timer.indexOf('/');
      return [[Number(event.timer.slice(0, slash)), { kind: 'timer', timer: event.timer.slice(slash + 1) }]];
    }
    case 'stored': {
      const { token } = event;
      const done = state.pending.filter((store) => store.token <= token);
      state.pending = state.pending.filter((store) => store.token > token);
      return [...new Set(done.map(({ instance }) => instance))].map((instance) => [
        instance,
        { kind: 'stored', token },
      ]);
    }
  }
}

/** Puts the effects of one instance beside those of the others. */
class InstanceOutbox<M, R> implements Outbox<M, R> {
  private readonly instance: number;
  private readonly state: Pick<InstancesState<unknown>, 'pending'>;
  private readonly out: Outbox<InstanceMessage<M>, R>;

  constructor(
    instance: number,
    state: Pick<InstancesState<unknown>, 'pending'>,
    out: Outbox<InstanceMessage<M>, R>,
  ) {
    this.instance = instance;
    this.state = state;
    this.out = out;
  }

  send(to: number, message: M, after?: StoreToken): void {
    this.out.send(to, { instance: this.instance, message }, after);
  }

  store(writes: readonly RecordWrite[]): StoreToken {
    const named = writes.map(({ key, value }) => ({ key: `${this.instance}/${key}`, value }));
    const token = this.out.store(named);
    this.state.pending.push({ token, instance: this.instance });
    return token;
  }

  setTimer(timer: string, minMs: number, maxMs?: number): void {
    this.out.setTimer(`${this.instance}/${timer}`, minMs, maxMs);
  }

  cancelTimer(timer: string): void {
    this.out.cancelTimer(`${this.instance}/${timer}`);
  }

  reply(id: RequestId, result: R, after?: StoreToken): void {
    this.out.reply(id, result, after);
  }

  choose(label: string, among: number): number {
    return this.out.choose(label, among);
  }

  note(kind: string, data: unknown): void {
    this.out.note(kind, data);
  }
}
