import { NEVER } from './events.ts';
import { type Arena, grown } from './ints.ts';
import { LiveOperations } from './live.ts';
import { Followers } from './followers.ts';
import { Memo } from './memo.ts';
import type { Problem } from './problem.ts';
import type { Foresight, Reductions, Rules, SearchOptions } from './rules.ts';
import { UsedSets } from './usedSets.ts';

/** How far a search is: `paused` when its steps ran out. */
export type SearchStatus = 'holds' | 'violated' | 'paused';

const NO_STATE = -1;
const MOST_RECORDED = 8;
const FIRST_FRAMES = 16;
// Looking ahead costs more than it saves where hardly any branch fails.
const PATIENCE = 24;

// A frame's words.
const FRAME = 5;
const EVENT = 0;
const STATE = 1;
const ORIGIN = 2;
const PLACED = 3;
const CURSOR = 4;

const BEGIN = -1;
// So few are tried in turn; among more, looking for the one that helps pays.
const FEW_OPEN = 16;

// The rounds in which a frame's candidates are tried.
const ENABLING = 0;
const OTHER = 1;
const ANY = 2;

/**
 * Just-in-time linearization (Lowe), depth first: operations are placed only when the next return forces them to. A branch
 * is an event position, a state, the set of live operations already placed and the multiset of unknown operations assumed to
 * have happened. Iterative; `run` may be paused and resumed. Memory is linear in the history and the branches remembered.
 */
export class Search {
  /** Transitions looked up so far. */
  steps = 0;
  /** The furthest event position a branch got to: all returns ahead of it can be explained. */
  furthest = -1;
  /** Partial orders that reach the event to be recorded, a few of them. */
  readonly recorded: Int32Array[] = [];
  private readonly problem: Problem;
  private readonly rules: Rules;
  private readonly reductions: Reductions;
  private readonly lookAhead: (() => Foresight) | undefined;
  private foresight: Foresight | undefined;
  /** How many more branches may be given up before the search looks ahead. */
  private patience: number;
  private readonly recordAt: number;
  private readonly used: UsedSets;
  private readonly memo: Memo;
  private readonly live: LiveOperations;
  private readonly none: number;
  private readonly older: Int32Array;
  private readonly available: Int32Array;
  private readonly followers: Followers;
  private readonly order: Int32Array;
  private placed = 0;
  private event = 0;
  private state: number;
  /** The state ahead of an unknown operation that nothing has noticed yet, or none. */
  private origin: number = NO_STATE;
  private moving = true;
  /** The round of the present frame, and the class it waits for. */
  private round: number = ANY;
  private awaited = 0;
  /** How many cursor values a round has. */
  private readonly span: number;
  // One frame per decision on the present branch.
  private frames = 0;
  private stack: Int32Array;

  constructor(problem: Problem, rules: Rules, arena: Arena, options: SearchOptions) {
    this.problem = problem;
    this.rules = rules;
    this.reductions = options.reductions;
    this.lookAhead = options.lookAhead;
    this.patience = options.reductions.patience ?? PATIENCE;
    if (this.patience === 0) this.foresight = this.lookAhead?.();
    this.recordAt = options.recordAt ?? -1;
    this.state = rules.initial;
    this.used = new UsedSets(problem.unknownKinds.length, arena);
    this.live = new LiveOperations(problem.slotOf, problem.slots, arena);
    this.none = this.live.none;
    this.older = this.live.older;
    this.span = this.none + problem.unknownKinds.length + 2;
    this.memo = new Memo(this.live.placedSlots.length, this.used, this.reductions.dominance, arena);
    this.followers = new Followers(problem.unknownKinds, rules);
    // One more for what is left out.
    this.available = arena.take(problem.unknownKinds.length + 1);
    this.order = arena.take(this.none);
    this.stack = arena.take(FIRST_FRAMES * FRAME);
  }

  /** Searches until decided, or until `steps` reaches `limit`; then it can be called again with a higher one. */
  run(limit: number): SearchStatus {
    for (;;) {
      if (this.moving) {
        if (!this.advance()) return 'holds';
        this.decide();
        this.moving = false;
      }
      if (this.frames === 0) return 'violated';
      if (this.steps >= limit) return 'paused';
      this.returnToFrame();
      if (this.placeNext()) this.moving = true;
      else this.giveUp();
    }
  }

  private giveUp(): void {
    this.frames--;
    if (--this.patience === 0) this.foresight = this.lookAhead?.();
  }

  /** The operations placed on the present branch, in order; when the history holds, an order that explains it. */
  linearization(): Int32Array {
    return this.order.slice(0, this.placed);
  }

  /** Goes on to the next return whose operation is not placed yet; false at the end of the history. */
  private advance(): boolean {
    const { events, returnAt, kindOf } = this.problem;
    const { live, available } = this;
    for (; this.event < events.length; this.event++) {
      const event = events[this.event] as number;
      const i = event >> 1;
      if ((event & 1) === 1) {
        if (!live.isPlaced(i)) return true;
        live.leave(i);
        this.origin = NO_STATE;
      } else if (returnAt[i] === NEVER) {
        const kind = kindOf[i] as number;
        available[kind] = (available[kind] as number) + 1;
      } else {
        live.enter(i);
        if (this.reductions.eager) this.placeIfLegalObserver(i);
      }
    }
    return false;
  }

