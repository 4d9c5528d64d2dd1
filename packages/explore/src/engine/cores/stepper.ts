import { firstDifference } from '@holdfast/plain';
import { ImpureCoreError } from '@holdfast/protocols';
import type { ResolvedBounds } from '../../bounds/bounds.ts';
import { Ints } from '../ints.ts';
import { PairTable } from '../pairTable.ts';
import type { Remembering } from '../share/numbered.ts';
import type { SpaceWork } from '../space.ts';
import type { Catalogue, Situation } from './catalogue.ts';
import type { Cuts } from './cuts.ts';
import { Deliveries } from './deliveries.ts';
import { Outcomes, type OutcomesOptions } from './outcomes.ts';
import { ROW_KINDS, type Row, Rows } from './rows.ts';

const KINDS = 8;
/** Stands for what may happen to a node by itself, where an event is told to other threads. */
const OWN = -1;

/** One step answered from memory in so many is checked by running the core again; of the first ones far more. */
const RECHECK_EVERY = 4_000;

/**
 * After a check, how many answers go by before the next. Checks grow with the square root of the answers: a core that often answers
 * differently shows at once, and in a long search they cost little beside it.
 */
function recheckPause(rechecks: number, threads: number): number {
  return threads * Math.min(RECHECK_EVERY, 1 + Math.floor((threads * rechecks) / 3));
}

/** The same for deliveries remembered to change nothing, which are no steps. */
const RECHECK_IDLE_EVERY = 1000;

/**
 * Runs cores, each on each distinct (situation, event) once, and remembers the outcomes as rows. Now and then an outcome is
 * worked out again and compared: a core that answers differently is named.
 */
export class Stepper<M, C, R> implements Remembering {
  readonly rows: Rows = new Rows();
  readonly deliveries: Deliveries;
  private readonly catalogue: Catalogue<M, C, R>;
  private readonly bounds: ResolvedBounds;
  private readonly outcomes: Outcomes<M, C, R>;
  private readonly memory = new PairTable(1024);
  /** Per situation its first own row plus 1; 0 where it is not known yet. */
  private readonly own = new Ints(256);
  private readonly threads: number;
  private readonly cuts: Cuts;
  private hits = 0;
  private rechecks = 0;
  private untilRecheck = 1;
  private untilIdleRecheck: number = RECHECK_IDLE_EVERY;
  private others: ((words: ArrayLike<number>) => void) | undefined;

  constructor(options: OutcomesOptions<M, C, R> & { readonly cuts: Cuts }) {
    this.cuts = options.cuts;
    this.catalogue = options.catalogue;
    this.bounds = options.bounds;
    this.threads = options.threads;
    this.outcomes = new Outcomes(options);
    this.deliveries = new Deliveries(options.catalogue);
  }

  get work(): SpaceWork {
    const { hits, rechecks } = this;
    return { calls: this.outcomes.calls, hits, rechecks, parts: this.catalogue.parts };
  }

  get bytes(): number {
    return this.rows.bytes + this.memory.bytes + this.own.bytes + this.deliveries.bytes;
  }

  /** The first outcome of a message's delivery, 0 when it changes nothing. */
  deliver(situation: number, envelope: number): number {
    const first = this.remember(situation, ROW_KINDS.deliver, envelope);
    this.deliveries.set(situation, envelope, first);
    return first;
  }

  /** The same for one that `deliveries` answered: it may be worked out again, too. */
  delivered(situation: number, envelope: number, first: number): void {
    this.hit(situation, ROW_KINDS.deliver, envelope, first);
  }

  /** So many deliveries were answered by `deliveries` that change nothing, the last of them this one. */
  idled(situation: number, envelope: number, times: number): void {
    this.hits += times;
    this.untilIdleRecheck -= times;
    if (this.untilIdleRecheck > 0) return;
    this.untilIdleRecheck += RECHECK_IDLE_EVERY;
    this.compare(situation, ROW_KINDS.deliver, envelope, 0, (row) => this.rows.next(row));
  }

