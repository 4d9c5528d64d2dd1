import { equalPlain } from '@holdfast/plain';
import type { Operation } from '../history/operation.ts';
import type { RegisterView } from '../models/model.ts';
import { NO_CLUSTER, Writers } from './clusters.ts';
import type { Intervals } from './intervals.ts';

/** No operation. */
export const NONE = -1;

const READ = 1;
const WRITE = 2;
const COMPARE = 3;
const REFUSAL = 4;

/**
 * A register with compare-and-set in which no value is set twice. A successful compare stands right behind the reads of the value it
 * expected, so each write begins a chain: the write, reads of its value, the compare that replaced it, reads of that one's, and
 * so on, with nothing in between. Operations and values go by position: a value by that of the operation that
 * sets it, the initial one by the number of operations.
 */
export class Chains {
  readonly count: number;
  /** The operation that begins each operation's chain; `NO_CLUSTER` for refusals and what need not have happened. */
  readonly clusterOf: Int32Array;
  /** All that must be ordered but refusals, chain by chain, each in its own order. */
  readonly sequence: Int32Array;
  /** Compares that found another value. */
  readonly refusals: Int32Array;
  /** Of reads the value read, of compares and refusals the value expected; `NONE` where nobody sets it. */
  readonly source: Int32Array;
  private readonly kinds: Uint8Array;
  /** Of each unknown operation that must have happened, an operation that shows it. */
  private readonly reason: Int32Array;

  constructor(draft: ChainDraft, clusterOf: Int32Array, sequence: Int32Array) {
    this.count = draft.count;
    this.kinds = draft.kinds;
    this.source = draft.source;
    this.reason = draft.reason;
    this.refusals = draft.refusals;
    this.clusterOf = clusterOf;
    this.sequence = sequence;
  }

  /** True when the operation, if it happens, sets a value. */
  sets(i: number): boolean {
    return this.kinds[i] === WRITE || this.kinds[i] === COMPARE;
  }

  isWrite(i: number): boolean {
    return this.kinds[i] === WRITE;
  }

  /** True for operations of unknown outcome that nobody is known to have noticed. */
  isSpare(i: number): boolean {
    return this.sets(i) && this.clusterOf[i] === NO_CLUSTER;
  }

  /** Two operations of one chain that completed in the wrong order, or undefined. */
  misfit({ begins, ends }: Intervals): readonly [number, number] | undefined {
    const { sequence, clusterOf } = this;
    let chain = NO_CLUSTER;
    let latest = NONE;
    for (const i of sequence) {
      if (clusterOf[i] !== chain) {
        chain = clusterOf[i] as number;
        latest = i;
        continue;
      }
      if ((ends[i] as number) < (begins[latest] as number)) return [latest, i];
      if ((begins[i] as number) > (begins[latest] as number)) latest = i;
    }
    return undefined;
  }

  /** The operations, with all that sets what they saw and all that shows it to have happened. */
  withCauses(operations: readonly number[]): number[] {
    const found = new Set(operations.filter((i) => i !== this.count));
    for (const i of found) {
      const source = this.source[i] as number;
      if (source !== NONE && source !== this.count) found.add(source);
      const reason = this.reason[i] as number;
      if (reason !== NONE) found.add(reason);
    }
    return [...found].sort((a, b) => a - b);
  }
}

/** What reading a history into chains comes to: chains, or operations that contradict one another. */
export type ChainReading =
  | { readonly status: 'read'; readonly chains: Chains }
  | { readonly status: 'violated'; readonly conflict: readonly number[] };

/**
 * Finds the chains. Undefined when there is no saying who set which value: other operations than reads, writes and compares, a
 * value set twice, or the initial value set again.
 */
export function readChains(operations: readonly Operation[], view: RegisterView): ChainReading | undefined {
  const draft = new ChainDraft(operations.length);
  if (!draft.read(operations, view)) return undefined;
  const wrong = draft.require(operations) ?? draft.follow();
  if (wrong !== undefined) return { status: 'violated', conflict: draft.chains().withCauses(wrong) };
  return draft.lineUp();
}

class ChainDraft {
  readonly count: number;
  readonly kinds: Uint8Array;
  readonly source: Int32Array;
  readonly reason: Int32Array;
  refusals: Int32Array = new Int32Array(0);
  private readonly isRequired: Uint8Array;
  private required = 0;
  /** Of each value the compare that replaced it. */
  private readonly next: Int32Array;
  /** Of each value its earliest read, and of each read the next one of its value. */
  private readonly firstRead: Int32Array;
  private readonly nextRead: Int32Array;
  private readonly waiting: number[] = [];

