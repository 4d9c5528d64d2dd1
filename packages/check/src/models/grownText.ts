import type { Operation } from '../history/operation.ts';
import type { CompareView, RegisterView } from './model.ts';

/** What an operation does to a text; undefined for all else. */
export type TextAction = 'read' | 'set' | 'append' | undefined;

type ActionOf = (operation: Operation) => TextAction;

/** Tokens of more lengths than this are not looked for in a text. */
const MOST_LENGTHS = 12;
/** No operation; or what one was put behind that nobody saw. */
const NONE = -2;
/** What the first token of a text that was never set is put behind. */
const INITIAL = -1;

/**
 * A text that is set and appended to, seen as a register. Where no token (what is set or appended) begins another one, a text that was read
 * says of which tokens it is made, and where it is clear whose they are, which operations made it, in what order: an append that was
 * seen is a compare-and-set from what it was put behind, one that nobody saw a write that nobody read, a read one of the
 * last token. The register's values are positions of operations.
 *
 * Undefined where the texts leave it open. What cannot be true of any text is left to others to find, too.
 */
export function readGrownText(
  operations: readonly Operation[],
  actionOf: ActionOf,
): RegisterView | undefined {
  const tokens = new Tokens(operations, actionOf);
  if (!tokens.read()) return undefined;
  const growth = new Growth(operations, tokens);
  return growth.read() ? viewOf(tokens, growth, actionOf) : undefined;
}

/** A text that was read, and the latest end of a read of it: whatever it is made of began by then. */
interface SeenText {
  readonly text: string;
  /** The first read of it. */
  readonly read: number;
  lastEnd: number;
  /** The operation that appended or set its last token. */
  last: number;
}

/** The tokens there are, and whose they are. */
class Tokens {
  /** The texts read, each once, the empty one left out. */
  readonly texts = new Map<string, SeenText>();
  readonly isSet: Uint8Array;
  readonly operations: readonly Operation[];
  /** When there was a text for certain. */
  firstChange: number = Number.POSITIVE_INFINITY;
  private readonly actionOf: ActionOf;
  /** The last operation with each token, and the one with the same token ahead of each. */
  private readonly lastWith = new Map<string, number>();
  private readonly sameBefore: Int32Array;
  private readonly lengths: number[] = [];

  constructor(operations: readonly Operation[], actionOf: ActionOf) {
    this.operations = operations;
    this.actionOf = actionOf;
    this.isSet = new Uint8Array(operations.length);
    this.sameBefore = new Int32Array(operations.length);
  }

  /** False where texts cannot be taken apart. */
  read(): boolean {
    const { operations, lengths } = this;
    for (let i = 0; i < operations.length; i++) {
      const operation = operations[i] as Operation;
      const action = this.actionOf(operation);
      if (action === undefined) return false;
      if (action === 'read') {
        if (!this.addText(operation, i)) return false;
        continue;
      }
      const { input } = operation;
      if (typeof input !== 'string' || input === '') return false;
      this.sameBefore[i] = this.lastWith.get(input) ?? NONE;
      this.lastWith.set(input, i);
      if (action === 'set') this.isSet[i] = 1;
      if (operation.outcome === 'ok') this.firstChange = Math.min(this.firstChange, operation.completedAt);
      if (!lengths.includes(input.length)) lengths.push(input.length);
    }
    return lengths.length <= MOST_LENGTHS && this.isPrefixFree();
  }

  private addText({ outcome, output, completedAt }: Operation, read: number): boolean {
    if (outcome !== 'ok') return false;
    if (output === null || output === '') return true;
    if (typeof output !== 'string') return false;
    const known = this.texts.get(output);
    if (known === undefined) this.texts.set(output, { text: output, read, lastEnd: completedAt, last: NONE });
    else known.lastEnd = Math.max(known.lastEnd, completedAt);
    return true;
  }

  /** No token begins another one, so that a text is made of tokens in one way at most. */
  private isPrefixFree(): boolean {
    if (this.lengths.length < 2) return true;
    const sorted = [...this.lastWith.keys()].sort();
    return sorted.every((token, k) => k === 0 || !token.startsWith(sorted[k - 1] as string));
  }

  /** The last operation whose token stands there. */
  lastAt(text: string, at: number): number {
    for (const length of this.lengths) {
      const token = this.lastWith.get(text.slice(at, at + length));
      if (token !== undefined) return token;
    }
    return NONE;
  }

  /** The operation ahead of `i` with the same token. */
  before(i: number): number {
    return this.sameBefore[i] as number;
  }

  positionOf(operation: Operation): number {
    let i = this.lastWith.get(operation.input as string) ?? NONE;
    while (i !== NONE && this.operations[i] !== operation) i = this.before(i);
    return i;
  }
}

