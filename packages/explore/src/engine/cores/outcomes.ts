import { clonePlain, equalPlain } from '@holdfast/plain';
import { type CoreEvent, ImpureCoreError, type RecordWrite } from '@holdfast/protocols';
import type { ResolvedBounds } from '../../bounds/bounds.ts';
import type { Recorder } from '../../properties/recorder.ts';
import type { Catalogue, Situation } from './catalogue.ts';
import { ROW_KINDS, type Row } from './rows.ts';
import { applyWrites, Workbench } from './workbench.ts';

/** What `Outcomes` needs to know of a model. */
export interface OutcomesOptions<M, C, R> {
  readonly catalogue: Catalogue<M, C, R>;
  readonly bounds: ResolvedBounds;
  readonly recorder: Recorder<M, C, R> | undefined;
  /** The client a request id belongs to. */
  readonly clientOf: (request: number) => number;
  /** Whether messages keep their order. Then a delivery that changes nothing is an outcome, as it uses the message up. */
  readonly ordered: boolean;
  /** So many threads explore together, and share the work of checking answers. */
  readonly threads: number;
}

/** Runs cores: what comes of an event in a situation, one outcome for each way the core's choices may fall. */
export class Outcomes<M, C, R> {
  /** Times a core was run. */
  calls = 0;
  private readonly catalogue: Catalogue<M, C, R>;
  private readonly bounds: ResolvedBounds;
  private readonly recorder: Recorder<M, C, R> | undefined;
  private readonly bench: Workbench<M, C, R>;
  private readonly clientOf: (request: number) => number;
  private readonly ordered: boolean;
  /** How many observations the last delivery itself was, before its effects. */
  private heard = 0;

  constructor({ catalogue, bounds, recorder, clientOf, ordered }: OutcomesOptions<M, C, R>) {
    this.catalogue = catalogue;
    this.bounds = bounds;
    this.recorder = recorder;
    this.clientOf = clientOf;
    this.ordered = ordered;
    this.bench = new Workbench(catalogue, recorder, clientOf, ordered);
  }

  /** Works out each outcome of an event, branching over the core's choices. The core's state after it is looked for first under `like`. */
  each(situation: number, kind: number, about: number, found: (row: Row) => void, like: number): void {
    const before = this.catalogue.readSituation(situation);
    // A node that is down hears nothing; what is sent to it waits, which is no different from being late.
    if (!before.up && kind !== ROW_KINDS.boot && kind !== ROW_KINDS.restart) return;
    if (kind === ROW_KINDS.crash) {
      this.eachCrash(before, found);
      return;
    }
    let script: number[] | undefined = [];
    while (script !== undefined) {
      const row = this.once(situation, before, kind, about, script, like);
      if (row !== undefined) found(row);
      script = nextScript(this.bench.choices, this.bench.among);
    }
  }

  /** One outcome; undefined for a delivery that changes nothing, unless `ordered`. */
  private once(
    situation: number,
    before: Situation,
    kind: number,
    about: number,
    script: readonly number[],
    like: number,
  ): Row | undefined {
    const { bench, catalogue } = this;
    this.calls++;
    bench.begin(before, script);
    const state = this.run(before, kind, about);
    const after = bench.situation(catalogue.states.internLike(state, like));
    const idle =
      kind === ROW_KINDS.deliver &&
      after === situation &&
      bench.sends.length + bench.replies.length === 0 &&
      bench.seen.length === this.heard;
    if (idle && !this.ordered) return undefined;
    if (!idle && this.recorder?.states === true)
      bench.observe({ kind: 'state', node: catalogue.node(before.slot).id, state });
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

  /** How often a timer may go off at a node. */
  timerBound(timer: number): number {
    return this.bounds.timers[this.boundOf(timer)] ?? Infinity;
  }

  /** The name a timer's bound stands under: its own, or `*`. */
  boundOf(timer: number): string {
    const name = this.catalogue.timers.value(timer);
    return this.bounds.timers[name] === undefined ? '*' : name;
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