  constructor(count: number) {
    this.count = count;
    this.kinds = new Uint8Array(count);
    this.source = new Int32Array(count).fill(NONE);
    this.reason = new Int32Array(count).fill(NONE);
    this.isRequired = new Uint8Array(count);
    this.next = new Int32Array(count + 1).fill(NONE);
    this.firstRead = new Int32Array(count + 1).fill(NONE);
    this.nextRead = new Int32Array(count).fill(NONE);
  }

  /** Finds out who set what each operation saw; false when that is not clear. */
  read(operations: readonly Operation[], view: RegisterView): boolean {
    const { count, kinds, source } = this;
    const setters = new Writers(2 * count);
    for (let i = 0; i < count; i++) {
      const operation = operations[i] as Operation;
      const kind = view.kindOf(operation);
      if (kind === 'read') {
        kinds[i] = READ;
        continue;
      }
      const compare = kind === 'other' ? view.compareOf?.(operation) : undefined;
      if (kind === 'other' && compare === undefined) return false;
      kinds[i] = compare === undefined ? WRITE : compare.refused ? REFUSAL : COMPARE;
      if (kinds[i] === REFUSAL) continue;
      if (!setters.add(compare === undefined ? view.valueOf(operation) : compare.next, i)) return false;
    }
    if (setters.of(view.initial) !== NONE) return false;
    for (let i = 0; i < count; i++) {
      if (kinds[i] === WRITE) continue;
      const operation = operations[i] as Operation;
      const value =
        kinds[i] === READ ? view.valueOf(operation) : (view.compareOf?.(operation)?.expected ?? null);
      const setter = setters.of(value);
      source[i] = setter === NONE && equalPlain(value, view.initial) ? count : setter;
    }
    return true;
  }

  /** Marks all that must have happened. Operations that saw what nobody sets, if there are any. */
  require(operations: readonly Operation[]): number[] | undefined {
    const { count, kinds, source, isRequired, waiting } = this;
    const refusals: number[] = [];
    for (let i = 0; i < count; i++) {
      if (kinds[i] === REFUSAL) refusals.push(i);
      else if ((operations[i] as Operation).outcome !== 'unknown') this.mark(i, NONE);
    }
    this.refusals = Int32Array.from(refusals);
    for (let i = waiting.pop(); i !== undefined; i = waiting.pop()) {
      const from = source[i] as number;
      if (from === NONE) return [i];
      if (from !== count && isRequired[from] === 0) this.mark(from, i);
    }
    return undefined;
  }

  private mark(i: number, reason: number): void {
    this.isRequired[i] = 1;
    this.reason[i] = reason;
    this.required++;
    if (this.kinds[i] !== WRITE) this.waiting.push(i);
  }

  /** Finds what follows each value. Two compares that both replaced it, if there are such. */
  follow(): number[] | undefined {
    const { count, kinds, source, isRequired, next, firstRead, nextRead } = this;
    for (let i = count - 1; i >= 0; i--) {
      if (isRequired[i] === 0) continue;
      const from = source[i] as number;
      if (kinds[i] === READ) {
        nextRead[i] = firstRead[from] as number;
        firstRead[from] = i;
      } else if (kinds[i] === COMPARE) {
        if (next[from] !== NONE) return [i, next[from] as number];
        next[from] = i;
      }
    }
    return undefined;
  }

  /** Chain by chain; those that never begin contradict themselves. */
  lineUp(): ChainReading {
    const { count, kinds, isRequired, required } = this;
    const clusterOf = new Int32Array(count).fill(NO_CLUSTER);
    const sequence = new Int32Array(required);
    let at = this.walk(count, 0, clusterOf, sequence);
    for (let i = 0; i < count; i++) {
      if (kinds[i] === WRITE && isRequired[i] === 1) at = this.walk(i, at, clusterOf, sequence);
    }
    const chains = new Chains(this, clusterOf, sequence);
    if (at === required) return { status: 'read', chains };
    const lost = isRequired.findIndex((is, i) => is === 1 && clusterOf[i] === NO_CLUSTER);
    return { status: 'violated', conflict: chains.withCauses([lost]) };
  }

  private walk(root: number, from: number, clusterOf: Int32Array, sequence: Int32Array): number {
    const { count, next, firstRead, nextRead } = this;
    let at = from;
    for (let value = root; value !== NONE; value = next[value] as number) {
      if (value !== count) {
        clusterOf[value] = root;
        sequence[at++] = value;
      }
      for (let i = firstRead[value] as number; i !== NONE; i = nextRead[i] as number) {
        clusterOf[i] = root;
        sequence[at++] = i;
      }
    }
    return at;
  }

  /** For what is found ahead of any chain. */
  chains(): Chains {
    return new Chains(this, new Int32Array(0), new Int32Array(0));
  }
}