  /** The first outcome of a request, a pair (request id, command). */
  request(situation: number, request: number): number {
    return this.remember(situation, ROW_KINDS.request, request);
  }

  /** The outcomes of a node's first start. */
  boot(slot: number): number {
    const { lists } = this.catalogue;
    const empty = lists.intern([]);
    const nobody: Situation = {
      slot,
      up: false,
      state: 0,
      timers: empty,
      disk: 0,
      pending: empty,
      held: empty,
      token: 1,
      fired: empty,
    };
    return this.remember(this.catalogue.situation(nobody), ROW_KINDS.boot, 0);
  }

  /** Per situation, as far as it goes, 1 where nothing may happen to a node by itself. */
  get ownless(): Int32Array {
    return this.own.words;
  }

  /** The first of what may happen to a node by itself: timers, stores becoming durable, crash, restart. */
  ownRows(situation: number): number {
    while (this.own.length <= situation) this.own.push(0);
    const known = this.own.at(situation);
    if (known > 1) this.hitOwn(situation);
    if (known !== 0) return known - 1;
    const first = this.computeOwn(situation);
    this.own.words[situation] = first + 1;
    this.others?.(this.told(situation, OWN, first));
    return first;
  }

  tell(others: (words: ArrayLike<number>) => void): void {
    this.others = others;
  }

  /** An event and its outcomes as words. */
  private told(situation: number, event: number, first: number): number[] {
    const words = [situation, event];
    for (let row = first; row !== 0; row = this.rows.next(row)) words.push(...this.rows.told(row));
    return words;
  }

  recall(words: Int32Array, from: number, to: number): void {
    const [situation, event] = [words[from] as number, words[from + 1] as number];
    while (event === OWN && this.own.length <= situation) this.own.push(0);
    if (event === OWN ? this.own.at(situation) !== 0 : this.memory.get(situation, event) !== -1) return;
    const first = this.rows.recall(words, from + 2, to);
    if (event === OWN) this.own.words[situation] = first + 1;
    else this.memory.set(situation, event, first);
  }

  private remember(situation: number, kind: number, about: number): number {
    const event = about * KINDS + kind;
    const known = this.memory.get(situation, event);
    if (known !== -1) {
      this.hit(situation, kind, about, known);
      return known;
    }
    const first = this.compute(situation, kind, about, 0);
    // Another thread may have told it meanwhile.
    const told = this.others === undefined ? -1 : this.memory.get(situation, event);
    if (told !== -1) return told;
    this.memory.set(situation, event, first);
    this.others?.(this.told(situation, event, first));
    return first;
  }

  private hit(situation: number, kind: number, about: number, first: number): void {
    this.hits++;
    if (first !== 0) {
      if (--this.untilRecheck > 0) return;
      this.untilRecheck = recheckPause(this.rechecks, this.threads);
    } else {
      if (--this.untilIdleRecheck > 0) return;
      this.untilIdleRecheck = RECHECK_IDLE_EVERY;
    }
    this.compare(situation, kind, about, first, (row) => this.rows.next(row));
  }

  private hitOwn(situation: number): void {
    this.hits++;
    if (--this.untilRecheck > 0) return;
    this.untilRecheck = recheckPause(this.rechecks, this.threads);
    this.recheckOwn(situation);
  }

  private computeOwn(situation: number): number {
    const { catalogue, bounds } = this;
    const { lists } = catalogue;
    const { up, timers, pending, fired, slot } = catalogue.readSituation(situation);
    let first = 0;
    let last = 0;
    const add = (kind: number, about: number): void => {
      const row = this.compute(situation, kind, about, last);
      if (first === 0) first = row;
      last = this.lastOf(row === 0 ? last : row);
    };
    if (!up) {
      add(ROW_KINDS.restart, 0);
      return first;
    }
    for (const timer of lists.toArray(timers)) {
      const times = timer < lists.length(fired) ? lists.item(fired, timer) : 0;
      if (times < this.outcomes.timerBound(timer)) add(ROW_KINDS.timer, timer);
      else this.cuts.noteTimer(this.outcomes.boundOf(timer));
    }
    if (lists.length(pending) > 0) add(ROW_KINDS.stored, 0);
    if (bounds.crashes > 0 && catalogue.node(slot).mayCrash !== false) add(ROW_KINDS.crash, 0);
    return first;
  }

