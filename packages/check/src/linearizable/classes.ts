import type { Operation } from '../history/operation.ts';
import type { Model } from '../models/model.ts';
import { Interner } from './intern.ts';
import type { Arena } from './ints.ts';
import { PairMap } from './pairMap.ts';

const OK = 0;
const FAIL = 1;
const UNKNOWN = 2;
const OUTCOMES = 3;

/** Operations that a model cannot tell apart are one class, numbered densely from 0. */
export class ClassTable<S> {
  /** One operation of each class, to show to the model. */
  readonly representatives: Operation[] = [];
  private readonly model: Model<S>;
  private readonly names: string[] = [];
  private readonly values: Interner;
  private readonly calls: PairMap;
  private readonly kinds: PairMap;
  private readonly keyed: PairMap;
  private owned: PairMap | undefined;
  private readonly arena: Arena;
  private lastKey: string | undefined;
  private lastKeyId = 0;
  private callCount = 0;
  private keyedCount = 0;
  private ownedCount = 0;

  /** `expected` operations, about. */
  constructor(model: Model<S>, arena: Arena, expected = 0) {
    this.model = model;
    this.values = new Interner(arena, expected >> 1);
    this.calls = new PairMap(arena, expected);
    this.kinds = new PairMap(arena, expected);
    this.keyed = new PairMap(arena);
    this.arena = arena;
  }

  /** The class of an operation, made when it is new. */
  classOf(operation: Operation): number {
    const { model, values, calls, kinds } = this;
    let what = this.nameId(operation.f) * 2;
    if (operation.key !== undefined) what = this.withKey(what, operation.key);
    what *= 2;
    if (model.usesProcess?.(operation) === true) what = this.withProcess(what, operation.process);
    const input = values.idOf(operation.input);
    let call = calls.get(what, input);
    if (call === 0) {
      call = ++this.callCount;
      calls.set(what, input, call);
    }
    const outcome = outcomeCode(operation, values);
    const known = kinds.get(call, outcome);
    if (known !== 0) return known - 1;
    const c = this.ownClass(operation);
    kinds.set(call, outcome, c + 1);
    return c;
  }

  /** A class of its own for an operation that must not be exchanged with its equals. */
  ownClass(operation: Operation): number {
    return this.representatives.push(operation) - 1;
  }

  private nameId(f: string): number {
    const known = this.names.indexOf(f);
    return known === -1 ? this.names.push(f) - 1 : known;
  }

  private withKey(what: number, key: string): number {
    if (key !== this.lastKey) {
      this.lastKey = key;
      this.lastKeyId = this.values.idOf(key);
    }
    let id = this.keyed.get(what, this.lastKeyId);
    if (id === 0) {
      id = ++this.keyedCount;
      this.keyed.set(what, this.lastKeyId, id);
    }
    return id * 2 + 1;
  }

  private withProcess(what: number, process: number): number {
    const value = this.values.idOf(process);
    this.owned ??= new PairMap(this.arena);
    let id = this.owned.get(what, value);
    if (id === 0) {
      id = ++this.ownedCount;
      this.owned.set(what, value, id);
    }
    return id * 2 + 1;
  }
}

function outcomeCode(operation: Operation, values: Interner): number {
  if (operation.outcome === 'unknown') return UNKNOWN;
  return values.idOf(operation.output) * OUTCOMES + (operation.outcome === 'ok' ? OK : FAIL);
}
