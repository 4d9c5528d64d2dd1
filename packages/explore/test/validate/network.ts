import { clonePlain } from '@holdfast/plain';
import type {
  Core,
  CoreEvent,
  NodeId,
  Outbox,
  RecordWrite,
  RequestId,
  StoreToken,
} from '@holdfast/protocols';
import { recorded, type RecordedStep } from '../../src/index.ts';

interface Flight<M> {
  readonly from: NodeId;
  readonly to: NodeId;
  readonly message: M;
}

/** A node with its disk; everything happens when the driver says so. */
class Driven<S, M, C, R> implements Outbox<M, R> {
  state: S;
  readonly timers = new Set<string>();
  readonly disk: Record<string, unknown>;
  readonly pending: { token: StoreToken; writes: readonly RecordWrite[] }[] = [];
  private readonly held: { after: StoreToken; flight: Flight<M> }[] = [];
  private readonly node: NodeId;
  private readonly core: Core<S, M, C, R>;
  private readonly network: Flight<M>[];
  private readonly random: (among: number) => number;
  private token = 0;

  constructor(
    node: NodeId,
    core: Core<S, M, C, R>,
    disk: Record<string, unknown>,
    network: Flight<M>[],
    random: (among: number) => number,
  ) {
    this.node = node;
    this.core = core;
    this.disk = disk;
    this.network = network;
    this.random = random;
    this.state = core.boot({ self: node, records: clonePlain(disk) }, this);
  }

  step(event: CoreEvent<M, C>): void {
    this.core.step(this.state, event, this);
  }

  flush(): void {
    const store = this.pending.shift();
    if (store === undefined) return;
    this.write(store.writes);
    for (const { after, flight } of this.held.splice(0)) {
      if (after <= store.token) this.network.push(flight);
      else this.held.push({ after, flight });
    }
    this.step({ kind: 'stored', token: store.token });
  }

  /** What a crash leaves on the disk: what was durable and the first writes of the rest. */
  crashed(): Record<string, unknown> {
    const writes = this.pending.flatMap((store) => store.writes);
    this.write(writes.slice(0, this.random(writes.length + 1)));
    return this.disk;
  }

  private write(writes: readonly RecordWrite[]): void {
    for (const { key, value } of writes) {
      if (value === null) delete this.disk[key];
      else this.disk[key] = value;
    }
  }

  send(to: NodeId, message: M, after: StoreToken = 0): void {
    const flight = { from: this.node, to, message };
    if (this.pending.some(({ token }) => token <= after)) this.held.push({ after, flight });
    else this.network.push(flight);
  }

  store(writes: readonly RecordWrite[]): StoreToken {
    this.pending.push({ token: ++this.token, writes: clonePlain(writes) as readonly RecordWrite[] });
    return this.token;
  }

  setTimer(timer: string): void {
    this.timers.add(timer);
  }

  cancelTimer(timer: string): void {
    this.timers.delete(timer);
  }

  reply(): void {
    // Nobody waits.
  }

  choose(_: string, among: number): number {
    return this.random(among);
  }

  note(): void {
    // Nobody listens.
  }
}

/** What to run. */
export interface RandomRun<S, M, C, R> {
  readonly nodes: number;
  readonly core: Core<S, M, C, R>;
  readonly command: (id: RequestId) => C;
  readonly steps: number;
  /** A crash about once in so many steps; 0 never. */
  readonly crashEvery: number;
  readonly random: (among: number) => number;
}

/** Runs cores at random, as a network and disks may behave, and records everything. */
export function randomRun<S, M, C, R>(run: RandomRun<S, M, C, R>): RecordedStep<M, C, R>[] {
  const { nodes, core, command, steps, crashEvery, random } = run;
  const recording: RecordedStep<M, C, R>[] = [];
  const network: Flight<M>[] = [];
  const heard = (step: RecordedStep<M, C, R>): void => {
    recording.push(structuredClone(step));
  };
  const start = (node: NodeId, disk: Record<string, unknown>): Driven<S, M, C, R> =>
    new Driven(node, recorded(core, node, heard), disk, network, random);
  const driven = Array.from({ length: nodes }, (_, i) => start(i + 1, {}));
  for (let request = 1; recording.length < steps; ) {
    const at = random(nodes);
    const node = driven[at] as Driven<S, M, C, R>;
    const what = random(20);
    if (crashEvery > 0 && random(crashEvery) === 0) driven[at] = start(at + 1, node.crashed());
    else if (what === 0) node.step({ kind: 'request', id: request, command: command(request++) });
    else if (what === 1) {
      const timers = [...node.timers];
      const timer = timers[random(Math.max(1, timers.length))];
      if (timer === undefined) continue;
      node.timers.delete(timer);
      node.step({ kind: 'timer', timer });
    } else if (what < 8) node.flush();
    else if (network.length > 0) {
      const [flight] = network.splice(random(network.length), 1) as [Flight<M>];
      if (what === 8) continue;
      driven[flight.to - 1]?.step({
        kind: 'message',
        from: flight.from,
        message: clonePlain(flight.message),
      });
    }
  }
  return recording;
}
