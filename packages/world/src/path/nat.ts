import type { Host } from '../world/host.ts';
import type { HostId, Program } from '../world/program.ts';
import { ACK, type Address, FIN, type Flow, flowKey, type Packet, RST, turned } from '../transport/index.ts';
import { FlowTable, type FlowTableOptions } from './flowTable.ts';
import { translated } from './translate.ts';

/** A gateway that lends its own address to the hosts behind it. */
export interface NatOptions extends FlowTableOptions {
  readonly inside: readonly Address[];
  readonly nextHop?: (dst: Address) => HostId;
  /** Ports lent to flows, both included: one for each flow to the same place. */
  readonly ports: readonly [number, number];
}

interface Mapping {
  readonly inner: Flow;
  readonly outer: Flow;
}

/**
 * Network address translation (RFC 4787, 5382): a flow from the inside gets a port of the gateway's; packets to that port come in as long as the
 * flow is remembered. A flow that was forgotten and speaks again gets another port: the other end takes it for a stranger.
 */
export class NatGateway implements Program {
  /** New flows dropped as no port was left, and packets from outside to a flow that nobody remembers. */
  portsExhausted = 0;
  unknown = 0;
  readonly table: FlowTable<Mapping>;
  private readonly host: Host;
  private readonly options: NatOptions;
  private readonly outside = new Map<string, Mapping>();
  private nextPort: number;

  constructor(host: Host, options: NatOptions) {
    this.host = host;
    this.options = options;
    this.nextPort = options.ports[0];
    this.table = new FlowTable(host, options, ({ outer }) => this.outside.delete(flowKey(turned(outer))));
  }

  onMessage(_from: HostId, payload: unknown): void {
    const packet = payload as Packet;
    if (this.options.inside.includes(packet.src)) this.goOut(packet);
    else this.comeIn(packet);
  }

  onTimer(): void {
    // Flows are forgotten by the table's own timer.
  }

  private goOut(packet: Packet): void {
    const mapping =
      this.table.seen(flowKey(packet), isTransitory(packet)) ??
      this.table.begin(flowKey(packet), () => this.map(packet));
    if (mapping === undefined) return;
    this.pass(translated(packet, mapping.outer));
  }

  private comeIn(packet: Packet): void {
    const mapping = this.outside.get(flowKey(packet));
    if (mapping === undefined) {
      this.unknown++;
      return;
    }
    this.table.seen(flowKey(mapping.inner), isTransitory(packet));
    this.pass(translated(packet, turned(mapping.inner)));
  }

  private map({ src, dst, srcPort, dstPort }: Flow): Mapping | undefined {
    const [first, last] = this.options.ports;
    for (let tried = first; tried <= last; tried++) {
      const port = this.nextPort;
      this.nextPort = port === last ? first : port + 1;
      const outer = { src: this.host.id, dst, srcPort: port, dstPort };
      const key = flowKey(turned(outer));
      if (this.outside.has(key)) continue;
      const mapping = { inner: { src, dst, srcPort, dstPort }, outer };
      this.outside.set(key, mapping);
      return mapping;
    }
    this.portsExhausted++;
    return undefined;
  }

  private pass(packet: Packet): void {
    this.host.send(this.options.nextHop?.(packet.dst) ?? packet.dst, packet);
  }
}

/** Whether a flow is about to end, or has only begun: such flows are remembered for a shorter time. */
export function isTransitory(packet: Packet): boolean {
  return packet.kind !== 'segment' || (packet.flags & (FIN | RST)) !== 0 || (packet.flags & ACK) === 0;
}
