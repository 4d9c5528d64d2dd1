import { encodePlain } from '@holdfast/plain';
import type {
  CoreProperty,
  HistoryProperty,
  MessageProperty,
  NodeSight,
  NodesProperty,
} from '../../properties/property.ts';
import { Interner } from '../interner.ts';
import { IntLists } from '../intLists.ts';
import { envelopesOf, type VectorParts } from './parts.ts';

type JudgeParts<M, C, R> = Omit<VectorParts<M, C, R>, 'clients'>;

/** Judges one property in states of a system. */
interface Judged {
  /** Whether the property is satisfied there. */
  holds(words: Int32Array, from: number, to: number): boolean;
  /** What it looked at, in words. */
  explain(words: Int32Array, from: number, to: number): string;
  /** Whether it may tell a node in one situation from the same node in another. */
  tellsApart(before: number, after: number): boolean;
  /** Whether it makes a difference to it that a message is in flight. */
  speaksOf(envelope: number): boolean;
  readonly bytes: number;
}

/** The properties of a system of cores, each remembered by what it looks at. */
export class CoreJudge<M, C, R> {
  private readonly properties: readonly CoreProperty<M>[];
  private readonly judged: readonly Judged[];

  constructor(properties: readonly CoreProperty<M>[], parts: JudgeParts<M, C, R>) {
    this.properties = properties;
    this.judged = properties.map((property) => {
      if (property.over === 'nodes') return new OfNodes(property, parts);
      return property.over === 'history' ? new OfHistory(property, parts) : new OfMessages(property, parts);
    });
  }

  get bytes(): number {
    return this.judged.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** The witnesses a state is among the pending properties, as bits. */
  judge(words: Int32Array, from: number, to: number, pending: number, stuck: boolean): number {
    let found = 0;
    for (let i = 0; i < this.judged.length; i++) {
      if ((pending & (1 << i)) === 0) continue;
      const { kind } = this.properties[i] as CoreProperty<M>;
      if ((kind === 'terminal') !== stuck) continue;
      const holds = (this.judged[i] as Judged).holds(words, from, to);
      if (holds === (kind === 'reachable')) found |= 1 << i;
    }
    return found;
  }

  /** Whether a property is satisfied in a state, whatever its kind. */
  holds(words: Int32Array, from: number, to: number, property: number): boolean {
    return (this.judged[property] as Judged).holds(words, from, to);
  }

  /** Whether some pending property may tell a node in one situation from the same node in another. */
  tellsApart(before: number, after: number, pending: number): boolean {
    return this.someJudged(pending, (judged) => judged.tellsApart(before, after));
  }

  /** Whether it makes a difference to some pending property that a message is in flight. */
  speaksOf(envelope: number, pending: number): boolean {
    return this.someJudged(pending, (judged) => judged.speaksOf(envelope));
  }

  /** Properties of states that no step leaves aside: reductions keep those states whatever they look at. */
  private someJudged(pending: number, asked: (judged: Judged) => boolean): boolean {
    return this.judged.some(
      (judged, i) => (pending & (1 << i)) !== 0 && this.properties[i]?.kind !== 'terminal' && asked(judged),
    );
  }

  /** What a property looked at. */
  explain(words: Int32Array, from: number, to: number, property: number): string {
    return (this.judged[property] as Judged).explain(words, from, to);
  }
}

/** What of a history properties saw, in words. */
function pastText<M, C, R>({ shape, pasts }: JudgeParts<M, C, R>, words: Int32Array, from: number): string {
  return `history ${encodePlain(pasts?.values.value(words[from + shape.history] as number) ?? null)}`;
}

const UNJUDGED = undefined;

class OfNodes<M, C, R> implements Judged {
  private readonly property: NodesProperty;
  private readonly parts: JudgeParts<M, C, R>;
  private readonly views = new Interner();
  private readonly tuples = new IntLists();
  /** Per situation its view. */
  private readonly viewOf: (number | undefined)[] = [];
  private readonly verdicts: (boolean | undefined)[] = [];
  private readonly tuple: Int32Array;

  constructor(property: NodesProperty, parts: JudgeParts<M, C, R>) {
    this.property = property;
    this.parts = parts;
    this.tuple = new Int32Array(parts.catalogue.nodes.length + 1);
  }

  get bytes(): number {
    return this.tuples.bytes;
  }

  holds(words: Int32Array, from: number): boolean {
    const { shape } = this.parts;
    const { tuple, viewOf } = this;
    const count = tuple.length - 1;
    for (let slot = 0; slot < count; slot++) {
      const situation = words[from + shape.nodes + slot] as number;
      tuple[slot] = viewOf[situation] ?? this.viewed(situation);
    }
    const past = this.property.withHistory && shape.history >= 0;
    tuple[count] = past ? (words[from + shape.history] as number) : 0;
    const id = this.tuples.intern(tuple);
    const known = this.verdicts[id];
    return known === UNJUDGED ? this.decide(id) : known;
  }

