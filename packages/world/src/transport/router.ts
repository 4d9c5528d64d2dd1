import type { Host } from '../world/host.ts';
import type { HostId, Program } from '../world/program.ts';
import { type Address, type Packet, packetBytes, SEGMENT_HEADER_BYTES, turned } from './packet.ts';

/** What a router does with packets. */
export interface RouterOptions {
  /** The next host on the way to an address. Default: straight to it. */
  readonly nextHop?: (dst: Address) => HostId;
  /** Largest packet that the way out takes. Default: any. */
  readonly mtuBytes?: number;
  /** Whether the sender of a packet that is too large hears of it. False makes a black hole. Default true. */
  readonly answersTooBig?: boolean;
  /** Hears of each packet that is passed on. */
  readonly passing?: (packet: Packet) => void;
}

/** A router: passes packets on, one hop. What goes through it is bounded by the links of the world and by the size it takes. */
export class Router implements Program {
  /** Packets passed on, dropped as too large, and passed on in pieces. */
  passed = 0;
  tooLarge = 0;
  cutUp = 0;
  private readonly host: Host;
  private options: RouterOptions;

  constructor(host: Host, options: RouterOptions = {}) {
    this.host = host;
    this.options = options;
  }

  /** The network has changed: other routes, another size. Packets under way are not touched. */
  change(options: Partial<RouterOptions>): void {
    this.options = { ...this.options, ...options };
  }

  onMessage(_from: HostId, payload: unknown): void {
    const packet = payload as Packet;
    const { nextHop, mtuBytes = Number.POSITIVE_INFINITY, answersTooBig = true, passing } = this.options;
    const hop = (dst: Address): HostId => nextHop?.(dst) ?? dst;
    if (packetBytes(packet) > mtuBytes && packet.kind !== 'too-big') {
      if (packet.df) {
        this.tooLarge++;
        if (answersTooBig)
          this.host.send(hop(packet.src), { kind: 'too-big', ...turned(packet), mtuBytes } satisfies Packet);
        return;
      }
      this.cutUp += Math.ceil(packetBytes(packet) / (mtuBytes - SEGMENT_HEADER_BYTES));
    }
    this.passed++;
    passing?.(packet);
    this.host.send(hop(packet.dst), packet);
  }

  onTimer(): void {
    // A router keeps no time.
  }
}
