import type { NodeId } from '@holdfast/protocols';
import type { Recorder } from '../../properties/recorder.ts';
import { IntLists } from '../intLists.ts';
import { PairTable } from '../pairTable.ts';
import type { Catalogue } from './catalogue.ts';
import { CoreModelError, type ClientScript } from './model.ts';

/** A request a client may make now: to the node at `slot`, as a pair (request id, command). */
export interface Ask {
  readonly slot: number;
  readonly request: number;
  /** The client after asking. */
  readonly after: number;
}

const NONE: readonly Ask[] = [];

/** The clients of a model: each is a number for (client, requests done with, requests made, position it waits for plus 1). */
export class Clients<M, C, R> {
  private readonly scripts: readonly ClientScript<C, R>[];
  private readonly catalogue: Catalogue<M, C, R>;
  readonly lists: IntLists = new IntLists();
  private readonly askMemory: (readonly Ask[] | undefined)[] = [];
  private readonly replyMemory = new PairTable();
  /** Per client, the list of the one thing recorded when its request is lost; 0 for nothing. */
  private readonly lostSeen: readonly number[];

  constructor(
    model: string,
    scripts: readonly ClientScript<C, R>[],
    catalogue: Catalogue<M, C, R>,
    recorder: Recorder<M, C, R> | undefined,
  ) {
    this.scripts = scripts;
    this.catalogue = catalogue;
    for (const { requests } of scripts)
      for (const { to } of requests)
        for (const node of to === undefined ? [] : [to].flat())
          if (catalogue.slot(node) === undefined)
            throw new CoreModelError(model, `a client asks node ${node}, which it does not have`);
    this.lostSeen = scripts.map((_, client) => {
      const seen = recorder?.observe({ kind: 'lost', client });
      return seen === undefined ? 0 : catalogue.lists.intern([catalogue.seen.intern(seen)]);
    });
  }

  get count(): number {
    return this.scripts.length;
  }

  initial(client: number): number {
    return this.lists.intern([client, 0, 0, 0]);
  }

  /** The client a request id belongs to. */
  ownerOf(request: number): number {
    return (request - 1) % Math.max(1, this.scripts.length);
  }

  /** What a client may ask now. */
  asks(state: number): readonly Ask[] {
    return (this.askMemory[state] ??= this.computeAsks(state));
  }

  private computeAsks(state: number): readonly Ask[] {
    const [client, done, made, waiting] = this.read(state);
    const request = this.scripts[client]?.requests[done];
    if (waiting !== 0 || request === undefined) return NONE;
    const { catalogue } = this;
    const targets: readonly NodeId[] =
      request.to === undefined ? catalogue.nodes.map(({ id }) => id) : [request.to].flat();
    const id = 1 + client + this.scripts.length * made;
    const pair = catalogue.pair(id, catalogue.commands.intern(request.command));
    return targets.map((node) => {
      const slot = catalogue.slot(node) ?? 0;
      return { slot, request: pair, after: this.lists.intern([client, done, made + 1, slot + 1]) };
    });
  }

  /** The client after a reply, a pair (request id, result); unchanged by one it no longer waits for. */
  replied(state: number, reply: number): number {
    const known = this.replyMemory.get(state, reply);
    if (known !== -1) return known;
    const [client, done, made, waiting] = this.read(state);
    const { catalogue } = this;
    const current = waiting !== 0 && catalogue.first(reply) === 1 + client + this.scripts.length * (made - 1);
    const result = catalogue.results.value(catalogue.second(reply));
    const again = current && this.scripts[client]?.again?.(result) === true;
    const next = current ? this.lists.intern([client, again ? done : done + 1, made, 0]) : state;
    this.replyMemory.set(state, reply, next);
    return next;
  }

  /** Whether a client, now or when it is answered, may ask the node at a position. */
  mayAsk(state: number, slot: number): boolean {
    const [client, done, , waiting] = this.read(state);
    const script = this.scripts[client];
    // What is under way may have to be asked again.
    const left = script?.requests.slice(waiting !== 0 && script.again === undefined ? done + 1 : done) ?? [];
    const { id } = this.catalogue.node(slot);
    return left.some(({ to }) => to === undefined || [to].flat().includes(id));
  }

  /** Whether a client waits for the node at a position. */
  waitsFor(state: number, slot: number): boolean {
    return this.lists.item(state, 3) === slot + 1;
  }

  /** A client whose node has crashed goes on without an answer. */
  lost(state: number): number {
    const [client, done, made] = this.read(state);
    return this.lists.intern([client, done + 1, made, 0]);
  }

  /** What the recorder keeps of a lost request. */
  seenLost(state: number): number {
    return this.lostSeen[this.lists.item(state, 0)] as number;
  }

  /** The client when the positions of nodes are renamed. */
  renamed(state: number, slots: readonly number[]): number {
    const [client, done, made, waiting] = this.read(state);
    if (waiting === 0) return state;
    return this.lists.intern([client, done, made, (slots[waiting - 1] as number) + 1]);
  }

  /** For readers. */
  show(state: number): unknown {
    const [client, done, , waiting] = this.read(state);
    return { client, done, waitsFor: waiting === 0 ? null : this.catalogue.node(waiting - 1).id };
  }

  private read(state: number): [number, number, number, number] {
    const { lists } = this;
    return [lists.item(state, 0), lists.item(state, 1), lists.item(state, 2), lists.item(state, 3)];
  }
}
