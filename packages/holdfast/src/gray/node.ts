import type { Host, HostId, Program } from '@holdfast/world';
import type { GrayFault } from './faults.ts';

/** What is said between a client and a node. `ping` is answered by the machine, `work` and `probe` by the service. */
export interface FleetMessage {
  readonly kind: 'work' | 'probe' | 'ping' | 'answer' | 'pong';
  readonly id: number;
}

/** Work of a request, microseconds, and that of one disk read. */
const WORK_US = [3_000, 6_000] as const;
const DISK_US = 200;
const DISKS = 10;
/** The input that has a bug: one of ten thousand. */
const BAD_INPUT = 1_237;
const INPUTS = 10_000;
const BUG_US = 500_000;
/** What a leak adds to each request for each request served, and when the process is killed. */
const LEAK_US = 25;
const LEAK_LIMIT = 420;
const RESTART_US = 400_000;

/** A node of a fleet: works off one request after the other. */
export class FleetNode implements Program {
  private readonly host: Host;
  private readonly fault: GrayFault | null;
  private served = 0;
  private freeUs = 0;
  /** Requests in hand: one that is asked for again meanwhile is not begun again. */
  private readonly inHand = new Set<number>();

  constructor(host: Host, fault: GrayFault | null) {
    this.host = host;
    this.fault = fault;
  }

  onMessage(from: HostId, payload: unknown): void {
    const { kind, id } = payload as FleetMessage;
    const { host } = this;
    if (kind === 'ping') return host.send(from, { kind: 'pong', id } satisfies FleetMessage);
    if (this.inHand.has(id)) return;
    this.inHand.add(id);
    const nowUs = host.world.nowUs;
    this.freeUs = Math.max(this.freeUs, nowUs) + this.costUs(kind, id);
    host.after(this.freeUs - nowUs, 'work', () => {
      this.inHand.delete(id);
      host.send(from, { kind: 'answer', id } satisfies FleetMessage);
    });
    if (this.fault === 'memory-leak' && ++this.served > LEAK_LIMIT) this.die(RESTART_US);
  }

  onTimer(): void {
    // Work ends by itself.
  }

  /** The process is gone, and is back after a while. */
  die(forUs: number): void {
    const { host } = this;
    const { world } = host;
    world.at(world.nowUs, 'dies', () => world.crash(host));
    world.at(world.nowUs + forUs, 'is back', () => world.restart(host));
  }

  private costUs(kind: FleetMessage['kind'], id: number): number {
    const { choices } = this.host;
    const work = choices.between(WORK_US[0], WORK_US[1], 'work') * (this.fault === 'half-speed' ? 2 : 1);
    const disk = choices.below(DISKS, 'disk');
    const read = DISK_US * (this.fault === 'slow-disk' && disk === DISKS - 1 ? 100 : 1);
    const leaked = this.fault === 'memory-leak' ? this.served * LEAK_US : 0;
    const isBad = this.fault === 'input-bug' && kind === 'work' && id % INPUTS === BAD_INPUT;
    return work + read + leaked + (isBad ? BUG_US : 0);
  }
}
