import { encodePlain } from '@holdfast/plain';
import { Ints } from '../ints.ts';
import { IntLists } from '../intLists.ts';
import { mixHigh, mixLow } from '../mixing.ts';
import type { Numbered } from '../share/numbered.ts';
import type { PropertyName, Space, SpaceWork, StepText, Successors } from '../space.ts';
import { ImpureModelError } from '../impure.ts';
import { PeerSorter } from './peerSorter.ts';
import { Decisions, leafCode, leafOf, UNKNOWN } from './decisions.ts';
import { Draft } from './draft.ts';
import { type Field, Layout } from './layout.ts';
import { LiveActions } from './liveActions.ts';
import { type Spec, SpecError } from './spec.ts';

/** Leaves of actions: 0 not enabled, 1 no change, 2 and above a list of changes. Leaves of properties: 0 false, 1 true. */
const DISABLED = 0;
const IDLE = 1;

/** One answer from memory in so many is checked by running the specification's code again. */
const RECHECK_EVERY: number = 1 << 20;

/** What `SpecSpace` may be asked. */
export interface SpecSpaceOptions {
  readonly symmetry: boolean;
}

/** A specification as a space: one word per part, actions and properties remembered by what they read. */
export class SpecSpace<S extends object> implements Space {
  readonly name: string;
  readonly properties: readonly PropertyName[];
  readonly clipped: Readonly<Record<string, number>> = {};
  readonly lookahead = true;
  readonly cuts: readonly string[] = [];
  low = 0;
  high = 0;
  readonly canonicalise?: (words: Int32Array, from: number, to: number) => void;
  private readonly spec: Spec<S>;
  private readonly layout: Layout;
  private readonly draft: Draft;
  private readonly decisions: Decisions;
  private readonly live: LiveActions;
  readonly leadsTo: readonly string[];
  private readonly fair: readonly boolean[];
  private readonly predicates: readonly ((state: S) => boolean)[];
  /** Lists of (part, old value, new value); leaf - 1. */
  private readonly changes = new IntLists();
  /** Per list of changes, what it adds to the hash. */
  private readonly lows = new Ints();
  private readonly highs = new Ints();
  private readonly inits: readonly Int32Array[];
  private calls = 0;
  private hits = 0;
  private rechecks = 0;
  private untilRecheck: number = RECHECK_EVERY;

  constructor(spec: Spec<S>, options: SpecSpaceOptions) {
    this.name = spec.name;
    this.spec = spec;
    const [first] = spec.init;
    if (first === undefined) throw new SpecError(spec.name, 'it needs an initial state');
    this.layout = new Layout(spec.name, first);
    this.draft = new Draft(spec.name, this.layout);
    this.inits = spec.init.map((state) => this.layout.encode(state));
    const properties: PropertyName[] = [];
    const predicates: ((state: S) => boolean)[] = [];
    for (const kind of ['always', 'reachable', 'terminal'] as const) {
      for (const [name, holds] of Object.entries(spec[kind] ?? {})) {
        properties.push({ name, kind });
        predicates.push(holds);
      }
    }
    this.properties = properties;
    this.leadsTo = Object.keys(spec.leadsTo ?? {});
    for (const { from = (): boolean => true, to } of Object.values(spec.leadsTo ?? {}))
      predicates.push(from, to);
    const { fair = [] } = spec;
    this.fair = spec.actions.map(({ name }) => fair === 'all' || fair.includes(name));
    this.predicates = predicates;
    this.decisions = new Decisions(spec.actions.length + predicates.length);
    this.live = new LiveActions(this.decisions, spec.actions.length, leafCode(DISABLED));
    this.lows.push(0);
    this.highs.push(0);
    if (spec.symmetry === undefined || !options.symmetry) return;
    const sorter = new PeerSorter(spec.name, this.layout, spec.symmetry);
    this.canonicalise = (words, from): void => sorter.sort(words, from);
  }

  get parts(): readonly Numbered[] {
    return this.layout.fields.map(({ domain }) => domain);
  }