  /** Undoes events down to position `to`. */
  private rewind(to: number): void {
    const { events, returnAt, kindOf } = this.problem;
    const { live, available } = this;
    while (this.event > to) {
      const event = events[--this.event] as number;
      const i = event >> 1;
      if ((event & 1) === 1) {
        live.comeBack(i);
      } else if (returnAt[i] === NEVER) {
        const kind = kindOf[i] as number;
        available[kind] = (available[kind] as number) - 1;
      } else {
        live.leave(i);
      }
    }
  }

  /** The operation returning at `event` is not placed: open a frame, unless this configuration was seen. */
  private decide(): void {
    if (this.foresight !== undefined && !this.hasFuture(this.foresight)) return;
    if (this.event > this.furthest) this.furthest = this.event;
    if (this.memo.seen(this.event, this.state, this.live.placedSlots)) return;
    if (this.event === this.recordAt && this.recorded.length < MOST_RECORDED) {
      this.recorded.push(this.linearization());
    }
    const base = this.frames++ * FRAME;
    if (base === this.stack.length) this.stack = grown(this.stack, base * 2);
    const { stack } = this;
    stack[base + EVENT] = this.event;
    stack[base + STATE] = this.state;
    stack[base + ORIGIN] = this.origin;
    stack[base + PLACED] = this.placed;
    stack[base + CURSOR] = BEGIN;
  }

  /** False when an observer that is open now, or the next one to return, can no longer be legal. */
  private hasFuture(foresight: Foresight): boolean {
    const { none, older } = this;
    const { classOf } = this.problem;
    const last = this.placed === 0 ? -1 : (this.order[this.placed - 1] as number);
    const next = foresight.nextObserver(this.event, last);
    const isOpen = next !== -1 && !(this.isLive(next) && this.live.isPlaced(next));
    if (isOpen && !this.canStillBe(next, true, foresight)) return false;
    for (let i = older[none] as number; i !== none; i = older[i] as number) {
      if (i === next || this.rules.observes[classOf[i] as number] === 0 || this.live.isPlaced(i)) continue;
      if (foresight.isSameObject(i, last) && !this.canStillBe(i, false, foresight)) return false;
    }
    return true;
  }

  private canStillBe(i: number, isNext: boolean, foresight: Foresight): boolean {
    this.steps++;
    return foresight.canReach(this.state, i, isNext, this.live);
  }

  /** Makes the last frame's configuration the present one again. */
  private returnToFrame(): void {
    const { stack } = this;
    const base = (this.frames - 1) * FRAME;
    this.rewind(stack[base + EVENT] as number);
    const { slotOf } = this.problem;
    const keep = stack[base + PLACED] as number;
    while (this.placed > keep) {
      const i = this.order[--this.placed] as number;
      if (slotOf[i] === -1) this.used.removeLast();
      else if (this.isLive(i)) this.live.takeBack(i);
    }
    this.state = stack[base + STATE] as number;
    this.origin = stack[base + ORIGIN] as number;
  }

  /**
   * Places the frame's next candidate; false when there is none left. The returning operation comes first. Where it is illegal
   * and many are open, a first round is for what makes it legal, a second one for the rest. In each the live
   * operations come ahead of the unknown ones, the youngest first.
   */
  private placeNext(): boolean {
    const at = (this.frames - 1) * FRAME + CURSOR;
    const { none, stack } = this;
    const returning = (this.problem.events[this.event] as number) >> 1;
    this.awaited = this.problem.classOf[returning] as number;
    let cursor = stack[at] as number;
    if (cursor === BEGIN) {
      this.round = ANY;
      const isLegal = this.placeLive(returning);
      const isOneRound = isLegal || this.live.size + this.problem.unknownKinds.length <= FEW_OPEN;
      stack[at] = (isOneRound ? ANY : ENABLING) * this.span + none;
      if (isLegal) return true;
      cursor = stack[at] as number;
    }
    this.round = Math.floor(cursor / this.span);
    let within = cursor % this.span;
    for (; this.round <= ANY; this.round++, within = none) {
      if (this.placeNextLive(at, within, returning) || this.placeNextUnknown(at, within)) return true;
      if (this.round === OTHER) return false;
    }
    return false;
  }

  private placeNextLive(at: number, from: number, returning: number): boolean {
    const { none, older } = this;
    if (from > none) return false;
    for (let i = older[from] as number; i !== none; i = older[i] as number) {
      if (i === returning || this.live.isPlaced(i)) continue;
      if (this.reductions.symmetry && this.live.hasEarlierTwin(i, this.problem)) continue;
      if (!this.placeLive(i)) continue;
      this.stack[at] = this.round * this.span + i;
      return true;
    }
    return false;
  }

