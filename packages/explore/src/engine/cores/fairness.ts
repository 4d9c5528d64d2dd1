import type { NodesProperty } from '../../properties/property.ts';
import type { Catalogue } from './catalogue.ts';
import { IntLists } from '../intLists.ts';
import type { CoreModel, FairKind } from './model.ts';
import { ASKS, MOVES } from './moves.ts';
import { ROW_KINDS, type Rows } from './rows.ts';

/** Satisfied by every state. */
export const ALWAYS: NodesProperty = {
  over: 'nodes',
  kind: 'always',
  name: 'always',
  view: () => null,
  holds: () => true,
  withHistory: false,
};

const ALL: readonly FairKind[] = ['deliver', 'timer', 'stored', 'restart'];

/**
 * Which steps of a system belong together when it comes to fairness: the delivery of one message, one timer at one node, its store, its
 * restart, the next request of one client. Crashes, losses and doublings are promised by nobody.
 */
export class Fairness<M, C, R> {
  private readonly kinds: ReadonlySet<FairKind>;
  private readonly catalogue: Catalogue<M, C, R>;
  private readonly rows: Rows;
  private readonly classes = new IntLists();

  constructor(model: CoreModel<M, C, R>, catalogue: Catalogue<M, C, R>, rows: Rows) {
    this.kinds = new Set(model.fair ?? ALL);
    this.catalogue = catalogue;
    this.rows = rows;
  }

  /** The class of a step given by its recipe; -1 for none. */
  classOf(move: number, about: number, row: number): number {
    if (move === MOVES.deliver) return this.number('deliver', [0, about]);
    if (move === MOVES.request) return this.number('request', [1, Math.floor(about / ASKS)]);
    if (move !== MOVES.own) return -1;
    const { slot } = this.catalogue.readSituation(this.rows.situation(row));
    switch (this.rows.kind(row)) {
      case ROW_KINDS.timer:
        return this.number('timer', [2, slot, this.rows.about(row)]);
      case ROW_KINDS.stored:
        return this.number('stored', [3, slot]);
      case ROW_KINDS.restart:
        return this.number('restart', [4, slot]);
      default:
        return -1;
    }
  }

  private number(kind: FairKind, key: readonly number[]): number {
    return this.kinds.has(kind) ? this.classes.intern(key) : -1;
  }
}
