import { createSocket, type Socket } from 'node:dgram';
import { createWriteStream, type WriteStream } from 'node:fs';
import { LiveError } from '../../errors.ts';
import { generator } from '../../random.ts';
import type { VxlanSite } from '../../site/vxlan.ts';
import { PacketSwitch } from './packetSwitch.ts';
import { pcapHead, pcapRecord } from './pcap.ts';
import { readVxlan, vxlanPacket } from './vxlanFrames.ts';

/** Bytes the kernel may keep for us while we are busy. */
const BUFFER = 4 * 1024 * 1024;

/** The UDP port VXLAN has (RFC 7348, section 5). */
export const VXLAN_PORT = 4_789;

/** How a switch is opened. */
export interface VxlanSwitchOptions {
  readonly members: number;
  readonly seed?: number | undefined;
  /** A capture file of every frame members send goes there. */
  readonly pcap?: string | undefined;
}

/**
 * Stands between members in namespaces as the far end of each one's VXLAN tunnel: whole Ethernet frames arrive in a UDP socket of this process, which
 * sends them on or does not. It ends with this process.
 */
export class VxlanSwitch extends PacketSwitch {
  private readonly socket: Socket;
  private readonly capture: WriteStream | undefined;

  private constructor(socket: Socket, site: VxlanSite, options: VxlanSwitchOptions) {
    super({
      members: options.members,
      random: generator(options.seed ?? 1),
      nowMs: () => performance.now(),
      later: (ms, run) => void setTimeout(run, ms),
      deliver: (to, frame) => this.hand(site.underlayOf(to), frame),
    });
    this.socket = socket;
    this.capture = options.pcap === undefined ? undefined : createWriteStream(options.pcap);
    this.capture?.write(pcapHead());
    const places = new Map(
      Array.from({ length: options.members }, (_, index) => [site.underlayOf(index), index]),
    );
    socket.on('message', (packet, { address }) => {
      const from = places.get(address);
      const read = from === undefined ? undefined : readVxlan(packet);
      if (from === undefined || read === undefined) return;
      this.capture?.write(pcapRecord(Date.now() * 1_000, read.frame));
      const { to, frame } = read;
      if (to === 'all') this.frame(from, undefined, frame);
      else if (to >= 0 && to < options.members && to !== from) this.frame(from, to, frame);
    });
    socket.on('error', () => undefined);
  }

  /** Opens the switch at the runner's end of the bridge. Throws `LiveError` when the port is taken. */
  static async open(site: VxlanSite, options: VxlanSwitchOptions): Promise<VxlanSwitch> {
    const socket = createSocket({ type: 'udp4', recvBufferSize: BUFFER, sendBufferSize: BUFFER });
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(VXLAN_PORT, site.runnerHost, resolve);
    }).catch((error: unknown) => {
      throw new LiveError(
        'PORT_TAKEN',
        `Cannot open the packet switch at ${site.runnerHost}:${VXLAN_PORT}: ${String(error)}`,
        "run 'holdfast clean', or use network: namespaces",
      );
    });
    return new VxlanSwitch(socket, site, options);
  }

  /** Closes it: nothing passes any more. Resolves when the capture is on disk. */
  async close(): Promise<void> {
    this.socket.close();
    const { capture } = this;
    if (capture !== undefined) await new Promise<void>((done) => capture.end(done));
  }

  private hand(host: string, frame: Uint8Array): void {
    this.socket.send(vxlanPacket(frame), VXLAN_PORT, host);
  }
}