  private placeNextUnknown(at: number, from: number): boolean {
    const kinds = this.problem.unknownKinds.length;
    for (let kind = Math.max(0, from - this.none); kind < kinds; kind++) {
      if (!this.placeUnknown(kind)) continue;
      this.stack[at] = this.round * this.span + this.none + 1 + kind;
      return true;
    }
    return false;
  }

  /** True when a candidate that leads to this state belongs to the present round. */
  private isForRound(after: number): boolean {
    if (this.round === ANY) return true;
    this.steps++;
    return (this.rules.next(after, this.awaited) !== -1) === (this.round === ENABLING);
  }

  /** True between the invocation of a known operation and its return. Only then the slot is its own. */
  private isLive(i: number): boolean {
    const { invokeAt, returnAt } = this.problem;
    return (invokeAt[i] as number) < this.event && (returnAt[i] as number) >= this.event;
  }

  private placeLive(i: number): boolean {
    const { classOf } = this.problem;
    const c = classOf[i] as number;
    if (this.isHopeless(c) || this.mustWait(i)) return false;
    const after = this.noticed(c);
    if (after === -1 || !this.isForRound(after)) return false;
    this.order[this.placed++] = i;
    this.live.place(i);
    const before = this.state;
    this.state = after;
    this.origin = NO_STATE;
    if (after !== before && this.reductions.eager) this.placeObservers();
    return true;
  }

  /** An observer still waiting was illegal when the present state came about, unless it had to wait for another one. */
  private isHopeless(c: number): boolean {
    return this.reductions.eager && this.rules.observes[c] === 1 && this.problem.after === undefined;
  }

  private placeUnknown(kind: number): boolean {
    const count = this.used.counts[kind] as number;
    if (count >= (this.available[kind] as number)) return false;
    const unknown = this.problem.unknownKinds[kind];
    if (unknown === undefined) return false;
    const i = unknown.operations[count] as number;
    if (this.mustWait(i)) return false;
    const after = this.noticed(unknown.class);
    const before = this.state;
    // Without effect, or unnoticed, it might as well not have happened.
    if (after === -1 || after === before || !this.isForRound(after)) return false;
    if (this.reductions.purpose && !this.isNoticed(before, after, kind)) return false;
    this.used.add(kind);
    this.order[this.placed++] = i;
    this.state = after;
    const placed = this.placed;
    if (this.reductions.eager) this.placeObservers();
    this.origin = this.reductions.purpose && placed === this.placed ? before : NO_STATE;
    return true;
  }

  /** True when some operation that could come next tells state `after` from state `before`. */
  private isNoticed(before: number, after: number, kind: number): boolean {
    const { rules, none, older } = this;
    const { classOf, unknownKinds } = this.problem;
    for (let i = older[none] as number; i !== none; i = older[i] as number) {
      if (!this.live.isPlaced(i) && this.tells(before, after, classOf[i] as number)) return true;
    }
    for (const other of this.followers.of(after)) {
      const isLeft = (this.used.counts[other] as number) < (this.available[other] as number);
      if (isLeft && other !== kind && this.tells(before, after, unknownKinds[other]?.class ?? 0)) return true;
    }
    // One of its own kind may follow, if there is another one.
    const isAnother = (this.used.counts[kind] as number) + 1 < (this.available[kind] as number);
    const c = unknownKinds[kind]?.class ?? 0;
    return isAnother && rules.overwrites[c] === 0 && this.tells(before, after, c);
  }

  private tells(before: number, after: number, c: number): boolean {
    const { rules } = this;
    if (rules.overwrites[c] === 1) return false;
    this.steps += 2;
    const next = rules.next(after, c);
    return next !== -1 && (rules.observes[c] === 1 || rules.next(before, c) !== next);
  }

  /**
   * The state after class `c`, or -1. Right behind an unknown operation, -1 too for what does not notice it: the same can
   * be had without it.
   */
  private noticed(c: number): number {
    const { rules, origin } = this;
    if (origin !== NO_STATE && rules.overwrites[c] === 1) return -1;
    this.steps++;
    const after = rules.next(this.state, c);
    if (after === -1 || origin === NO_STATE) return after;
    this.steps++;
    return rules.next(origin, c) === after ? -1 : after;
  }

  /** Places every live observer that is legal in the present state. */
  private placeObservers(): void {
    const { classOf } = this.problem;
    const { observes } = this.rules;
    const { none, older } = this;
    for (let i = older[none] as number; i !== none; i = older[i] as number) {
      if (observes[classOf[i] as number] === 1 && !this.live.isPlaced(i)) this.placeIfLegalObserver(i);
    }
  }

  private placeIfLegalObserver(i: number): void {
    const { classOf } = this.problem;
    const c = classOf[i] as number;
    if (this.rules.observes[c] === 0 || this.mustWait(i)) return;
    this.steps++;
    if (this.rules.next(this.state, c) === -1) return;
    this.order[this.placed++] = i;
    this.live.place(i);
  }

  /** True when an operation of the same process, ended at the instant this one began, is not placed yet. */
  private mustWait(i: number): boolean {
    const { after } = this.problem;
    if (after === undefined) return false;
    const first = after[i] as number;
    if (first === -1) return false;
    return this.isLive(first) && !this.live.isPlaced(first);
  }
}
