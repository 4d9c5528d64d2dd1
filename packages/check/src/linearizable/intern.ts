import { encodePlain } from '@holdfast/plain';
import type { Arena } from './ints.ts';
import { PairMap } from './pairMap.ts';

/** Gives each distinct plain value a small number, dense from 0; equal values get the same one. 0 is null. */
export class Interner {
  /** The values, by number. */
  readonly values: unknown[] = [null];
  private readonly arena: Arena;
  private readonly simple = new Map<unknown, number>();
  private structured: Map<string, number> | undefined;
  private pairs: PairMap | undefined;

  private readonly expected: number;

  /** `expected` pairs, about. */
  constructor(arena: Arena, expected = 0) {
    this.arena = arena;
    this.expected = expected;
  }

  /** The number of a value, given out when it is new. */
  idOf(value: unknown): number {
    if (value === null || value === undefined) return 0;
    if (typeof value === 'object') return isPair(value) ? this.pairId(value) : this.structuredId(value);
    const known = this.simple.get(value);
    if (known !== undefined) return known;
    const id = this.values.push(value) - 1;
    this.simple.set(value, id);
    return id;
  }

  private structuredId(value: object): number {
    const text = encodePlain(value);
    this.structured ??= new Map();
    const known = this.structured.get(text);
    if (known !== undefined) return known;
    const id = this.values.push(value) - 1;
    this.structured.set(text, id);
    return id;
  }

  private pairId(value: readonly [unknown, unknown]): number {
    const a = this.idOf(value[0]);
    const b = this.idOf(value[1]);
    this.pairs ??= new PairMap(this.arena, this.expected);
    const known = this.pairs.get(a, b);
    if (known !== 0) return known;
    const id = this.values.push(value) - 1;
    this.pairs.set(a, b, id);
    return id;
  }
}

/** The argument of a compare-and-set, which is common enough to spare it the text. */
function isPair(value: object): value is readonly [unknown, unknown] {
  return Array.isArray(value) && value.length === 2 && isSimple(value[0]) && isSimple(value[1]);
}

function isSimple(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}
