import type { ResolvedBounds } from '../../bounds/bounds.ts';
import { Orbits } from '../../symmetry/orbits.ts';
import { Ample, type PartialOrderDefect, PartialOrderError } from '../partialOrder/ample.ts';
import { Dependence } from '../partialOrder/dependence.ts';
import type { StepDependence } from '../partialOrder/stepDependence.ts';
import { BAG, mixHigh, mixLow } from '../mixing.ts';
import type { PortableSpace } from '../plainSpace.ts';
import type { PartialOrderKind } from '../searchOptions.ts';
import type { Numbered, Remembering } from '../share/numbered.ts';
import type { PropertyName, Space, SpaceWork, StepText, Successors } from '../space.ts';
import { Catalogue } from './catalogue.ts';
import { Clients } from './clients.ts';
import { Cuts, CUTS } from './cuts.ts';
import { Effects } from './effects.ts';
import { Expander } from './expander.ts';
import { ALWAYS, Fairness } from './fairness.ts';
import { Contents } from './contents.ts';
import { factsOf } from './factsOf.ts';
import { CoreJudge } from './judge.ts';
import { CoreModelError, type CoreModel } from './model.ts';
import { ASKS, kindOfStep, MOVES } from './moves.ts';
import type { VectorParts } from './parts.ts';
import { Pasts } from './pasts.ts';
import { Planner } from './planner.ts';
import { Queues } from './queues.ts';
import { Reader } from './reader.ts';
import { ROW_KINDS } from './rows.ts';
import { Shape } from './shape.ts';
import { Stepper } from './stepper.ts';

/** What `CoreSpace` may be asked. */
export interface CoreSpaceOptions {
  readonly symmetry: boolean;
  /** So many threads explore together. Default 1. */
  readonly threads?: number;
  /** Leaves out orders of steps that make no difference to promises. Default off. */
  readonly partialOrder?: PartialOrderKind;
  /** Breaks that, to see that it shows. */
  readonly partialOrderDefect?: PartialOrderDefect;
}

/** A system of cores as a space: nodes' situations, messages and histories as numbers, steps remembered. */
export class CoreSpace<M, C, R> implements PortableSpace {
  readonly name: string;
  readonly properties: readonly PropertyName[];
  low = 0;
  high = 0;
  readonly canonicalise?: (words: Int32Array, from: number, to: number) => void;
  readonly ample?: Space['ample'] & {};
  readonly inGroup?: Space['inGroup'] & {};
  readonly dependence?: StepDependence;
  private readonly bounds: ResolvedBounds;
  private readonly catalogue: Catalogue<M, C, R>;
  private readonly clients: Clients<M, C, R>;
  private readonly stepper: Stepper<M, C, R>;
  private readonly pasts: Pasts<M, C, R> | undefined;
  private readonly queues = new Queues();
  private readonly left = new Cuts();
  private readonly shape: Shape;
  private readonly ordered: boolean;
  private readonly duplicating: boolean;
  readonly leadsTo: readonly string[];
  private readonly fair: Fairness<M, C, R>;
  private readonly ends: CoreJudge<M, C, R>;
  private readonly judgement: CoreJudge<M, C, R>;
  private readonly planner: Planner<M, C, R>;
  private readonly effects: Effects<M, C, R>;
  private readonly expander: Expander<M, C, R>;
  private readonly reader: Reader<M, C, R>;
  private readonly texts: Contents<M, C, R>;
  private readonly orbits: Orbits<M, C, R> | undefined;

