import { hashPlain, type Plain } from '@holdfast/plain';
import type { EventQueue, Slot } from '../loop/eventQueue.ts';
import { assertMessageEdits, type MessageEdits } from '../network/messageEdit.ts';
import type { Network } from '../network/network.ts';
import { DELIVER } from './eventKinds.ts';
import type { Host } from './host.ts';
import type { WorldOptions } from './options.ts';
import type { HostId } from './program.ts';
import type { World } from './world.ts';

/** A host's message to itself takes this long and is never lost. */
export const LOOPBACK_US: number = 1;

const UNNAMED = (): string => 'message';

/** The way of a packet through the world: sent, perhaps lost, doubled or altered, scheduled, delivered or dropped. */
export class PostOffice {
  /** Messages sent so far; the number of the next one. */
  sent = 0;
  /** Copies that never reached a program. */
  dropped = 0;
  private readonly world: World;
  private readonly network: Network;
  private readonly queue: EventQueue;
  private readonly messageLabel: (payload: unknown) => string;
  private readonly hashOf: (payload: unknown) => number;
  private readonly edits: MessageEdits | undefined;
  private readonly mangle: ((payload: unknown) => unknown) | undefined;

  constructor(world: World, network: Network, queue: EventQueue, options: WorldOptions) {
    this.world = world;
    this.network = network;
    this.queue = queue;
    this.messageLabel = options.messageLabel ?? UNNAMED;
    this.hashOf = options.hashOf ?? hashPlain;
    if (options.messages !== undefined) assertMessageEdits(options.messages);
    this.edits = options.messages;
    this.mangle = options.mangle;
  }

  transmit(from: HostId, to: HostId, payload: unknown, channel: number): void {
    const { world, queue } = this;
    const message = this.sent++;
    const sent = world.recorder === undefined ? -1 : this.noteSent(from, to, payload, message);
    const where = from | (channel << 16);
    if (from === to) {
      this.enter(world.nowUs + LOOPBACK_US, to, where, message, payload, sent);
      return;
    }
    const atUs = this.network.arrivalUs(from, to, channel, payload, world.nowUs);
    if (atUs < 0 || this.edits !== undefined) {
      this.unusual(from, to, where, message, payload, sent, atUs);
      return;
    }
    const slot = queue.push(atUs, DELIVER, to, where, message, this.hashOf(payload), payload);
    queue.d[slot] = sent;
  }

  /** A packet that is lost, doubled, altered (`network.decision` says which) or edited: most are none of these, and go the short way. */
  private unusual(
    from: HostId,
    to: HostId,
    where: number,
    message: number,
    payload: unknown,
    sent: number,
    atUs: number,
  ): void {
    const fate = this.network.decision;
    const once = atUs >= 0;
    if (!once && fate.count === 0) {
      if (fate.dropped === 'refused') this.refuse(from, to, payload, fate.atUs[0] as number);
      this.drop(from, to, payload, message, sent, fate.reason);
      return;
    }
    const edit = this.edits?.[message];
    if (edit?.kind === 'drop') {
      this.drop(from, to, payload, message, sent, 'taken out');
      return;
    }
    const lateUs = edit?.byUs ?? 0;
    if (once) {
      this.enter(atUs + lateUs, to, where, message, payload, sent);
      return;
    }
    let carried = payload;
    if (fate.corrupt) {
      if (this.mangle === undefined) {
        this.drop(from, to, payload, message, sent, 'corrupt');
        return;
      }
      carried = this.mangle(payload);
    }
    for (let i = 0; i < fate.count; i++) {
      this.enter((fate.atUs[i] as number) + lateUs, to, where, message, carried, sent);
    }
  }

  /** One copy is on its way. */
  private enter(
    timeUs: number,
    to: HostId,
    where: number,
    message: number,
    payload: unknown,
    sent: number,
  ): void {
    const { queue } = this;
    const slot = queue.push(timeUs, DELIVER, to, where, message, this.hashOf(payload), payload);
    queue.d[slot] = sent;
  }

  private noteSent(from: HostId, to: HostId, payload: unknown, message: number): number {
    const { world } = this;
    const cause = world.currentEvent;
    const label = this.messageLabel(payload);
    return world.note(from, 'send', label, { cause, peer: to, message, data: payload as Plain });
  }

  /** Whether a message that comes up now gets to its host; if not, it is dropped here. */
  arrives(host: Host, slot: Slot): boolean {
    if (!host.up) {
      this.discard(host, slot, 'host down');
      return false;
    }
    const { reachability } = this.network;
    if (!reachability.anyCut) return true;
    const where = this.queue.a[slot] as number;
    if (reachability.canReach(where & 0xffff, host.id, where >> 16)) return true;
    this.discard(host, slot, 'cut off');
    return false;
  }

  /** Hands a message that has arrived to its host's program, and releases its slot. */
  deliver(host: Host, slot: Slot): void {
    const { queue, world } = this;
    const payload = queue.payload[slot];
    const where = queue.a[slot] as number;
    const from = where & 0xffff;
    if (world.recorder !== undefined) {
      const label = this.messageLabel(payload);
      const [cause, message] = [queue.d[slot] as number, queue.b[slot] as number];
      world.currentEvent = world.note(host.id, 'deliver', label, { cause, peer: from, message });
    }
    queue.release(slot);
    host.program?.onMessage(from, payload, where >> 16);
  }

  /** Drops a message that has come up, and releases its slot. */
  discard(host: Host, slot: Slot, why: string): void {
    const { queue } = this;
    const from = (queue.a[slot] as number) & 0xffff;
    this.drop(from, host.id, queue.payload[slot], queue.b[slot] as number, queue.d[slot] as number, why);
    queue.release(slot);
  }

  private refuse(from: HostId, to: HostId, payload: unknown, atUs: number): void {
    const { world } = this;
    const host = world.host(from);
    world.after(host, atUs - world.nowUs, 'refused', () => host.program?.onRefused?.(to, payload));
  }

  private drop(from: HostId, to: HostId, payload: unknown, message: number, sent: number, why: string): void {
    this.dropped++;
    const { world } = this;
    if (world.recorder === undefined) return;
    world.note(to, 'drop', `${this.messageLabel(payload)}: ${why}`, { cause: sent, peer: from, message });
  }
}
