import type { Operation } from '../history/operation.ts';
import type { Model } from '../models/model.ts';
import { Interner, PairTable } from './intern.ts';

const OK = 0;
const FAIL = 1;
const UNKNOWN = 2;
const OUTCOMES = 3;

/** Operations that a model cannot tell apart are one class, numbered densely from 0. */
export class ClassTable<S> {
  /** One operation of each class, to show to the model. */
  readonly representatives: Operation[] = [];
  private readonly model: Model<S>;
  private readonly names = new Interner();
  private readonly values = new Interner();
  private readonly keyed = new PairTable();
  private readonly owned = new PairTable();
  private readonly calls = new PairTable();
  private readonly kinds = new PairTable();
  private readonly classOfKind: number[] = [];

  constructor(model: Model<S>) {
    this.model = model;
  }

  /** The class of an operation, made when it is new. */
  classOf(operation: Operation): number {
    const { model, values } = this;
    let what = this.names.idOf(operation.f) * 2;
    if (operation.key !== undefined) what = this.keyed.idOf(what, values.idOf(operation.key)) * 2 + 1;
    what *= 2;
    if (model.usesProcess?.(operation) === true) what = this.owned.idOf(what, operation.process) * 2 + 1;
    const call = this.calls.idOf(what, values.idOf(operation.input));
    const kind = this.kinds.idOf(call, outcomeCode(operation, values));
    let c = this.classOfKind[kind];
    if (c === undefined) {
      c = this.ownClass(operation);
      this.classOfKind[kind] = c;
    }
    return c;
  }

  /** A class of its own for an operation that must not be exchanged with its equals. */
  ownClass(operation: Operation): number {
    return this.representatives.push(operation) - 1;
  }
}

function outcomeCode(operation: Operation, values: Interner): number {
  if (operation.outcome === 'unknown') return UNKNOWN;
  return values.idOf(operation.output) * OUTCOMES + (operation.outcome === 'ok' ? OK : FAIL);
}
