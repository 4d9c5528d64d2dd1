import type { Socket } from 'node:net';
import { sleep } from '../../time.ts';
import type { Toxic } from './toxics.ts';

/** Bytes a pipe holds back before it stops reading. */
const HELD_MAX = 4 * 1024 * 1024;

/** How a direction is treated. */
export interface Way {
  readonly toxics: () => readonly Toxic[];
  readonly random: () => number;
  /** Counts what comes and goes. */
  readonly traffic: { received: number; sent: number };
}

/** One direction of a proxied connection: pieces leave in their order, each as late and as sliced as the toxics in force want. */
export class Pipe {
  private readonly from: Socket;
  private readonly to: Socket;
  private readonly way: Way;
  /** Everything before is on its way when this resolves. */
  private tail: Promise<void> = Promise.resolve();
  private held = 0;
  private passed = 0;
  /** Whether the piece before was left out. */
  private wasLost = false;

  constructor(from: Socket, to: Socket, way: Way) {
    this.from = from;
    this.to = to;
    this.way = way;
  }

  begin(): void {
    this.from.on('data', (bytes: Buffer) => {
      this.held += bytes.length;
      this.way.traffic.received += bytes.length;
      if (this.held > HELD_MAX) this.from.pause();
      const arrivedAt = performance.now();
      this.tail = this.tail.then(() => this.pass(bytes, arrivedAt));
    });
    this.from.on('end', () => {
      this.tail = this.tail.then(() => this.close());
    });
  }

  private async pass(bytes: Buffer, arrivedAt: number): Promise<void> {
    const { random } = this.way;
    let slice = (): number => bytes.length;
    let sliceDelayMs = 0;
    for (const toxic of this.way.toxics()) {
      switch (toxic.type) {
        case 'latency': {
          const { latency, jitter = 0 } = toxic.attributes;
          const due = arrivedAt + latency + jitter * (2 * random() - 1);
          await sleep(Math.max(0, due - performance.now()));
          break;
        }
        case 'bandwidth':
          await sleep(toxic.attributes.rate === 0 ? 0x7fff_ffff : bytes.length / toxic.attributes.rate);
          break;
        case 'slicer': {
          const { average_size: size, size_variation: variation = 0, delay = 0 } = toxic.attributes;
          slice = () => Math.max(1, Math.round(size + variation * (2 * random() - 1)));
          sliceDelayMs = delay / 1_000;
          break;
        }
        case 'packet_loss':
          if (!this.loses(toxic.attributes)) break;
          this.held -= bytes.length;
          if (this.held <= HELD_MAX) this.from.resume();
          return;
        case 'timeout':
        case 'reset_peer':
          // Nothing passes; the proxy ends the connection when it is time.
          this.held -= bytes.length;
          return;
        default:
      }
    }
    await this.write(this.limited(bytes), slice, sliceDelayMs);
    this.held -= bytes.length;
    if (this.held <= HELD_MAX) this.from.resume();
  }

  /** Losses come in bursts as far as they are correlated (Gilbert, Elliott). */
  private loses({
    loss_rate: rate,
    correlation = 0,
  }: Extract<Toxic, { type: 'packet_loss' }>['attributes']): boolean {
    this.wasLost = this.way.random() < (this.wasLost ? rate + correlation : rate);
    return this.wasLost;
  }

  /** What a limit still lets through; beyond it the connection ends. */
  private limited(bytes: Buffer): Buffer {
    const limit = this.way.toxics().find((toxic) => toxic.type === 'limit_data');
    if (limit === undefined) return bytes;
    const rest = bytes.subarray(0, Math.max(0, limit.attributes.bytes - this.passed));
    if (this.passed + bytes.length >= limit.attributes.bytes) setImmediate(() => this.to.end());
    return rest;
  }

  private async write(bytes: Buffer, slice: () => number, delayMs: number): Promise<void> {
    for (let at = 0; at < bytes.length && !this.to.destroyed; ) {
      const part = bytes.subarray(at, at + slice());
      at += part.length;
      this.passed += part.length;
      this.way.traffic.sent += part.length;
      if (!this.to.write(part)) await Promise.race([once(this.to, 'drain'), once(this.to, 'close')]);
      if (delayMs > 0) await sleep(delayMs);
    }
  }

  private async close(): Promise<void> {
    // An end passes no more than bytes do.
    if (this.way.toxics().some(({ type }) => type === 'timeout' || type === 'reset_peer')) return;
    const slow = this.way.toxics().find((toxic) => toxic.type === 'slow_close');
    if (slow !== undefined) await sleep(slow.attributes.delay);
    this.to.end();
  }
}

function once(socket: Socket, event: 'drain' | 'close'): Promise<void> {
  return new Promise((resolve) => socket.once(event, () => resolve()));
}
