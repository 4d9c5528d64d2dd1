import { clonePlain, equalPlain, firstDifference } from '@holdfast/plain';
import { type CoreEvent, ImpureCoreError, type RecordWrite } from '@holdfast/protocols';
import type { ResolvedBounds } from '../../bounds/bounds.ts';
import type { Recorder } from '../../properties/recorder.ts';
import { Ints } from '../ints.ts';
import { PairTable } from '../pairTable.ts';
import type { SpaceWork } from '../space.ts';
import type { Catalogue, Situation } from './catalogue.ts';
import { ROW_KINDS, type Row, Rows } from './rows.ts';
import { applyWrites, Workbench } from './workbench.ts';

const KINDS = 8;

/** One step answered from memory in so many is checked by running the core again. */
export const RECHECK_EVERY = 100;

/** The same for deliveries remembered to change nothing, which are no steps. */
const RECHECK_IDLE_EVERY = 1000;

/**
 * Runs cores, each on each distinct (situation, event) once, and remembers the outcomes as rows. Now and then an outcome is
 * worked out again and compared: a core that answers differently is named.
 */
export class Stepper<M, C, R> {
  readonly rows: Rows = new Rows();
  private readonly catalogue: Catalogue<M, C, R>;
  private readonly bounds: ResolvedBounds;
  private readonly recorder: Recorder<M, C, R> | undefined;
  private readonly bench: Workbench<M, C, R>;
  private readonly clientOf: (request: number) => number;
  private readonly keepIdle: boolean;
  private readonly memory = new PairTable(1024);
  /** Per situation its first own row plus 1; 0 where it is not known yet. */
  private readonly own = new Ints(256);
  /** How many observations the last delivery itself was, before its effects. */
  private heard = 0;
  private calls = 0;
  private hits = 0;
  private rechecks = 0;
  private untilRecheck: number = RECHECK_EVERY;
  private untilIdleRecheck: number = RECHECK_IDLE_EVERY;

  constructor(
    catalogue: Catalogue<M, C, R>,
    bounds: ResolvedBounds,
    recorder: Recorder<M, C, R> | undefined,
    clientOf: (request: number) => number,
    keepIdle: boolean,
  ) {
    this.catalogue = catalogue;
    this.bounds = bounds;
    this.recorder = recorder;
    this.clientOf = clientOf;
    this.keepIdle = keepIdle;
    this.bench = new Workbench(catalogue, recorder, clientOf);
  }

  get work(): SpaceWork {
    const { calls, hits, rechecks } = this;
    return { calls, hits, rechecks, parts: this.catalogue.parts };
  }

  get bytes(): number {
    return this.rows.bytes + this.memory.bytes + this.own.bytes;
  }

  /** The first outcome of a message's delivery, 0 when it changes nothing. */
  deliver(situation: number, envelope: number): number {
    return this.outcomes(situation, ROW_KINDS.deliver, envelope);
  }

  /** The first outcome of a request, a pair (request id, command). */
  request(situation: number, request: number): number {
    return this.outcomes(situation, ROW_KINDS.request, request);
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
    return this.outcomes(this.catalogue.situation(nobody), ROW_KINDS.boot, 0);
  }

  /** The first of what may happen to a node by itself: timers, stores becoming durable, crash, restart. */
  ownRows(situation: number): number {
    while (this.own.length <= situation) this.own.push(0);
    const known = this.own.at(situation);
    if (known > 1) this.hitOwn(situation);
    if (known !== 0) return known - 1;
    const first = this.computeOwn(situation);
    this.own.words[situation] = first + 1;
    return first;
  }

  private outcomes(situation: number, kind: number, about: number): number {
    const event = about * KINDS + kind;
    const known = this.memory.get(situation, event);
    if (known !== -1) {
      this.hit(situation, kind, about, known);
      return known;
    }
    const first = this.compute(situation, kind, about, 0);
    this.memory.set(situation, event, first);
    return first;
  }

  private hit(situation: number, kind: number, about: number, first: number): void {
    this.hits++;
    if (first !== 0) {
      if (--this.untilRecheck > 0) return;
      this.untilRecheck = RECHECK_EVERY;
    } else {
      if (--this.untilIdleRecheck > 0) return;
      this.untilIdleRecheck = RECHECK_IDLE_EVERY;
    }
    this.compare(situation, kind, about, first, (row) => this.rows.next(row));
  }