  get work(): SpaceWork {
    const { calls, hits, rechecks } = this;
    return { calls, hits, rechecks, parts: this.layout.values };
  }

  get bytes(): number {
    return this.decisions.bytes + this.changes.bytes + this.lows.bytes + this.highs.bytes;
  }

  initial(): readonly Int32Array[] {
    return this.inits;
  }

  hash(words: Int32Array, from: number, to: number): void {
    let low = 0;
    let high = 0;
    for (let i = from; i < to; i++) {
      low = (low + mixLow(i - from, words[i] as number)) | 0;
      high = (high + mixHigh(i - from, words[i] as number)) | 0;
    }
    this.low = low;
    this.high = high;
  }

  expand(words: Int32Array, from: number, _: number, low: number, high: number, out: Successors): void {
    const { decisions, live } = this;
    const lows = this.lows.words;
    const highs = this.highs.words;
    const count = this.spec.actions.length;
    live.find(words, from);
    // Kept apart: what is learnt of one action may renew the bits, for the next state.
    const { bits } = live;
    for (let word = 0; word < bits.length; word++) {
      for (let left = bits[word] as number; left !== 0; ) {
        const bit = left & -left;
        left ^= bit;
        const action = (word << 5) + 31 - Math.clz32(bit);
        const code = decisions.follow(action, words, from);
        if (code >= 0) {
          this.branch(action, words, from, [], low, high, out);
          continue;
        }
        const leaf = leafOf(code);
        if (leaf > IDLE) {
          const list = leaf - 1;
          out.push((low + (lows[list] as number)) | 0, (high + (highs[list] as number)) | 0, list, action, 0);
        } else if (leaf === IDLE) out.idle++;
      }
    }
    this.hits += count;
    this.untilRecheck -= count;
    if (this.untilRecheck < 0) this.recheck(words, from);
  }

  /** An action not yet known on this state, or one that picks: all its branches. */
  private branch(
    action: number,
    words: Int32Array,
    from: number,
    picks: number[],
    low: number,
    high: number,
    out: Successors,
  ): void {
    const code = this.resolve(action, words, from, picks);
    if (code > 0) {
      const items = this.decisions.items(code);
      for (let i = 0; i < items; i++) this.branch(action, words, from, [...picks, i], low, high, out);
      return;
    }
    const leaf = leafOf(code);
    if (leaf === IDLE) out.idle++;
    if (leaf <= IDLE) return;
    const list = leaf - 1;
    out.push((low + this.lows.at(list)) | 0, (high + this.highs.at(list)) | 0, list, action, 0);
  }

  /** The leaf, or the pick after the picks given, of a program; runs it where it is not yet known. */
  private resolve(program: number, words: Int32Array, from: number, picks: readonly number[]): number {
    for (;;) {
      let code = this.decisions.follow(program, words, from);
      for (const choice of picks) {
        if (code <= 0) break;
        code = this.decisions.followPick(code, choice, words, from);
      }
      if (code !== UNKNOWN) return code;
      this.run(program, words, from, picks);
    }
  }

  /** Runs a program's code twice and learns from it. Throws `ImpureModelError` when runs contradict each other. */
  private run(program: number, words: Int32Array, from: number, picks: readonly number[]): void {
    this.runOnce(program, words, from, picks);
    this.runOnce(program, words, from, picks);
  }

  private runOnce(program: number, words: Int32Array, from: number, picks: readonly number[]): void {
    this.calls++;
    const action = this.spec.actions[program];
    let leaf: number;
    let name: string;
    if (action === undefined) {
      const property = program - this.spec.actions.length;
      const ends = Math.floor((property - this.properties.length) / 2);
      name = `property '${this.properties[property]?.name ?? this.leadsTo[ends] ?? ''}'`;
      leaf = this.draft.ask(this.predicates[property] as (state: never) => boolean, words, from) ? 1 : 0;
    } else {
      name = `action '${action.name}'`;
      leaf = this.draft.act(action.run.bind(action), words, from, picks) ? this.changeLeaf() : DISABLED;
    }
    const part = this.decisions.learn(program, this.draft.events, leaf);
    if (part >= 0) throw new ImpureModelError(this.name, name, `variable '${this.layout.partName(part)}'`);
  }