  constructor(model: CoreModel<M, C, R>, bounds: ResolvedBounds, options: CoreSpaceOptions) {
    const { name, nodes, network = 'unordered', clients = [], history, properties = [] } = model;
    checkNodes(model);
    this.name = name;
    this.bounds = bounds;
    this.ordered = network === 'ordered';
    this.duplicating = network === 'unordered-duplicating';
    this.catalogue = new Catalogue(nodes);
    this.clients = new Clients(name, clients, this.catalogue, history);
    this.stepper = new Stepper({
      catalogue: this.catalogue,
      bounds,
      recorder: history,
      clientOf: (request) => this.clients.ownerOf(request),
      ordered: this.ordered,
      threads: options.threads ?? 1,
      cuts: this.left,
    });
    this.pasts = history === undefined ? undefined : new Pasts(history, this.catalogue);
    this.shape = new Shape({
      bounds,
      history: history !== undefined,
      clients: clients.length,
      nodes: nodes.length,
      ordered: this.ordered,
    });
    const { catalogue, pasts, shape, queues, ordered } = this;
    const parts = { catalogue, clients: this.clients, pasts, shape, queues, ordered };
    const { rows } = this.stepper;
    this.planner = new Planner(parts, rows, this.duplicating);
    const counting = bounds.inFlight !== Infinity;
    this.effects = new Effects(parts, rows, { duplicating: this.duplicating, counting });
    this.expander = new Expander(parts, this.stepper, this.planner, this.effects, {
      bounds,
      duplicating: this.duplicating,
      cuts: this.left,
    });
    // Without crashes their outcomes are not even worked out; any node that is up could have one.
    if (bounds.crashes === 0 && nodes.some(({ mayCrash }) => mayCrash !== false))
      this.left.note(CUTS.crashes);
    this.properties = properties.map(({ name: property, kind }) => ({ name: property, kind }));
    this.judgement = new CoreJudge(properties, parts);
    const leadsTo = model.leadsTo ?? [];
    this.leadsTo = leadsTo.map((property) => property.name);
    this.ends = new CoreJudge(
      leadsTo.flatMap(({ from = ALWAYS, to }) => [from, to]),
      parts,
    );
    this.fair = new Fairness(model, catalogue, this.stepper.rows);
    this.reader = new Reader(parts, this.stepper);
    this.texts = new Contents(parts);
    const { partialOrder = 'off', partialOrderDefect: defect } = options;
    if (partialOrder !== 'off') this.refuseUnsound(name);
    if (partialOrder === 'dynamic') this.dependence = this.dependent(parts, defect);
    if (partialOrder === 'ample') {
      const ample = new Ample(parts, this.stepper, this.judgement, {
        bounds,
        duplicating: this.duplicating,
        defect,
      });
      this.ample = (words, from, to, out, pending): number => ample.choose(words, from, to, out, pending);
      this.inGroup = (words, from, out, index, group): boolean =>
        ample.nodeOf(words, from, out, index) === group;
    }
    // Runs are followed as they are: no state is taken for another.
    if (model.symmetry === undefined || !options.symmetry || partialOrder === 'dynamic') return;
    const orbits = new Orbits(model, model.symmetry, parts);
    this.orbits = orbits;
    this.canonicalise = (words, from, to): void => orbits.canonicalise(words, from, to);
  }

  /** Throws `PartialOrderError` where a reduction by partial order would not be sound. */
  private refuseUnsound(name: string): void {
    const { bounds, ordered } = this;
    if (bounds.inFlight !== Infinity)
      throw new PartialOrderError(
        name,
        'a bound on messages in flight makes every step depend on every other',
      );
    if (bounds.rounds !== Infinity)
      throw new PartialOrderError(name, 'a bound on steps tells runs apart by their length');
    if (ordered) throw new PartialOrderError(name, 'its messages keep their order, and crashes cut channels');
  }

  /** What dynamic reduction asks of steps. */
  private dependent(
    parts: VectorParts<M, C, R>,
    defect: PartialOrderDefect | undefined,
  ): Dependence<M, C, R> {
    const { bounds, duplicating, name } = this;
    if (duplicating || bounds.duplicates === Infinity)
      throw new PartialOrderError(
        name,
        'a message may come any number of times, so that its runs need not end',
      );
    const mayVanish = bounds.drops > 0 || bounds.duplicates > 0;
    return new Dependence(parts, this.stepper, this.judgement, { mayVanish, defect });
  }

  get clipped(): Readonly<Record<string, number>> {
    const { tooManyInFlight } = this.expander;
    return tooManyInFlight === 0 ? {} : { inFlight: tooManyInFlight };
  }

  get memory(): Remembering {
    return this.stepper;
  }

  get cuts(): readonly string[] {
    return this.left.all;
  }

  get parts(): readonly Numbered[] {
    const { catalogue, clients, queues, pasts } = this;
    return [
      ...catalogue.numbered,
      clients.lists,
      queues.lists,
      ...(pasts === undefined ? [] : [pasts.values]),
    ];
  }

  /** Steps that a bound leaves out are counted as they are worked out, so not ahead of time. */
  get lookahead(): boolean {
    return this.bounds.inFlight === Infinity;
  }

  get work(): SpaceWork {
    return this.stepper.work;
  }

  get bytes(): number {
    const { catalogue, stepper, effects, queues, pasts, judgement } = this;
    const memories = stepper.bytes + effects.bytes + (pasts?.bytes ?? 0);
    return catalogue.bytes + memories + queues.bytes + judgement.bytes;
  }