  private hitOwn(situation: number): void {
    this.hits++;
    if (--this.untilRecheck > 0) return;
    this.untilRecheck = RECHECK_EVERY;
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
      if (times < this.timerBound(timer)) add(ROW_KINDS.timer, timer);
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

  private timerBound(timer: number): number {
    const { timers } = this.bounds;
    return timers[this.catalogue.timers.value(timer)] ?? timers['*'] ?? Infinity;
  }

  /** All outcomes of an event as rows after `previous`; the first of them, 0 when there is none. */
  private compute(situation: number, kind: number, about: number, previous: number): number {
    let first = 0;
    let last = previous;
    this.each(situation, kind, about, (row) => {
      last = this.rows.add(row, last);
      if (first === 0) first = last;
    });
    return first;
  }

  /** Works out each outcome of an event, branching over the core's choices. */
  private each(situation: number, kind: number, about: number, found: (row: Row) => void): void {
    const before = this.catalogue.readSituation(situation);
    // A node that is down hears nothing; what is sent to it waits, which is no different from being late.
    if (!before.up && kind !== ROW_KINDS.boot && kind !== ROW_KINDS.restart) return;
    if (kind === ROW_KINDS.crash) {
      this.eachCrash(before, found);
      return;
    }
    let script: number[] | undefined = [];
    while (script !== undefined) {
      const row = this.once(situation, before, kind, about, script);
      if (row !== undefined) found(row);
      script = nextScript(this.bench.choices, this.bench.among);
    }
  }

  /** One outcome; undefined for a delivery that changes nothing, unless `keepIdle`. */
  private once(
    situation: number,
    before: Situation,
    kind: number,
    about: number,
    script: readonly number[],
  ): Row | undefined {
    const { bench, catalogue } = this;
    this.calls++;
    bench.begin(before, script);
    const state = this.run(before, kind, about);
    const after = bench.situation(catalogue.states.intern(state));
    const idle =
      kind === ROW_KINDS.deliver &&
      after === situation &&
      bench.sends.length + bench.replies.length === 0 &&
      bench.seen.length === this.heard;
    if (idle && !this.keepIdle) return undefined;
    const { lists } = catalogue;
    return {
      kind,
      about,
      situation: after,
      sends: lists.intern(bench.sends),
      replies: lists.intern(bench.replies),
      seen: lists.intern(idle ? [] : bench.seen),
      choices: lists.intern(bench.choices),
    };
  }

  /** Runs the core on one event and, where stores are durable at once, on what follows from that. */
  private run(before: Situation, kind: number, about: number): unknown {
    const { bench, catalogue } = this;
    const { core, id } = catalogue.node(before.slot);
    let state: unknown;
    if (kind === ROW_KINDS.boot || kind === ROW_KINDS.restart) {
      if (kind === ROW_KINDS.restart) bench.observe({ kind: 'restart', node: id });
      state = core.boot({ self: id, records: clonePlain(catalogue.disks.value(before.disk)) }, bench);
    } else {
      state = clonePlain(catalogue.states.value(before.state));
      const event = this.event(before, kind, about);
      core.step(state, event, bench);
      this.checkUnchanged(core.name, event, about);
    }
    if (this.bounds.storage === 'at-once') {
      for (let token = bench.flush(); token !== 0; token = bench.flush())
        core.step(state, { kind: 'stored', token }, bench);
    }
    return state;
  }

  /** A core must not change an event: another node, or the past, may share it. */
  private checkUnchanged(core: string, event: CoreEvent<M, C>, about: number): void {
    const { catalogue } = this;
    const same =
      event.kind === 'message'
        ? equalPlain(event.message, catalogue.messages.value(catalogue.message(about)))
        : event.kind !== 'request' ||
          equalPlain(event.command, catalogue.commands.value(catalogue.second(about)));
    if (!same) throw new ImpureCoreError(core, `event '${event.kind}'`, 'event', 'the event was changed');
  }

  private event(before: Situation, kind: number, about: number): CoreEvent<M, C> {
    const { bench, catalogue } = this;
    const { id: node } = catalogue.node(before.slot);
    switch (kind) {
      case ROW_KINDS.deliver: {
        const from = catalogue.node(catalogue.sender(about)).id;
        const message = clonePlain(catalogue.messages.value(catalogue.message(about)));
        if (this.recorder !== undefined) bench.observe({ kind: 'deliver', from, to: node, message });
        this.heard = bench.seen.length;
        return { kind: 'message', from, message };
      }
      case ROW_KINDS.timer: {
        const timer = catalogue.timers.value(about);
        bench.fire(about, this.timerBound(about) !== Infinity);
        bench.observe({ kind: 'timer', node, timer });
        return { kind: 'timer', timer };
      }
      case ROW_KINDS.request: {
        const id = catalogue.first(about);
        const command = clonePlain(catalogue.commands.value(catalogue.second(about)));
        bench.observe({ kind: 'request', client: this.clientOf(id), node, command });
        return { kind: 'request', id, command };
      }
      default:
        return { kind: 'stored', token: bench.flush() };
    }
  }

  /** A crash loses what is not durable: all of it, or all but the first writes of it. */
  private eachCrash(before: Situation, found: (row: Row) => void): void {
    const { catalogue, bench } = this;
    const { lists } = catalogue;
    const pending = lists.toArray(before.pending);
    const writes: RecordWrite[] = [];
    for (let i = 1; i < pending.length; i += 2)
      writes.push(...(catalogue.writes.value(pending[i] as number) as readonly RecordWrite[]));
    bench.begin(before, []);
    bench.observe({ kind: 'crash', node: catalogue.node(before.slot).id });
    const seen = lists.intern(bench.seen);
    const empty = lists.intern([]);
    const disks = new Set<number>();
    for (let kept = 0; kept <= writes.length; kept++) {
      const records = { ...catalogue.disks.value(before.disk) };
      applyWrites(records, writes.slice(0, kept));
      const disk = catalogue.disks.intern(records);
      if (disks.has(disk)) continue;
      disks.add(disk);
      const { slot, fired } = before;
      const down: Situation = {
        slot,
        up: false,
        state: 0,
        timers: empty,
        disk,
        pending: empty,
        held: empty,
        token: 1,
        fired,
      };
      const situation = catalogue.situation(down);
      found({
        kind: ROW_KINDS.crash,
        about: kept,
        situation,
        sends: empty,
        replies: empty,
        seen,
        choices: empty,
      });
    }
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
    this.each(situation, kind, about, (again) => {
      if (row === 0 || !this.same(row, again)) throw this.impure(situation, kind, row, again);
      row = next(row);
    });
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

/** The choices to try after these: the next branch in depth-first order; undefined after the last. */
function nextScript(choices: readonly number[], among: readonly number[]): number[] | undefined {
  for (let i = choices.length - 1; i >= 0; i--) {
    const answer = choices[i] as number;
    if (answer + 1 < (among[i] as number)) return [...choices.slice(0, i), answer + 1];
  }
  return undefined;
}
