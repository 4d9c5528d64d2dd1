import { encodePlain } from '@holdfast/plain';
import type { RecordWrite } from '@holdfast/protocols';
import type { Situation } from './catalogue.ts';
import { HELD_SEND, settled } from './held.ts';
import { envelopesOf, type VectorParts } from './parts.ts';

/** A message on its way: positions of sender and recipient, and the message. */
type EnvelopeContents = readonly [from: number, to: number, message: unknown];
type HeldContents = readonly [
  after: number,
  kind: number,
  what: EnvelopeContents | readonly [number, unknown],
];

interface NodeContents {
  readonly up: boolean;
  readonly state: unknown;
  readonly timers: readonly string[];
  readonly disk: unknown;
  readonly pending: readonly (readonly [token: number, writes: readonly RecordWrite[]])[];
  readonly held: readonly HeldContents[];
  readonly token: number;
  readonly fired: Readonly<Record<string, number>>;
}

/** Texts of numbers of one kind, and numbers of texts; kept as long as the space is. */
class Texts {
  private readonly texts: (string | undefined)[] = [];
  private readonly numbers = new Map<string, number>();
  private readonly spell: (number: number) => unknown;

  constructor(spell: (number: number) => unknown) {
    this.spell = spell;
  }

  textOf(number: number): string {
    const known = this.texts[number];
    if (known !== undefined) return known;
    const text = encodePlain(this.spell(number));
    while (this.texts.length <= number) this.texts.push(undefined);
    this.texts[number] = text;
    this.numbers.set(text, number);
    return text;
  }

  numberOf(text: string, intern: (value: unknown) => number): number {
    const known = this.numbers.get(text);
    if (known !== undefined) return known;
    const number = intern(JSON.parse(text));
    this.numbers.set(text, number);
    return number;
  }
}

/**
 * A system's states as text that means the same to every space of the model: equal states have equal text. A line each for the history,
 * for what was used of budgets, for every client and every node, then one for every message in flight.
 */
export class Contents<M, C, R> {
  private readonly parts: VectorParts<M, C, R>;
  private readonly histories: Texts;
  private readonly nodes: readonly Texts[];
  private readonly envelopes: Texts;

  constructor(parts: VectorParts<M, C, R>) {
    this.parts = parts;
    this.histories = new Texts((history) => parts.pasts?.values.value(history) ?? null);
    this.nodes = parts.catalogue.nodes.map(() => new Texts((situation) => this.node(situation)));
    this.envelopes = new Texts((envelope) => this.envelope(envelope));
  }

  /** The text of a state. */
  write(words: Int32Array, from: number, to: number): string {
    const { shape, clients, ordered } = this.parts;
    const { histories, nodes, envelopes } = this;
    const flying = envelopesOf(this.parts, words, from, to).map((envelope) => envelopes.textOf(envelope));
    if (!ordered) flying.sort();
    const lines = [
      shape.history < 0 ? '' : histories.textOf(words[from + shape.history] as number),
      words.subarray(from + shape.history + 1, from + shape.clients).join(','),
    ];
    for (let at = shape.clients; at < shape.nodes; at++)
      lines.push(clients.lists.toArray(words[from + at] as number).join(','));
    nodes.forEach((texts, slot) => lines.push(texts.textOf(words[from + shape.nodes + slot] as number)));
    return [...lines, ...flying].join('\n');
  }

  /** The vector of a state given by its text. */
  read(text: string): Int32Array {
    const { shape, pasts, clients, catalogue, queues, ordered } = this.parts;
    const lines = text.split('\n');
    const words: number[] = Array.from({ length: shape.fixed }, () => 0);
    if (shape.history >= 0)
      words[shape.history] = this.histories.numberOf(
        lines[0] as string,
        (past) => pasts?.values.intern(past) ?? 0,
      );
    numbers(lines[1] as string).forEach((count, i) => (words[shape.history + 1 + i] = count));
    let line = 2;
    for (let at = shape.clients; at < shape.nodes; at++)
      words[at] = clients.lists.intern(numbers(lines[line++] as string));
    this.nodes.forEach((texts, slot) => {
      words[shape.nodes + slot] = texts.numberOf(lines[line++] as string, (node) =>
        this.situation(slot, node as NodeContents),
      );
    });
    const envelopes = lines
      .slice(line)
      .map((one) => this.envelopes.numberOf(one, (value) => this.envelopeOf(value as EnvelopeContents)));
    if (!ordered) return Int32Array.from([...words, ...envelopes.sort((a, b) => a - b)]);
    for (const envelope of envelopes) {
      const channel = catalogue.sender(envelope) * this.nodes.length + catalogue.recipient(envelope);
      const slot = shape.channels + channel;
      words[slot] = queues.push(words[slot] as number, envelope);
    }
    return Int32Array.from(words);
  }

