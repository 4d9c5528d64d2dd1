import type { Host } from '../world/host.ts';
import type { HostId, Program } from '../world/program.ts';
import { ACK, type Address, flowKey, type Packet, SYN, turned } from '../transport/index.ts';
import { type Backend, Chooser, type ChoosingPolicy } from './choose.ts';
import { FlowTable, type FlowTableOptions } from './flowTable.ts';
import { isTransitory } from './nat.ts';
import { translated } from './translate.ts';

/** A balancer that looks at flows. */
export interface FlowBalancerOptions extends FlowTableOptions {
  /** What clients connect to; the balancer's own address when left out. */
  readonly address?: Address;
  readonly policy: ChoosingPolicy;
  readonly backends: readonly Address[];
  /** Flows at one backend at once. */
  readonly mostFlowsEach?: number;
  readonly nextHop?: (dst: Address) => HostId;
}

/**
 * A balancer of the fourth layer: each new flow is given to a backend, and all its packets go there. It knows nothing of requests. What it has forgotten it drops, so
 * that both ends believe in a connection that no packet passes.
 */
export class FlowBalancer implements Program {
  /** Flows turned away as no backend had room, and packets of flows that nobody remembers. */
  unknown = 0;
  readonly chooser: Chooser;
  readonly table: FlowTable<Backend>;
  private readonly host: Host;
  private readonly options: FlowBalancerOptions;
  private readonly address: Address;

  constructor(host: Host, options: FlowBalancerOptions) {
    this.host = host;
    this.options = options;
    this.address = options.address ?? host.id;
    this.chooser = new Chooser(options.policy, options.mostFlowsEach);
    this.chooser.become(options.backends.map(String));
    this.table = new FlowTable(host, options, (backend) => this.chooser.done(backend));
  }

  onMessage(_from: HostId, payload: unknown): void {
    const packet = payload as Packet;
    if (packet.dst === this.address) this.goIn(packet);
    else this.comeBack(packet);
  }

  onTimer(): void {
    // Flows are forgotten by the table's own timer.
  }

  private goIn(packet: Packet): void {
    const key = flowKey(packet);
    const isOpening = packet.kind !== 'segment' || (packet.flags & (SYN | ACK)) === SYN;
    const backend =
      this.table.seen(key, isTransitory(packet)) ??
      (isOpening ? this.table.begin(key, () => this.chooser.choose(key)) : undefined);
    if (backend === undefined) {
      this.unknown++;
      return;
    }
    this.pass(translated(packet, { ...packet, dst: Number(backend.name) }));
  }

  private comeBack(packet: Packet): void {
    const seen = { ...packet, src: this.address };
    if (this.table.seen(flowKey(turned(seen)), isTransitory(packet)) === undefined) {
      this.unknown++;
      return;
    }
    this.pass(translated(packet, seen));
  }

  private pass(packet: Packet): void {
    this.host.send(this.options.nextHop?.(packet.dst) ?? packet.dst, packet);
  }
}