  initial(): readonly Int32Array[] {
    const { shape, clients, catalogue, planner, stepper } = this;
    const { delta } = planner;
    const empty = new Int32Array(shape.fixed);
    for (let i = 0; i < clients.count; i++) empty[shape.clients + i] = clients.initial(i);
    let states: Int32Array[] = [empty];
    for (let slot = 0; slot < catalogue.nodes.length; slot++) {
      const next: Int32Array[] = [];
      for (const words of states) {
        for (let row = stepper.boot(slot); row !== 0; row = stepper.rows.next(row)) {
          planner.plan(words, 0, words.length, MOVES.own, slot, row);
          const target = new Int32Array(words.length + delta.addedCount);
          const end = delta.write(words, 0, words.length, shape.fixed, target, 0);
          next.push(target.slice(0, end));
        }
      }
      states = next;
    }
    return states;
  }

  hash(words: Int32Array, from: number, to: number): void {
    let low = 0;
    let high = 0;
    const bag = from + this.shape.fixed;
    for (let i = from; i < to; i++) {
      const place = i < bag ? i - from : BAG;
      low = (low + mixLow(place, words[i] as number)) | 0;
      high = (high + mixHigh(place, words[i] as number)) | 0;
    }
    this.low = low;
    this.high = high;
  }

  expand(words: Int32Array, from: number, to: number, low: number, high: number, out: Successors): void {
    this.expander.expand(words, from, to, low, high, out);
  }

  /** A step sends at most as many messages as the longest list of them. */
  roomAfter(length: number): number {
    return length + this.catalogue.lists.longest;
  }

  write(
    words: Int32Array,
    from: number,
    to: number,
    out: Successors,
    index: number,
    target: Int32Array,
    at: number,
  ): number {
    return this.expander.write(words, from, to, out, index, target, at);
  }

  judge(words: Int32Array, from: number, to: number, pending: number, stuck: boolean): number {
    return this.judgement.judge(words, from, to, pending, stuck);
  }

  satisfies(words: Int32Array, from: number, to: number, index: number, end: boolean): boolean {
    return this.ends.holds(words, from, to, 2 * index + (end ? 1 : 0));
  }

  fairClass(out: Successors, index: number): number {
    return this.fair.classOf(out.a(index), out.b(index), out.c(index));
  }

  actor(out: Successors, index: number): number {
    const [move, about, row] = [out.a(index), out.b(index), out.c(index)];
    if (move === MOVES.deliver) return this.catalogue.recipient(about);
    if (move === MOVES.request) return this.catalogue.nodes.length + Math.floor(about / ASKS);
    return move === MOVES.own && this.stepper.rows.kind(row) !== ROW_KINDS.crash ? about : -1;
  }

  kindOf(out: Successors, index: number): string {
    return kindOfStep(out.a(index), this.stepper.rows.kind(out.c(index)));
  }

  get fixed(): number {
    return this.shape.fixed;
  }

  explain(words: Int32Array, from: number, to: number, property: number): string {
    return this.judgement.explain(words, from, to, property);
  }

  describe(words: Int32Array, from: number, to: number, out: Successors, index: number): StepText {
    const after = new Int32Array(this.roomAfter(to - from));
    const end = this.write(words, from, to, out, index, after, 0);
    const [move, about, row] = [out.a(index), out.b(index), out.c(index)];
    const text = this.reader.describe(words, from, move, about, row, this.show(after, 0, end));
    return { ...text, facts: factsOf(this.reader.parts, this.stepper.rows, words, from, [move, about, row]) };
  }

  show(words: Int32Array, from: number, to: number): unknown {
    return this.reader.show(words, from, to);
  }

  contents(words: Int32Array, from: number, to: number): string {
    const own = this.texts.write(words, from, to);
    const images = this.orbits?.images(words, from, to) ?? [];
    return images
      .map((image) => this.texts.write(image, 0, image.length))
      .reduce((a, b) => (a < b ? a : b), own);
  }

  vector(contents: string): Int32Array {
    return this.texts.read(contents);
  }
}

function checkNodes<M, C, R>({ name, nodes }: CoreModel<M, C, R>): void {
  if (nodes.length === 0) throw new CoreModelError(name, 'it has no nodes');
  if (new Set(nodes.map(({ id }) => id)).size !== nodes.length)
    throw new CoreModelError(name, 'two of its nodes have the same id');
}
