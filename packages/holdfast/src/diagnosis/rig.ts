import {
  Choices,
  ClientCall,
  FramedMux,
  type Host,
  HTTP2_LIKE,
  type LatencyModel,
  type LinkPolicy,
  linkPolicy,
  type Mux,
  type MuxOptions,
  type Packet,
  packetBytes,
  packetHash,
  packetLabel,
  serve,
  type ServedCall,
  type StreamConnection,
  type TransportStack,
  World,
} from '@holdfast/world';
import { quantileOf } from '../subjects/patterns/running.ts';

/** A millisecond and a second, in microseconds. */
export const MS = 1_000;
/** See `MS`. */
export const SECOND = 1_000_000;

/** A world of hosts that talk packets. */
export function rigWorld(hosts: readonly string[], seed: number, latency: LatencyModel): World {
  return new World({
    choices: new Choices({ seed }),
    hosts,
    link: linkPolicy({ latency }),
    sizeOf: (payload) => packetBytes(payload as Packet),
    hashOf: packetHash,
    messageLabel: packetLabel,
  });
}

/** Another policy for packets between two hosts, both ways. */
export function between(world: World, a: number, b: number, changed: Partial<LinkPolicy>): void {
  world.network.impose({
    covers: (from, to) => (from === a && to === b) || (from === b && to === a),
    change: (policy) => ({ ...policy, ...changed }),
  });
}

/** Serves calls one after the other, so many at once, and knows how it went. */
export class Worker {
  readonly arrivalsUs: number[] = [];
  mostQueued = 0;
  busyUs = 0;
  /** Times when nothing was begun although somebody waited, us. */
  readonly pausesUs: number[] = [];
  private readonly host: Host;
  private readonly atOnce: number;
  private readonly work: (call: ServedCall, done: () => void) => void;
  private readonly follow: ((call: ServedCall, answer: () => void) => void) | undefined;
  private readonly queue: ServedCall[] = [];
  private running = 0;
  private pausedUntilUs = 0;

  /** `follow`: what a call waits for once it has been worked on, without keeping others waiting. */
  constructor(
    stack: TransportStack,
    port: number,
    atOnce: number,
    work: (call: ServedCall, done: () => void) => void,
    follow?: (call: ServedCall, answer: () => void) => void,
  ) {
    this.host = stack.host;
    this.atOnce = atOnce;
    this.work = work;
    this.follow = follow;
    stack.listen(port, (listener) => {
      const connection = listener.accept() as StreamConnection;
      serve(stack.host, new FramedMux(connection, false, HTTP2_LIKE), (call) => {
        call.events = {
          readable: () => void call.read(),
          asked: () => this.enqueue(call),
        };
      });
    });
  }

  /** Nothing is begun for so long: a batch, a collection of garbage. */
  pause(forUs: number): void {
    this.pausedUntilUs = this.host.world.nowUs + forUs;
    this.pausesUs.push(forUs);
    this.host.after(forUs, 'goes on', () => this.next());
  }

  private enqueue(call: ServedCall): void {
    this.arrivalsUs.push(this.host.world.nowUs);
    this.queue.push(call);
    this.next();
    this.mostQueued = Math.max(this.mostQueued, this.queue.length);
  }

  private next(): void {
    const { world } = this.host;
    while (this.running < this.atOnce && this.queue.length > 0 && world.nowUs >= this.pausedUntilUs) {
      const call = this.queue.shift();
      if (call === undefined) return;
      this.running++;
      const beganUs = world.nowUs;
      this.work(call, () => {
        this.running--;
        this.busyUs += world.nowUs - beganUs;
        const answer = (): void => {
          if (call.isOver) return;
          call.write('answer');
          call.end();
        };
        if (this.follow === undefined) answer();
        else this.follow(call, answer);
        this.next();
      });
    }
  }
}

/** Works for so long, drawn from the host's own choices. */
export function working(
  host: Host,
  leastUs: number,
  mostUs: number,
): (call: ServedCall, done: () => void) => void {
  return (_call, done) => void host.after(host.choices.between(leastUs, mostUs, 'work'), 'work', done);
}

/** Connects to a worker. */
export function connectTo(
  stack: TransportStack,
  address: number,
  port: number,
  options: MuxOptions = HTTP2_LIKE,
): Mux {
  return new FramedMux(stack.connect(address, port), true, options);
}

/** Asks, reads the answer away, and tells how it ended. */
export function ask(
  stack: TransportStack,
  mux: Mux,
  method: string,
  done: (call: ClientCall) => void,
): ClientCall {
  const call: ClientCall = new ClientCall(
    stack.host,
    mux,
    { method, body: 'x'.repeat(200), withinUs: 20 * SECOND },
    { readable: () => void call.read(), done: () => done(call) },
  );
  return call;
}

/** When requests were made and what each took, milliseconds. */
export interface Timed {
  readonly atUs: number;
  readonly ms: number;
}

/** Lines that show requests second by second: how many, the middle, the slowest. */
export function bySecond(timed: readonly Timed[]): string[] {
  const seconds = new Map<number, number[]>();
  for (const { atUs, ms } of timed) {
    const second = Math.floor(atUs / SECOND);
    seconds.set(second, [...(seconds.get(second) ?? []), ms]);
  }
  return [...seconds].map(([second, all]) => {
    const median = quantileOf(all, 0.5).toFixed(0);
    return `second ${second}: ${all.length} requests, median ${median} ms, slowest ${Math.max(...all).toFixed(0)} ms`;
  });
}

/** Plain lines of several named counts. */
export function countLines(counts: Readonly<Record<string, number | string>>): string[] {
  return Object.entries(counts).map(([name, count]) => `${name}: ${count}`);
}
