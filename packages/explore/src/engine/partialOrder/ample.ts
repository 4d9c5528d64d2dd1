import type { ResolvedBounds } from '../../bounds/bounds.ts';
import type { CoreJudge } from '../cores/judge.ts';
import { ASKS, MOVES } from '../cores/moves.ts';
import type { VectorParts } from '../cores/parts.ts';
import { ROW_KINDS } from '../cores/rows.ts';
import type { Stepper } from '../cores/stepper.ts';
import type { Successors } from '../space.ts';
import { Others } from './others.ts';

/** What a broken reduction leaves out; for tests of the tests. */
export type PartialOrderDefect = 'ignores what promises see' | 'ignores messages to come' | 'ignores hosts';

/** Thrown where partial-order reduction would not be sound. */
export class PartialOrderError extends TypeError {
  readonly code = 'NO_PARTIAL_ORDER';
  constructor(model: string, why: string) {
    super(
      `Cannot explore '${model}' by partial order as ${why}; explore it without, or change what it is bounded by`,
    );
    this.name = 'PartialOrderError';
  }
}

/**
 * Partial-order reduction by ample sets (Peled 1994; Clarke, Grumberg and Peled 1999, chapter 10). What happens at different nodes commutes, so
 * where one node's steps are all that can concern it for as long as it does nothing, following them alone leaves out orders only. A node is
 * taken when, in the state at hand,
 *
 *   - it can do something, and others can, too;
 *   - the others can never send it anything before it acts, in any of their runs (`Others`), and no client may ask it;
 *   - none of its steps uses up something counted for the whole run, answers a client, or is a crash: those concern others;
 *   - none of its steps is seen by a promise: views of nodes, the recorded history, messages that promises speak of stay as they are.
 *
 * The search follows all steps after all where those of the node lead to known states only, so that nothing is put off for ever. Kept are
 * verdicts of `always`, `reachable` and `terminal` promises. Not kept: counts, the length of shortest runs, what leads to what.
 */
export class Ample<M, C, R> {
  private readonly parts: VectorParts<M, C, R>;
  private readonly stepper: Stepper<M, C, R>;
  private readonly judge: CoreJudge<M, C, R>;
  private readonly others: Others<M, C, R>;
  private readonly bounds: ResolvedBounds;
  private readonly defect: PartialOrderDefect | undefined;
  private pending = 0;

  constructor(
    parts: VectorParts<M, C, R>,
    stepper: Stepper<M, C, R>,
    judge: CoreJudge<M, C, R>,
    {
      bounds,
      duplicating,
      defect,
    }: {
      readonly bounds: ResolvedBounds;
      readonly duplicating: boolean;
      readonly defect: PartialOrderDefect | undefined;
    },
  ) {
    this.parts = parts;
    this.stepper = stepper;
    this.judge = judge;
    this.others = new Others(parts, stepper, duplicating);
    this.bounds = bounds;
    this.defect = defect;
  }

  get bytes(): number {
    return this.others.bytes;
  }

  /** A node whose steps are enough to follow, by position; -1 for none. Promises not among the `pending` see nothing any more. */
  choose(words: Int32Array, from: number, to: number, out: Successors, pending: number): number {
    this.pending = pending;
    const nodes = this.parts.catalogue.nodes.length;
    for (let slot = 0; slot < nodes; slot++) if (this.suffices(words, from, to, out, slot)) return slot;
    return -1;
  }

  /** The position of the node a step is about. */
  nodeOf(words: Int32Array, from: number, out: Successors, index: number): number {
    const { catalogue, clients, shape } = this.parts;
    const [move, about] = [out.a(index), out.b(index)];
    if (move === MOVES.own) return about;
    if (move !== MOVES.request) return catalogue.recipient(about);
    const client = words[from + shape.clients + Math.floor(about / ASKS)] as number;
    return clients.asks(client)[about % ASKS]?.slot ?? -1;
  }

  private suffices(words: Int32Array, from: number, to: number, out: Successors, slot: number): boolean {
    let own = 0;
    for (let i = 0; i < out.count; i++) {
      if (this.nodeOf(words, from, out, i) !== slot) continue;
      own++;
      if (this.concernsOthers(out, i) || this.isSeen(words, from, out, i, slot)) return false;
    }
    if (own === 0 || own === out.count || this.mayBeAsked(words, from, slot)) return false;
    return this.defect === 'ignores messages to come' || !this.others.mayTell(words, from, to, slot);
  }

  /** Whether a step uses up what is counted for the whole run, answers a client, or is of a kind that reaches others. */
  private concernsOthers(out: Successors, index: number): boolean {
    const { bounds } = this;
    const { rows } = this.stepper;
    const [move, row] = [out.a(index), out.c(index)];
    if (move === MOVES.request) return true;
    if (move === MOVES.drop) return bounds.drops !== Infinity;
    if (move === MOVES.duplicate) return bounds.duplicates !== Infinity;
    if (rows.replies(row) !== 0) return true;
    const kind = rows.kind(row);
    if (kind === ROW_KINDS.timer) return bounds.timeouts !== Infinity;
    return kind === ROW_KINDS.crash;
  }

  /** Whether a promise may tell the state before a step from the one after it. */
  private isSeen(words: Int32Array, from: number, out: Successors, index: number, slot: number): boolean {
    if (this.defect === 'ignores what promises see') return false;
    const { pending } = this;
    const { catalogue, shape } = this.parts;
    const { rows } = this.stepper;
    const [move, about, row] = [out.a(index), out.b(index), out.c(index)];
    if (move !== MOVES.own && this.judge.speaksOf(about, pending)) return true;
    if (row === 0) return false;
    if (rows.seen(row) !== 0) return true;
    const sends = rows.sends(row);
    for (let i = 0; i < catalogue.lists.length(sends); i++)
      if (this.judge.speaksOf(catalogue.lists.item(sends, i), pending)) return true;
    return this.judge.tellsApart(words[from + shape.nodes + slot] as number, rows.situation(row), pending);
  }

  /** Whether a client has something left that it may ask a node. */
  private mayBeAsked(words: Int32Array, from: number, slot: number): boolean {
    const { clients, shape } = this.parts;
    if (!shape.allows('requests', words, from)) return false;
    for (let client = 0; client < clients.count; client++)
      if (clients.mayAsk(words[from + shape.clients + client] as number, slot)) return true;
    return false;
  }
}