  private lastOf(row: number): number {
    let last = row;
    while (last !== 0 && this.rows.next(last) !== 0) last = this.rows.next(last);
    return last;
  }

  /** All outcomes of an event as rows after `previous`; the first of them, 0 when there is none. */
  private compute(situation: number, kind: number, about: number, previous: number): number {
    let first = 0;
    let last = previous;
    const add = (row: Row): void => {
      last = this.rows.add(row, last);
      if (first === 0) first = last;
    };
    // Most events change nothing.
    this.outcomes.each(situation, kind, about, add, this.catalogue.stateOf(situation));
    return first;
  }

  /** Works out again one of a situation's own events. */
  private recheckOwn(situation: number): void {
    const first = this.own.at(situation) - 1;
    const kind = this.rows.kind(first);
    if (kind === ROW_KINDS.crash) return;
    const about = this.rows.about(first);
    this.compare(situation, kind, about, first, (row) => {
      const next = this.rows.next(row);
      return next !== 0 && this.rows.kind(next) === kind && this.rows.about(next) === about ? next : 0;
    });
  }

  private compare(
    situation: number,
    kind: number,
    about: number,
    first: number,
    next: (row: number) => number,
  ): void {
    this.rechecks++;
    let row = first;
    const { catalogue, rows } = this;
    const like = catalogue.stateOf(first === 0 ? situation : rows.situation(first));
    const check = (again: Row): void => {
      if (row === 0 || !this.same(row, again)) throw this.impure(situation, kind, row, again);
      row = next(row);
    };
    this.outcomes.each(situation, kind, about, check, like);
    if (row !== 0) throw this.impure(situation, kind, row, undefined);
  }

  private same(row: number, again: Row): boolean {
    const { rows } = this;
    return (
      rows.situation(row) === again.situation &&
      rows.sends(row) === again.sends &&
      rows.replies(row) === again.replies &&
      rows.seen(row) === again.seen &&
      rows.choices(row) === again.choices
    );
  }

  private impure(situation: number, kind: number, row: number, again: Row | undefined): ImpureCoreError {
    const { catalogue, rows } = this;
    const { slot } = catalogue.readSituation(situation);
    const core = catalogue.node(slot).core.name;
    const event = `event '${Object.keys(ROW_KINDS)[kind] ?? ''}'`;
    const what = 'a second run gave another result';
    if (row === 0 || again === undefined) return new ImpureCoreError(core, event, 'choices', what);
    const before = this.lookInto(rows.situation(row));
    const after = this.lookInto(again.situation);
    const where = firstDifference(before, after) ?? this.effectsDifference(row, again);
    return new ImpureCoreError(core, event, where, what);
  }

  private effectsDifference(row: number, again: Row): string {
    const { rows } = this;
    if (rows.sends(row) !== again.sends) return 'messages sent';
    return rows.replies(row) !== again.replies ? 'replies' : 'choices or notes';
  }

  /** A situation spelt out, for finding where two differ. */
  private lookInto(situation: number): unknown {
    const { catalogue } = this;
    const { state, timers, disk, pending, held, token } = catalogue.readSituation(situation);
    return {
      state: catalogue.states.value(state),
      timers: catalogue.lists.toArray(timers).map((timer) => catalogue.timers.value(timer)),
      disk: catalogue.disks.value(disk),
      pending: catalogue.lists.toArray(pending),
      held: catalogue.lists.toArray(held),
      token,
    };
  }
}
