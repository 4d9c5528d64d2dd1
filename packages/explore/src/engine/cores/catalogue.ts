import type { NodeId } from '@holdfast/protocols';
import { Interner } from '../interner.ts';
import { IntLists } from '../intLists.ts';
import type { Numbered } from '../share/numbered.ts';
import type { ModelNode } from './model.ts';

/** One node's whole circumstances, as numbers of interned parts. */
export interface Situation {
  /** Position of the node in the model. */
  slot: number;
  up: boolean;
  /** The core's state; 0 while down. */
  state: number;
  /** Armed timers, a sorted list. */
  timers: number;
  /** Durable records. */
  disk: number;
  /** Stores not yet durable: a list of (token, writes). */
  pending: number;
  /** Effects that wait for a store: a list of (token, kind, what): kind 0 sends an envelope, 1 replies. */
  held: number;
  /** The next store token. */
  token: number;
  /** How often each bounded timer has gone off: a list by timer. */
  fired: number;
}

/** Everything that was met so far, each distinct thing once, under a small number. */
export class Catalogue<M, C, R> {
  readonly nodes: readonly ModelNode<M, C, R>[];
  readonly states: Interner = new Interner();
  readonly messages: Interner<M> = new Interner<M>();
  readonly commands: Interner<C> = new Interner<C>();
  readonly results: Interner<R> = new Interner<R>();
  readonly disks: Interner<Readonly<Record<string, unknown>>> = new Interner();
  readonly writes: Interner = new Interner();
  readonly timers: Interner<string> = new Interner<string>();
  readonly seen: Interner = new Interner();
  readonly lists: IntLists = new IntLists();
  private readonly slots: ReadonlyMap<NodeId, number>;
  private readonly situationLists = new IntLists();
  private readonly envelopeLists = new IntLists();
  private readonly pairs = new IntLists();

  constructor(nodes: readonly ModelNode<M, C, R>[]) {
    this.nodes = nodes;
    this.slots = new Map(nodes.map(({ id }, slot) => [id, slot]));
    // Number 0 stands for "down" and for an empty disk.
    this.states.intern(null);
    this.disks.intern({});
  }

  /** All that hands out numbers. */
  get numbered(): readonly Numbered[] {
    const { states, messages, commands, results, disks, writes, timers, seen } = this;
    const { lists, situationLists, envelopeLists, pairs } = this;
    const values = [states, messages, commands, results, disks, writes, timers, seen] as readonly Numbered[];
    return [...values, lists, situationLists, envelopeLists, pairs];
  }

  get parts(): number {
    const { states, messages, situationLists, envelopeLists } = this;
    return states.size + messages.size + situationLists.size + envelopeLists.size;
  }

  get bytes(): number {
    const { lists, situationLists, envelopeLists, pairs } = this;
    return lists.bytes + situationLists.bytes + envelopeLists.bytes + pairs.bytes;
  }

  /** Position of a node in the model; undefined for a node the model does not have. */
  slot(node: NodeId): number | undefined {
    return this.slots.get(node);
  }

  node(slot: number): ModelNode<M, C, R> {
    return this.nodes[slot] as ModelNode<M, C, R>;
  }

  situation(s: Situation): number {
    const up = s.up ? 1 : 0;
    const { slot, state, timers, disk, pending, held, token, fired } = s;
    return this.situationLists.intern([slot, up, state, timers, disk, pending, held, token, fired]);
  }

  readSituation(id: number): Situation {
    const at = (position: number): number => this.situationLists.item(id, position);
    return {
      slot: at(0),
      up: at(1) === 1,
      state: at(2),
      timers: at(3),
      disk: at(4),
      pending: at(5),
      held: at(6),
      token: at(7),
      fired: at(8),
    };
  }

  isUp(situation: number): boolean {
    return this.situationLists.item(situation, 1) === 1;
  }

  /** How many envelopes there are. */
  get envelopeCount(): number {
    return this.envelopeLists.size;
  }

  /** The core's state in a situation. */
  stateOf(situation: number): number {
    return this.situationLists.item(situation, 2);
  }

  /** A message on its way between two positions. */
  envelope(from: number, to: number, message: number): number {
    return this.envelopeLists.intern([from, to, message]);
  }

  sender(envelope: number): number {
    return this.envelopeLists.item(envelope, 0);
  }

  recipient(envelope: number): number {
    return this.envelopeLists.item(envelope, 1);
  }

  message(envelope: number): number {
    return this.envelopeLists.item(envelope, 2);
  }

  /** Two numbers as one. */
  pair(a: number, b: number): number {
    return this.pairs.intern([a, b]);
  }

  first(pair: number): number {
    return this.pairs.item(pair, 0);
  }

  second(pair: number): number {
    return this.pairs.item(pair, 1);
  }
}