  /** The leaf of the changes the draft now holds. */
  private changeLeaf(): number {
    const { draft } = this;
    const { words, length } = draft.events;
    const list: number[] = [];
    for (const part of [...draft.writes].sort((a, b) => a - b)) {
      const now = draft.written[part] as number;
      let old = now;
      for (let i = 0; i < length; i += 2) if (words[i] === part) old = words[i + 1] as number;
      if (old !== now) list.push(part, old, now);
    }
    const id = this.changes.intern(list);
    if (id === this.lows.length) {
      let low = 0;
      let high = 0;
      for (let i = 0; i < list.length; i += 3) {
        const [part, old, now] = list.slice(i, i + 3) as [number, number, number];
        low = (low + mixLow(part, now) - mixLow(part, old)) | 0;
        high = (high + mixHigh(part, now) - mixHigh(part, old)) | 0;
      }
      this.lows.push(low);
      this.highs.push(high);
    }
    return id + 1;
  }

  /** Runs one program again on a state it was answered for from memory. */
  private recheck(words: Int32Array, from: number): void {
    this.untilRecheck = RECHECK_EVERY;
    const program = this.rechecks++ % (this.spec.actions.length + this.predicates.length);
    this.run(program, words, from, []);
  }

  roomAfter(): number {
    return this.layout.size;
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
    for (let i = from, j = at; i < to; i++, j++) target[j] = words[i] as number;
    const list = out.a(index);
    const length = this.changes.length(list);
    for (let i = 0; i < length; i += 3) {
      target[at + this.changes.item(list, i)] = this.changes.item(list, i + 2);
    }
    return at + to - from;
  }

  judge(words: Int32Array, from: number, _: number, pending: number, stuck: boolean): number {
    const first = this.spec.actions.length;
    let found = 0;
    for (let i = 0; i < this.properties.length; i++) {
      const { kind } = this.properties[i] as PropertyName;
      if ((pending & (1 << i)) === 0 || (kind === 'terminal') !== stuck) continue;
      let code = this.decisions.follow(first + i, words, from);
      if (code === UNKNOWN) code = this.resolve(first + i, words, from, []);
      if ((leafOf(code) === 1) === (kind === 'reachable')) found |= 1 << i;
    }
    return found;
  }

  describe(words: Int32Array, from: number, to: number, out: Successors, index: number): StepText {
    const after = new Int32Array(this.layout.size);
    this.write(words, from, to, out, index, after, 0);
    const name = this.spec.actions[out.b(index)]?.name ?? '';
    const list = out.a(index);
    const changes: string[] = [];
    for (let i = 0; i < this.changes.length(list); i += 3) {
      const [part, old, now] = [0, 1, 2].map((at) => this.changes.item(list, i + at)) as [
        number,
        number,
        number,
      ];
      const { domain } = this.layout.fieldOf[part] as Field;
      const texts = [old, now].map((value) => encodePlain(domain.value(value)));
      changes.push(`${this.layout.partName(part)} ${texts.join(' -> ')}`);
    }
    return { kind: name, text: name, changes: changes.join(', '), after: this.layout.decode(after, 0) };
  }

  satisfies(words: Int32Array, from: number, _: number, index: number, end: boolean): boolean {
    const program = this.spec.actions.length + this.properties.length + 2 * index + (end ? 1 : 0);
    return leafOf(this.resolve(program, words, from, [])) === 1;
  }

  fairClass(out: Successors, index: number): number {
    const action = out.b(index);
    return this.fair[action] === true ? action : -1;
  }

  actor(out: Successors, index: number): number {
    return out.b(index);
  }

  kindOf(out: Successors, index: number): string {
    return this.spec.actions[out.b(index)]?.name ?? '';
  }

  get fixed(): number {
    return this.layout.size;
  }

  explain(words: Int32Array, from: number): string {
    return encodePlain(this.layout.decode(words, from));
  }

  show(words: Int32Array, from: number): unknown {
    return this.layout.decode(words, from);
  }
}
