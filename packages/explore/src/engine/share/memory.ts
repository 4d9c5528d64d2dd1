import { locked } from './lock.ts';

/** Words of a segment: a run of states of one level, written by one thread and read by one. */
export const SEGMENT_WORDS: number = 1 << 14;

/** The cells of the common control block. */
export const CELLS = {
  lock: 0,
  free: 1,
  taken: 2,
  arrived: 3,
  generation: 4,
  end: 5,
  depth: 6,
  grow: 7,
  slots: 8,
  pending: 9,
  unexpanded: 10,
  /** Which of the two directories is the level being read. */
  side: 11,
  counts: 12,
  /** The lock of meetings. */
  barrier: 14,
  /** Threads that take part so far. The first one does from the start. */
  joined: 15,
  /** While the table grows: its slots before, and how many of its segments somebody has taken over. */
  slotsBefore: 16,
  moved: 17,
} as const;

/** Of the cell `grow`: whether the table shall be made larger when all meet next, or all are at it. */
export const GROWS = { no: 0, asked: 1, now: 2 } as const;

/** Why a common search ended, as the control block says it. */
export const ENDS = ['', 'complete', 'violated', 'states', 'bytes', 'cancelled', 'failed'] as const;
/** One of them; the empty one while it goes on. */
export type EndName = (typeof ENDS)[number];

/** Levels whose sizes are kept. */
const MOST_LEVELS = 4_096;
const FIRST_LEVEL = 18;
const FIRST_LIST: number = FIRST_LEVEL + MOST_LEVELS;

/** Figures each thread keeps where others can read them. */
export const FIGURES = { states: 0, generated: 1, expanded: 2, width: 4 } as const;

/** What the threads of one search share: plain, so that it can be handed to them. */
export interface SharedMemory {
  readonly control: SharedArrayBuffer;
  readonly figures: SharedArrayBuffer;
  readonly table: SharedArrayBuffer;
  readonly segments: SharedArrayBuffer;
  readonly log: SharedArrayBuffer;
}

/** How much memory the threads may share, in bytes. Nothing is used before it is needed. */
export interface SharedMemorySizes {
  readonly workers: number;
  /** For fingerprints: rounded down to a power of two. */
  readonly tableBytes: number;
  /** For the states of two levels. */
  readonly frontierBytes: number;
  /** For the distinct parts of states. */
  readonly logBytes: number;
}

const FIRST_SLOTS: number = 1 << 17;

/** Lays out the memory of a search. */
export function sharedMemory(sizes: SharedMemorySizes): SharedMemory {
  const { workers, tableBytes, frontierBytes, logBytes } = sizes;
  const slots = 2 ** Math.max(16, Math.floor(Math.log2(tableBytes / 8)));
  const segments = Math.max(8 * workers, Math.floor(frontierBytes / (4 * SEGMENT_WORDS)));
  const memory: SharedMemory = {
    control: new SharedArrayBuffer(4 * (FIRST_LIST + 3 * segments)),
    figures: new SharedArrayBuffer(8 * FIGURES.width * workers),
    table: new SharedArrayBuffer(8 * slots),
    segments: new SharedArrayBuffer(4 * SEGMENT_WORDS * segments),
    log: new SharedArrayBuffer(logBytes),
  };
  const cells = new Int32Array(memory.control);
  cells[CELLS.slots] = Math.min(FIRST_SLOTS, slots);
  cells[CELLS.free] = segments;
  cells[CELLS.joined] = 1;
  for (let i = 0; i < segments; i++) cells[FIRST_LIST + i] = i;
  return memory;
}

/** The control block: who is where, which segments hold the two levels, whether and why it has ended. */
export class Control {
  readonly cells: Int32Array;
  readonly figures: Float64Array;
  readonly segmentCount: number;

  constructor(memory: SharedMemory) {
    this.cells = new Int32Array(memory.control);
    this.figures = new Float64Array(memory.figures);
    this.segmentCount = (this.cells.length - FIRST_LIST) / 3;
  }

