import type { Pair } from '../../faults/pairs.ts';
import { type LinkChange, type LinkDevice, NOMINAL_LINK_MS } from '../links.ts';

/** What a switch is made with. */
export interface PacketSwitchOptions {
  readonly members: number;
  /** Chances in [0, 1). */
  readonly random: () => number;
  readonly nowMs: () => number;
  /** Calls later; a delay of 0 is never asked for. */
  readonly later: (ms: number, run: () => void) => void;
  /** Hands a frame to a member. */
  readonly deliver: (to: number, frame: Uint8Array) => void;
}

/** What became of the frames of one direction. */
export interface LinkCounts {
  passed: number;
  cut: number;
  lost: number;
  doubled: number;
  corrupted: number;
  heldBack: number;
}

/** An Ethernet header: two addresses and a type. What is corrupted lies behind it: a frame always finds its way. */
const HEADER = 14;

/** Frames that wait on one direction at most; beyond that a full queue drops them. */
const WAITING_MAX = 10_000;

interface Direction {
  cuts: number;
  readonly changes: Set<LinkChange>;
  /** When the last frame that keeps its place leaves, and how many wait. */
  lastMs: number;
  waiting: number;
  readonly counts: LinkCounts;
}

/**
 * A switch for Ethernet frames between members that knows no protocol: it cuts, loses, doubles, corrupts, holds back, delays and narrows, each
 * direction on its own, by chances that are drawn from a given source. Frames that are only late keep their order.
 */
export class PacketSwitch implements LinkDevice {
  readonly name = 'packet switch';
  readonly changes: ReadonlySet<LinkChange['kind']> = new Set<LinkChange['kind']>([
    'loss',
    'duplicate',
    'corrupt',
    'reorder',
    'slow-link',
    'narrow-link',
  ]);
  private readonly options: PacketSwitchOptions;
  private readonly table = new Map<number, Direction>();

  constructor(options: PacketSwitchOptions) {
    this.options = options;
  }

  /** Nothing passes on these pairs until the returned function is called; what is on its way still arrives. */
  cut(pairs: readonly Pair[]): () => void {
    const directions = pairs.map(([from, to]) => this.direction(from, to));
    for (const direction of directions) direction.cuts++;
    return once(() => {
      for (const direction of directions) direction.cuts--;
    });
  }

  /** Frames of these pairs fare like this, besides what is in force already. */
  change(pairs: readonly Pair[], change: LinkChange): () => void {
    const own = { ...change };
    const directions = pairs.map(([from, to]) => this.direction(from, to));
    for (const { changes } of directions) changes.add(own);
    return once(() => {
      for (const { changes } of directions) changes.delete(own);
    });
  }

  /** What became of the frames from one member to another. */
  counts(from: number, to: number): LinkCounts {
    return this.direction(from, to).counts;
  }

  /** A frame a member sent; `to` is undefined for one to all others. The bytes are copied where they must be kept. */
  frame(from: number, to: number | undefined, bytes: Uint8Array): void {
    if (to !== undefined) this.pass(from, to, bytes);
    else {
      for (let other = 0; other < this.options.members; other++)
        if (other !== from) this.pass(from, other, bytes);
    }
  }

  private pass(from: number, to: number, bytes: Uint8Array): void {
    const direction = this.direction(from, to);
    const { counts, changes } = direction;
    if (direction.cuts > 0) {
      counts.cut++;
      return;
    }
    if (changes.size === 0 && direction.waiting === 0) {
      counts.passed++;
      this.options.deliver(to, bytes);
      return;
    }
    if (this.strikes(changes, 'loss')) {
      counts.lost++;
      return;
    }
    let frame = bytes;
    if (this.strikes(changes, 'corrupt')) {
      frame = this.corrupted(bytes);
      counts.corrupted++;
    }
    this.send(direction, to, frame);
    if (!this.strikes(changes, 'duplicate')) return;
    counts.doubled++;
    this.send(direction, to, frame);
  }

  private send(direction: Direction, to: number, frame: Uint8Array): void {
    const { nowMs, deliver, later } = this.options;
    const { changes, counts } = direction;
    let delayMs = 0;
    let transmitMs = 0;
    for (const change of changes) {
      if (change.kind === 'slow-link') delayMs += (change.factor - 1) * NOMINAL_LINK_MS;
      if (change.kind === 'narrow-link')
        transmitMs = Math.max(transmitMs, (frame.length * 8_000) / change.bitsPerSecond);
    }
    const heldMs = this.heldMs(changes);
    const now = nowMs();
    // A narrow link sends one frame after another; a frame that is held back leaves its place to the others.
    const dueMs =
      heldMs > 0 ? now + delayMs + heldMs : Math.max(now + delayMs, direction.lastMs + transmitMs);
    if (heldMs > 0) counts.heldBack++;
    else direction.lastMs = dueMs;
    if (dueMs <= now && direction.waiting === 0) {
      counts.passed++;
      deliver(to, frame);
      return;
    }
    if (direction.waiting >= WAITING_MAX) {
      counts.lost++;
      return;
    }
    direction.waiting++;
    const kept = Uint8Array.from(frame);
    later(Math.max(0, dueMs - now), () => {
      direction.waiting--;
      counts.passed++;
      deliver(to, kept);
    });
  }

  private heldMs(changes: ReadonlySet<LinkChange>): number {
    for (const change of changes) {
      if (change.kind === 'reorder' && this.options.random() < change.probability)
        return this.options.random() * change.holdMs;
    }
    return 0;
  }

  private strikes(changes: ReadonlySet<LinkChange>, kind: 'loss' | 'duplicate' | 'corrupt'): boolean {
    for (const change of changes) {
      if (change.kind === kind && this.options.random() < change.probability) return true;
    }
    return false;
  }

  /** One bit behind the Ethernet header is another. Checksums are left as they are: that is what finds it. */
  private corrupted(bytes: Uint8Array): Uint8Array {
    const copy = Uint8Array.from(bytes);
    const at = HEADER + Math.floor(this.options.random() * Math.max(0, copy.length - HEADER));
    if (at < copy.length) copy[at] = (copy[at] ?? 0) ^ (1 << Math.floor(this.options.random() * 8));
    return copy;
  }

  private direction(from: number, to: number): Direction {
    const key = from * this.options.members + to;
    let direction = this.table.get(key);
    if (direction === undefined) {
      const counts = { passed: 0, cut: 0, lost: 0, doubled: 0, corrupted: 0, heldBack: 0 };
      direction = { cuts: 0, changes: new Set(), lastMs: 0, waiting: 0, counts };
      this.table.set(key, direction);
    }
    return direction;
  }
}

function once(run: () => void): () => void {
  let isOver = false;
  return () => {
    if (isOver) return;
    isOver = true;
    run();
  };
}
