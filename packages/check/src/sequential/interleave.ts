import { isFree } from '../causal/shrink.ts';
import type { Operation } from '../history/operation.ts';
import { ClassTable } from '../linearizable/classes.ts';
import { Arena } from '../linearizable/ints.ts';
import { Memo } from '../linearizable/memo.ts';
import { Objects } from '../linearizable/objects.ts';
import type { Rules } from '../linearizable/rules.ts';
import { UsedSets } from '../linearizable/usedSets.ts';
import type { Model } from '../models/model.ts';
import { Deepest, type SequentialFinding } from './finding.ts';

/** A choice to be made: which operation comes next. */
interface Frame {
  readonly placed: number;
  readonly state: number;
  /** Processes by the invocation of their next operation, then kinds of unknown operations behind them. */
  readonly candidates: readonly number[];
  cursor: number;
}

/**
 * Sequential consistency of any model: depth first over how far each process has come and the state. Operations that only
 * observe are placed as soon as they are legal, which can never do harm; a branch that got as far as another one, in the same
 * state and with no fewer unknown operations assumed to have happened, is not followed.
 */
export function interleave<S>(
  operations: readonly Operation[],
  model: Model<S>,
  stepBudget: number,
): SequentialFinding {
  return new Interleaver(operations, model).run(stepBudget);
}

class Interleaver<S> {
  private readonly operations: readonly Operation[];
  private readonly rules: Rules;
  private readonly classOf: Int32Array;
  private readonly processOf: Int32Array;
  /** Of each process its operations of known outcome, in order. */
  private readonly lines: number[][] = [];
  /** Of each process the unknown operations that become possible when that many of its others are placed. */
  private readonly unknownAfter: Map<number, number[]>[] = [];
  private readonly kindOf: Int32Array;
  private readonly kindClass: number[] = [];
  /** Unknown operations that may happen by now, by kind. */
  private readonly possible: number[][] = [];
  private readonly used: UsedSets;
  private readonly memo: Memo;
  /** How far each process has come. */
  private readonly at: Int32Array;
  private readonly order: Int32Array;
  private placed = 0;
  private placedKnown = 0;
  private known = 0;
  private state: number;
  private steps = 0;
  private readonly deepest: Deepest = new Deepest();

  constructor(operations: readonly Operation[], model: Model<S>) {
    const count = operations.length;
    const arena = new Arena();
    const classes = new ClassTable(model, arena);
    this.operations = operations;
    this.classOf = new Int32Array(count);
    this.processOf = new Int32Array(count);
    this.kindOf = new Int32Array(count).fill(-1);
    this.order = new Int32Array(count);
    this.line(classes);
    this.rules = new Objects(model, classes.representatives, arena).rules;
    this.used = new UsedSets(this.kindClass.length, arena);
    this.memo = new Memo(Math.max(1, this.lines.length), this.used, true, arena);
    this.at = new Int32Array(Math.max(1, this.lines.length));
    this.state = this.rules.initial;
    for (let p = 0; p < this.lines.length; p++) this.release(p);
  }

  private line(classes: ClassTable<S>): void {
    const processes = new Map<number, number>();
    const kinds = new Map<number, number>();
    this.operations.forEach((operation, i) => {
      let p = processes.get(operation.process);
      if (p === undefined) {
        p = this.lines.push([]) - 1;
        this.unknownAfter.push(new Map());
        processes.set(operation.process, p);
      }
      const c = classes.classOf(operation);
      this.processOf[i] = p;
      this.classOf[i] = c;
      const line = this.lines[p] as number[];
      if (operation.outcome !== 'unknown') {
        line.push(i);
        this.known++;
        return;
      }
      let kind = kinds.get(c);
      if (kind === undefined) {
        kind = this.kindClass.push(c) - 1;
        this.possible.push([]);
        kinds.set(c, kind);
      }
      this.kindOf[i] = kind;
      const after = this.unknownAfter[p] as Map<number, number[]>;
      const from = isFree(operation) ? 0 : line.length;
      after.set(from, [...(after.get(from) ?? []), i]);
    });
  }

