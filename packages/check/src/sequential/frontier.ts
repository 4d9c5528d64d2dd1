import { type Registers, WRITE } from '../causal/registers.ts';
import { Arena } from '../linearizable/ints.ts';
import { Memo } from '../linearizable/memo.ts';
import { UsedSets } from '../linearizable/usedSets.ts';
import { Deepest, type SequentialFinding } from './finding.ts';

interface Frame {
  readonly placed: number;
  /** Writes that may come next. */
  readonly candidates: readonly number[];
  cursor: number;
}

/**
 * Sequential consistency of reads and writes whose sources are known: depth first over how far each session has come. That is
 * all there is to a branch, because a write may only come when every read of the version before it is placed. Reads, writes that
 * nobody read, and writes all of whose reads can follow at once are placed without a choice: that can never do harm.
 *
 * `past` (as of `saturate`) says what must come before what.
 */
export function searchFrontiers(
  registers: Registers,
  past: Int32Array | undefined,
  stepBudget: number,
): SequentialFinding {
  return new FrontierSearch(registers, past).run(stepBudget);
}

class FrontierSearch {
  private readonly registers: Registers;
  private readonly past: Int32Array | undefined;
  private readonly heads: Int32Array;
  /** Of each write how many reads it has. */
  private readonly readers: Int32Array;
  /** Of each key how many reads of its present version are not placed yet. */
  private readonly open: Int32Array;
  /** A session that held up the head of each session when it was last looked at. */
  private readonly heldUpBy: Int32Array;
  private readonly memo: Memo;
  private readonly order: Int32Array;
  private readonly deepest: Deepest = new Deepest();
  private placed = 0;
  private steps = 0;

  constructor(registers: Registers, past: Int32Array | undefined) {
    const { count, sessions, sessionStart, source, keyOf, keys } = registers;
    this.registers = registers;
    this.past = past;
    this.heads = sessionStart.slice(0, sessions);
    this.readers = new Int32Array(count);
    this.open = new Int32Array(keys);
    for (let v = 0; v < count; v++) {
      const from = source[v] as number;
      if (from >= 0) this.readers[from] = (this.readers[from] as number) + 1;
      else if (from !== WRITE) this.open[keyOf[v] as number] = (this.open[keyOf[v] as number] as number) + 1;
    }
    this.heldUpBy = new Int32Array(sessions);
    const arena = new Arena();
    this.memo = new Memo(Math.max(1, sessions), new UsedSets(0, arena), true, arena);
    this.order = new Int32Array(count);
  }

  run(stepBudget: number): SequentialFinding {
    const frames: Frame[] = [];
    for (;;) {
      this.settle();
      if (this.placed === this.registers.count) {
        return { status: 'holds', order: this.order, steps: this.steps };
      }
      if (!this.memo.seen(0, 0, this.heads)) {
        frames.push({ placed: this.placed, candidates: this.candidates(), cursor: 0 });
      }
      for (;;) {
        const frame = frames.at(-1);
        if (frame === undefined || this.placed > frame.placed || frame.candidates.length === 0) {
          this.deepest.note(this.order, this.placed, () => this.openHeads());
        }
        if (frame === undefined) return this.deepest.finding('violated', this.steps);
        if (this.steps >= stepBudget) return this.deepest.finding('undecided', this.steps);
        this.undo(frame.placed);
        const next = frame.candidates[frame.cursor++];
        if (next !== undefined) {
          this.place(next);
          break;
        }
        frames.pop();
      }
    }
  }

  /** Places what needs no choice. */
  private settle(): void {
    const { keyOf } = this.registers;
    for (let goesOn = true; goesOn; ) {
      this.placeFree();
      goesOn = false;
      for (const write of this.candidates()) {
        const before = this.placed;
        this.place(write);
        this.placeFree();
        goesOn = this.open[keyOf[write] as number] === 0;
        if (goesOn) break;
        this.undo(before);
      }
    }
  }

  /** Places reads, and writes that nobody read, as long as there are any. */
  private placeFree(): void {
    const { sessions, sessionStart, source } = this.registers;
    const { heads, readers } = this;
    for (let progress = true; progress; ) {
      progress = false;
      for (let s = 0; s < sessions; s++) {
        const end = sessionStart[s + 1] as number;
        for (let v = heads[s] as number; v < end; v = heads[s] as number) {
          if (source[v] === WRITE && (readers[v] as number) > 0) break;
          if (!this.canPlace(s, v)) break;
          this.place(v);
          progress = true;
        }
      }
    }
  }

  /** Writes that can come next, by the history's order. */
  private candidates(): number[] {
    const { operations, source, sessionStart } = this.registers;
    const found: number[] = [];
    this.heads.forEach((v, s) => {
      if (v < (sessionStart[s + 1] as number) && source[v] === WRITE && this.canPlace(s, v)) found.push(v);
    });
    return found.sort((a, b) => (operations[a]?.id ?? 0) - (operations[b]?.id ?? 0));
  }

  private openHeads(): number[] {
    const { sessionStart } = this.registers;
    return [...this.heads].filter((v, s) => v < (sessionStart[s + 1] as number));
  }

  private canPlace(s: number, v: number): boolean {
    const { past, heads, heldUpBy, open } = this;
    const { sessions, source, sessionOf, keyOf } = this.registers;
    this.steps++;
    const from = source[v] as number;
    if (from === WRITE && (open[keyOf[v] as number] as number) > 0) return false;
    if (past === undefined) return from < 0 || (heads[sessionOf[from] as number] as number) > from;
    const base = v * sessions;
    const suspect = heldUpBy[s] as number;
    if (suspect !== s && (heads[suspect] as number) < (past[base + suspect] as number)) return false;
    for (let other = 0; other < sessions; other++) {
      if (other === s || (heads[other] as number) >= (past[base + other] as number)) continue;
      heldUpBy[s] = other;
      return false;
    }
    return true;
  }

  private place(v: number): void {
    const { source, sessionOf, keyOf } = this.registers;
    const key = keyOf[v] as number;
    this.order[this.placed++] = v;
    this.heads[sessionOf[v] as number] = v + 1;
    this.open[key] = source[v] === WRITE ? (this.readers[v] as number) : (this.open[key] as number) - 1;
  }

  private undo(to: number): void {
    const { source, sessionOf, keyOf } = this.registers;
    while (this.placed > to) {
      const v = this.order[--this.placed] as number;
      const key = keyOf[v] as number;
      this.heads[sessionOf[v] as number] = v;
      // A write came when no read was left open.
      this.open[key] = source[v] === WRITE ? 0 : (this.open[key] as number) + 1;
    }
  }
}