  get end(): EndName {
    return ENDS[Atomics.load(this.cells, CELLS.end)] as EndName;
  }

  /** Ends the search, unless it has ended. */
  finish(end: EndName): void {
    Atomics.compareExchange(this.cells, CELLS.end, 0, ENDS.indexOf(end));
    // Who waits for the others need not wait any longer.
    Atomics.notify(this.cells, CELLS.generation);
  }

  /** Takes part from now on; false when the search has ended. */
  join(): boolean {
    return locked(this.cells, CELLS.barrier, () => {
      if (this.end !== '') return false;
      Atomics.add(this.cells, CELLS.joined, 1);
      return true;
    });
  }

  /** Threads that have taken part; once the search has ended no more come. */
  get joined(): number {
    return locked(this.cells, CELLS.barrier, () => Atomics.load(this.cells, CELLS.joined));
  }

  get depth(): number {
    return Atomics.load(this.cells, CELLS.depth);
  }

  /** A figure summed over all threads. */
  total(figure: number): number {
    let sum = 0;
    for (let at = figure; at < this.figures.length; at += FIGURES.width) sum += this.figures[at] as number;
    return sum;
  }

  /** New states of each level so far. */
  get levels(): number[] {
    const count = Math.min(MOST_LEVELS, this.depth);
    return Array.from(this.cells.subarray(FIRST_LEVEL, FIRST_LEVEL + count));
  }

  noteLevel(depth: number, states: number): void {
    if (depth < MOST_LEVELS) this.cells[FIRST_LEVEL + depth] = states;
  }

  /** Segment `index` of the level being read (`next` false) or written. */
  listed(next: boolean, index: number): number {
    return this.cells[this.list(next) + index] as number;
  }

  count(next: boolean): number {
    return Atomics.load(this.cells, CELLS.counts + this.side(next));
  }

  /** Adds a segment to the level being written; only inside the lock. */
  publish(segment: number): void {
    const cell = CELLS.counts + this.side(true);
    const at = this.cells[cell] as number;
    this.cells[this.list(true) + at] = segment;
    Atomics.store(this.cells, cell, at + 1);
  }

  /** The next segment of the level being read, -1 when all are taken. */
  take(): number {
    const at = Atomics.add(this.cells, CELLS.taken, 1);
    return at < this.count(false) ? this.listed(false, at) : -1;
  }

  /** Segments of the level being read that nobody has taken. */
  untaken(): number[] {
    const count = this.count(false);
    const taken = Math.min(count, Atomics.load(this.cells, CELLS.taken));
    return Array.from({ length: count - taken }, (_, i) => this.listed(false, taken + i));
  }

  /** A free segment, -1 when there is none; only inside the lock. */
  allocate(): number {
    const free = this.cells[CELLS.free] as number;
    if (free === 0) return -1;
    this.cells[CELLS.free] = free - 1;
    return this.cells[FIRST_LIST + free - 1] as number;
  }

  /** Gives a segment back; only inside the lock. */
  release(segment: number): void {
    const free = this.cells[CELLS.free] as number;
    this.cells[FIRST_LIST + free] = segment;
    this.cells[CELLS.free] = free + 1;
  }

  /** The level written becomes the level read; only while nobody works. */
  turn(): void {
    const { cells } = this;
    const side = cells[CELLS.side] as number;
    cells[CELLS.counts + side] = 0;
    cells[CELLS.side] = 1 - side;
    cells[CELLS.depth] = (cells[CELLS.depth] as number) + 1;
    Atomics.store(cells, CELLS.taken, 0);
  }

  private side(next: boolean): number {
    const side = Atomics.load(this.cells, CELLS.side);
    return next ? 1 - side : side;
  }

  private list(next: boolean): number {
    return FIRST_LIST + this.segmentCount * (1 + this.side(next));
  }
}