  explain(words: Int32Array, from: number): string {
    const { shape, catalogue } = this.parts;
    const views = catalogue.nodes.map(({ id }, slot) => {
      const view = this.viewed(words[from + shape.nodes + slot] as number);
      return `N${id} ${encodePlain(this.views.value(view))}`;
    });
    const past = this.property.withHistory && shape.history >= 0;
    return [...views, ...(past ? [pastText(this.parts, words, from)] : [])].join(', ');
  }

  tellsApart(before: number, after: number): boolean {
    const { viewOf } = this;
    return (viewOf[before] ?? this.viewed(before)) !== (viewOf[after] ?? this.viewed(after));
  }

  speaksOf(): boolean {
    return false;
  }

  private viewed(situation: number): number {
    const { catalogue } = this.parts;
    const { slot, up, state, disk } = catalogue.readSituation(situation);
    const sight: NodeSight = {
      node: catalogue.node(slot).id,
      up,
      state: up ? catalogue.states.value(state) : null,
      records: catalogue.disks.value(disk),
    };
    const view = this.views.intern(this.property.view(sight));
    while (this.viewOf.length <= situation) this.viewOf.push(undefined);
    this.viewOf[situation] = view;
    return view;
  }

  private decide(id: number): boolean {
    const { tuple } = this;
    const views = Array.from(tuple.subarray(0, tuple.length - 1), (view) => this.views.value(view));
    const history = this.property.withHistory
      ? this.parts.pasts?.values.value(tuple[tuple.length - 1] as number)
      : null;
    const verdict = this.property.holds(views, history);
    while (this.verdicts.length <= id) this.verdicts.push(UNJUDGED);
    this.verdicts[id] = verdict;
    return verdict;
  }
}

class OfHistory<M, C, R> implements Judged {
  readonly bytes = 0;
  private readonly property: HistoryProperty;
  private readonly parts: JudgeParts<M, C, R>;
  private readonly verdicts: (boolean | undefined)[] = [];

  constructor(property: HistoryProperty, parts: JudgeParts<M, C, R>) {
    this.property = property;
    this.parts = parts;
  }

  holds(words: Int32Array, from: number): boolean {
    const { shape, pasts } = this.parts;
    if (pasts === undefined) return this.property.holds(null);
    const history = words[from + shape.history] as number;
    const known = this.verdicts[history];
    if (known !== UNJUDGED) return known;
    while (this.verdicts.length <= history) this.verdicts.push(UNJUDGED);
    return (this.verdicts[history] = this.property.holds(pasts.values.value(history)));
  }

  explain(words: Int32Array, from: number): string {
    const { shape, pasts } = this.parts;
    const said = this.property.says?.(pasts?.values.value(words[from + shape.history] as number) ?? null);
    return said ?? pastText(this.parts, words, from);
  }

  tellsApart(): boolean {
    return false;
  }

  speaksOf(): boolean {
    return false;
  }
}

class OfMessages<M, C, R> implements Judged {
  readonly bytes = 0;
  private readonly property: MessageProperty<M>;
  private readonly parts: JudgeParts<M, C, R>;
  private readonly verdicts: (boolean | undefined)[] = [];

  constructor(property: MessageProperty<M>, parts: JudgeParts<M, C, R>) {
    this.property = property;
    this.parts = parts;
  }

  holds(words: Int32Array, from: number, to: number): boolean {
    const some = this.property.kind === 'reachable';
    for (const envelope of envelopesOf(this.parts, words, from, to))
      if (this.satisfies(envelope) === some) return some;
    return !some;
  }

  explain(words: Int32Array, from: number, to: number): string {
    const { catalogue } = this.parts;
    const telling = envelopesOf(this.parts, words, from, to).filter((envelope) => !this.satisfies(envelope));
    return telling
      .map((envelope) => {
        const sender = catalogue.node(catalogue.sender(envelope)).id;
        const recipient = catalogue.node(catalogue.recipient(envelope)).id;
        return `N${sender} -> N${recipient} ${encodePlain(catalogue.messages.value(catalogue.message(envelope)))}`;
      })
      .join(', ');
  }

  tellsApart(): boolean {
    return false;
  }

  speaksOf(envelope: number): boolean {
    return this.satisfies(envelope) === (this.property.kind === 'reachable');
  }

  private satisfies(envelope: number): boolean {
    const known = this.verdicts[envelope];
    if (known !== UNJUDGED) return known;
    const { catalogue } = this.parts;
    const message = catalogue.messages.value(catalogue.message(envelope));
    const from = catalogue.node(catalogue.sender(envelope)).id;
    const to = catalogue.node(catalogue.recipient(envelope)).id;
    while (this.verdicts.length <= envelope) this.verdicts.push(UNJUDGED);
    return (this.verdicts[envelope] = this.property.holds(message, from, to));
  }
}