  private envelope(envelope: number): EnvelopeContents {
    const { catalogue } = this.parts;
    const message = catalogue.messages.value(catalogue.message(envelope));
    return [catalogue.sender(envelope), catalogue.recipient(envelope), message];
  }

  private envelopeOf([from, to, message]: EnvelopeContents): number {
    const { catalogue } = this.parts;
    return catalogue.envelope(from, to, catalogue.messages.intern(message));
  }

  private node(situation: number): NodeContents {
    const { catalogue, ordered } = this.parts;
    const { lists, timers, writes } = catalogue;
    const s = catalogue.readSituation(situation);
    const pending = lists.toArray(s.pending);
    const held = lists.toArray(s.held);
    const waiting: HeldContents[] = [];
    for (let i = 0; i < held.length; i += 3) {
      const [after, kind, what] = held.slice(i, i + 3) as [number, number, number];
      const reply = (): [number, unknown] => [
        catalogue.first(what),
        catalogue.results.value(catalogue.second(what)),
      ];
      waiting.push([after, kind, kind === HELD_SEND ? this.envelope(what) : reply()]);
    }
    const fired = lists
      .toArray(s.fired)
      .flatMap((times, timer) => (times === 0 ? [] : [[timers.value(timer), times] as const]));
    return {
      up: s.up,
      state: catalogue.states.value(s.state),
      timers: lists
        .toArray(s.timers)
        .map((timer) => timers.value(timer))
        .sort(),
      disk: catalogue.disks.value(s.disk),
      pending: pending.flatMap((token, i) =>
        i % 2 === 0
          ? [[token, writes.value(pending[i + 1] as number) as readonly RecordWrite[]] as const]
          : [],
      ),
      held: ordered ? waiting : inOrder(waiting),
      token: s.token,
      fired: Object.fromEntries(fired),
    };
  }

  private situation(slot: number, node: NodeContents): number {
    const { catalogue, ordered } = this.parts;
    const { lists, timers, writes } = catalogue;
    const fired: number[] = [];
    for (const [timer, times] of Object.entries(node.fired)) fired[timers.intern(timer)] = times;
    const held = node.held.flatMap(([after, kind, what]): number[] => {
      if (kind === HELD_SEND) return [after, kind, this.envelopeOf(what as EnvelopeContents)];
      const [request, result] = what as readonly [number, unknown];
      return [after, kind, catalogue.pair(request, catalogue.results.intern(result))];
    });
    const situation: Situation = {
      slot,
      up: node.up,
      state: node.up ? catalogue.states.intern(node.state) : 0,
      timers: lists.intern(node.timers.map((timer) => timers.intern(timer)).sort((a, b) => a - b)),
      disk: catalogue.disks.intern(node.disk),
      pending: lists.intern(node.pending.flatMap(([token, list]) => [token, writes.intern(list)])),
      held: lists.intern(settled(held, catalogue, ordered)),
      token: node.token,
      fired: lists.intern(Array.from(fired, (times) => times ?? 0)),
    };
    return catalogue.situation(situation);
  }
}

function numbers(text: string): number[] {
  return text === '' ? [] : text.split(',').map(Number);
}

/** By store, then kind; messages, which keep no order, by what they are. */
function inOrder(waiting: readonly HeldContents[]): HeldContents[] {
  const texts = waiting.map((held) => ({ held, text: encodePlain(held[2]) }));
  texts.sort((a, b) => {
    const [[afterA, kindA], [afterB, kindB]] = [a.held, b.held];
    const first = afterA - afterB || kindA - kindB;
    if (first !== 0 || kindA !== HELD_SEND) return first;
    return a.text < b.text ? -1 : a.text > b.text ? 1 : 0;
  });
  return texts.map(({ held }) => held);
}