/** How the texts that were read grew. */
class Growth {
  /** Of each append that was seen what it was put behind; of each set that was seen `INITIAL`. */
  readonly parents: Int32Array;
  private readonly operations: readonly Operation[];
  private readonly tokens: Tokens;
  /** Of each operation that began a text the longest one so far. */
  private readonly longest = new Map<number, SeenText>();
  /** Of each operation that was seen the latest begin up to it in its text. */
  private readonly latestBegin: Float64Array;
  /** Of each operation that was seen the shortest text that shows it. */
  private readonly shownBy = new Map<number, SeenText>();

  constructor(operations: readonly Operation[], tokens: Tokens) {
    this.operations = operations;
    this.tokens = tokens;
    this.parents = new Int32Array(operations.length).fill(NONE);
    this.latestBegin = new Float64Array(operations.length);
  }

  /** False where it is not clear. Each text goes on where a shorter one ended, so that every token is looked for once. */
  read(): boolean {
    const texts = [...this.tokens.texts.values()].sort((a, b) => a.text.length - b.text.length);
    return texts.every((seen) => this.add(seen));
  }

  private add(seen: SeenText): boolean {
    const { text } = seen;
    const first = this.owner(seen, 0, INITIAL);
    if (first === NONE) return false;
    const known = this.longest.get(first);
    if (known !== undefined && !text.startsWith(known.text)) return false;
    let last = known?.last ?? INITIAL;
    for (let at = known?.text.length ?? 0; at < text.length; ) {
      const next = at === 0 ? first : this.owner(seen, at, last);
      if (next === NONE) return false;
      const { input, invokedAt } = this.operations[next] as Operation;
      const latest = last === INITIAL ? invokedAt : (this.latestBegin[last] as number);
      this.latestBegin[next] = Math.max(latest, invokedAt);
      this.parents[next] = last;
      this.shownBy.set(next, seen);
      last = next;
      at += (input as string).length;
    }
    seen.last = last;
    this.longest.set(first, seen);
    return true;
  }

  /** The operations, with the reads that show in what order they took effect, and all that those reads saw. */
  withReads(positions: readonly number[]): number[] {
    const found = new Set(positions);
    for (const i of found) {
      const { output } = this.operations[i] as Operation;
      const seen = this.shownBy.get(i) ?? this.tokens.texts.get(output as string);
      if (seen === undefined) continue;
      found.add(seen.read);
      for (let token = seen.last; token >= 0; token = this.parents[token] as number) found.add(token);
    }
    return [...found].sort((a, b) => a - b);
  }

  /** The only operation whose token can stand there, right behind `last`; `NONE` when there are several, or none. */
  private owner({ text, lastEnd }: SeenText, at: number, last: number): number {
    const { tokens } = this;
    let found = NONE;
    for (let i = tokens.lastAt(text, at); i !== NONE; i = tokens.before(i)) {
      const { invokedAt, completedAt, outcome } = this.operations[i] as Operation;
      if (invokedAt > lastEnd) continue;
      const isOver =
        last !== INITIAL && outcome !== 'unknown' && completedAt < (this.latestBegin[last] as number);
      // One that stands elsewhere cannot stand here, unless as the beginning of both.
      const isElsewhere = at > 0 ? this.parents[i] !== NONE || tokens.isSet[i] === 1 : !this.mayBegin(i);
      if (isOver || isElsewhere) continue;
      if (found !== NONE) return NONE;
      found = i;
    }
    return found;
  }

  /** An append begins a text only where nothing was there before. */
  private mayBegin(i: number): boolean {
    const parent = this.parents[i] as number;
    if (parent !== NONE && parent !== INITIAL) return false;
    return (
      this.tokens.isSet[i] === 1 || (this.operations[i] as Operation).invokedAt <= this.tokens.firstChange
    );
  }
}

function viewOf(tokens: Tokens, growth: Growth, actionOf: ActionOf): RegisterView {
  const { parents } = growth;
  return {
    withReasons: (positions) => growth.withReads(positions),
    initial: null,
    kindOf(operation) {
      const action = actionOf(operation);
      if (action === 'read') return 'read';
      return action === 'set' || parents[tokens.positionOf(operation)] === NONE ? 'write' : 'other';
    },
    valueOf(operation) {
      if (actionOf(operation) !== 'read') return tokens.positionOf(operation);
      return tokens.texts.get(operation.output as string)?.last ?? null;
    },
    compareOf(operation): CompareView {
      const next = tokens.positionOf(operation);
      const parent = parents[next] as number;
      return { expected: parent === INITIAL ? null : parent, next, refused: false };
    },
  };
}
