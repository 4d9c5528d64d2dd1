import { INITIAL, type Registers, WRITE } from './registers.ts';

/** How many integers the clocks kept at a time may take: 128 MB. */
const CLOCK_INTEGERS = 2 ** 25;
const FEWEST_LANES = 16;

/** Called for each read: what comes before it is in `clock[base + s]`, for the sessions `s` from `first` up to `end`. */
export type ReadVisitor = (read: number, clock: Int32Array, base: number, first: number, end: number) => void;

/**
 * Vector clocks along an order of all nodes, for a block of sessions at a time: as many as memory allows. Entry `s` of a clock is
 * the first node of session `s` that does not come before (or is not the node itself). Only those of writes are kept.
 */
export class Clocks {
  /** How many sessions a block has. */
  readonly lanes: number;
  steps = 0;
  private readonly registers: Registers;
  private readonly order: Int32Array;
  private readonly row: Int32Array;
  private readonly kept: Int32Array;
  private readonly latest: Int32Array;
  private first = -1;

  constructor(registers: Registers, order: Int32Array, lanes?: number) {
    const { count, sessions, source } = registers;
    this.registers = registers;
    this.order = order;
    this.row = new Int32Array(count);
    let writes = 0;
    for (let v = 0; v < count; v++) if (source[v] === WRITE) this.row[v] = writes++;
    const affordable = Math.max(FEWEST_LANES, Math.floor(CLOCK_INTEGERS / Math.max(1, writes)));
    this.lanes = Math.max(1, Math.min(sessions, lanes ?? affordable));
    for (let v = 0; v < count; v++) this.row[v] = (this.row[v] as number) * this.lanes;
    this.kept = new Int32Array(writes * this.lanes);
    this.latest = new Int32Array(sessions * this.lanes);
  }

  /** Goes through all blocks; `visit` sees each read once in each. */
  sweep(visit: ReadVisitor): void {
    for (let first = 0; first < this.registers.sessions; first += this.lanes) this.sweepBlock(first, visit);
  }

  /** Makes the block of session `s` the present one. */
  show(s: number): void {
    const first = s - (s % this.lanes);
    if (first !== this.first) this.sweepBlock(first);
  }

  /** The clock entry of a write for session `s` of the present block. */
  at(write: number, s: number): number {
    return this.kept[(this.row[write] as number) + s - this.first] as number;
  }

  /** True when the nodes up to and with `v` come before the write, or `v` is the write; `v`'s session must be of the present block. */
  covers(write: number, v: number): boolean {
    return this.at(write, this.registers.sessionOf[v] as number) > v;
  }

  private sweepBlock(first: number, visit?: ReadVisitor): void {
    const { registers, order, row, kept, latest } = this;
    const { sessions, sessionOf, sessionStart, source } = registers;
    const size = this.lanes;
    const lanes = Math.min(size, sessions - first);
    this.first = first;
    this.steps += order.length;
    for (let s = 0; s < sessions; s++) {
      for (let lane = 0; lane < lanes; lane++) latest[s * size + lane] = sessionStart[first + lane] as number;
    }
    for (let i = 0; i < order.length; i++) {
      const v = order[i] as number;
      const s = sessionOf[v] as number;
      const base = s * size;
      const from = source[v] as number;
      if (from >= 0) {
        const other = row[from] as number;
        for (let lane = 0; lane < lanes; lane++) {
          const entry = kept[other + lane] as number;
          if (entry > (latest[base + lane] as number)) latest[base + lane] = entry;
        }
      }
      if (visit !== undefined && from >= INITIAL) visit(v, latest, base - first, first, first + lanes);
      const lane = s - first;
      if (lane >= 0 && lane < lanes) latest[base + lane] = v + 1;
      if (from !== WRITE) continue;
      const own = row[v] as number;
      for (let lane = 0; lane < lanes; lane++) kept[own + lane] = latest[base + lane] as number;
    }
  }
}