  run(stepBudget: number): SequentialFinding {
    const frames: Frame[] = [];
    this.placeObservers();
    for (;;) {
      if (this.placedKnown === this.known) {
        return { status: 'holds', order: this.order.slice(0, this.placed), steps: this.steps };
      }
      if (!this.memo.seen(0, this.state, this.at)) {
        frames.push({ placed: this.placed, state: this.state, candidates: this.candidates(), cursor: 0 });
      }
      for (;;) {
        const frame = frames.at(-1);
        if (frame === undefined || this.placed > frame.placed) {
          this.deepest.note(this.order, this.placed, () => this.heads());
        }
        if (frame === undefined) return this.deepest.finding('violated', this.steps);
        if (this.steps >= stepBudget) return this.deepest.finding('undecided', this.steps);
        this.undo(frame.placed);
        this.state = frame.state;
        if (this.placeNext(frame)) break;
        frames.pop();
      }
    }
  }

  /** The next operation of every process that has one. */
  private heads(): number[] {
    return this.lines.flatMap((line, p) => {
      const i = line[this.at[p] as number];
      return i === undefined ? [] : [i];
    });
  }

  private candidates(): number[] {
    const heads = this.heads().sort((a, b) => a - b);
    const processes = heads.map((i) => this.processOf[i] as number);
    return [...processes, ...this.kindClass.map((_, kind) => -1 - kind)];
  }

  private placeNext(frame: Frame): boolean {
    for (; frame.cursor < frame.candidates.length; ) {
      const candidate = frame.candidates[frame.cursor++] as number;
      if (candidate >= 0 ? this.placeHead(candidate) : this.placeUnknown(-1 - candidate)) return true;
    }
    return false;
  }

  private placeHead(p: number): boolean {
    const i = this.lines[p]?.[this.at[p] as number] as number;
    const c = this.classOf[i] as number;
    // One that only observes would have been placed already.
    if (this.rules.observes[c] === 1) return false;
    this.steps++;
    const after = this.rules.next(this.state, c);
    if (after === -1) return false;
    this.advance(p, i);
    this.state = after;
    this.placeObservers();
    return true;
  }

  private placeUnknown(kind: number): boolean {
    const i = this.possible[kind]?.[this.used.counts[kind] as number];
    if (i === undefined) return false;
    this.steps++;
    const after = this.rules.next(this.state, this.kindClass[kind] as number);
    // Without effect it might as well not have happened.
    if (after === -1 || after === this.state) return false;
    this.used.add(kind);
    this.order[this.placed++] = i;
    this.state = after;
    this.placeObservers();
    return true;
  }

  private placeObservers(): void {
    const { lines, at, rules, classOf } = this;
    for (let p = 0; p < lines.length; p++) {
      for (;;) {
        const i = lines[p]?.[at[p] as number];
        if (i === undefined || rules.observes[classOf[i] as number] === 0) break;
        this.steps++;
        if (rules.next(this.state, classOf[i] as number) === -1) break;
        this.advance(p, i);
      }
    }
  }

  private advance(p: number, i: number): void {
    this.order[this.placed++] = i;
    this.placedKnown++;
    this.at[p] = (this.at[p] as number) + 1;
    this.release(p);
  }

  /** The unknown operations behind what a process has done by now may happen. */
  private release(p: number): void {
    const unknown = this.unknownAfter[p]?.get(this.at[p] as number);
    for (const i of unknown ?? []) this.possible[this.kindOf[i] as number]?.push(i);
  }

  private undo(to: number): void {
    while (this.placed > to) {
      const i = this.order[--this.placed] as number;
      if (this.kindOf[i] !== -1) {
        this.used.removeLast();
        continue;
      }
      const p = this.processOf[i] as number;
      const unknown = this.unknownAfter[p]?.get(this.at[p] as number);
      for (const u of unknown ?? []) this.possible[this.kindOf[u] as number]?.pop();
      this.at[p] = (this.at[p] as number) - 1;
      this.placedKnown--;
    }
  }
}
