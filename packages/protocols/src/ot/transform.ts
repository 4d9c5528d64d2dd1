import { OperationBuilder, operationLengths, type TextOperation, TextOperationError } from './operation.ts';

/** Walks an operation's components, taking any part of one. */
class Parts {
  private index = 0;
  private part: number | string | undefined;
  private readonly operation: TextOperation;

  constructor(operation: TextOperation) {
    this.operation = operation;
    this.part = operation[0];
  }

  /** What is left of the component here. */
  get current(): number | string | undefined {
    return this.part;
  }

  /** Takes the whole component. */
  next(): void {
    this.index++;
    this.part = this.operation[this.index];
  }

  /** Takes part of a number (by its size) or of a text. */
  take(count: number): void {
    const { part } = this;
    if (typeof part === 'string') this.part = part.slice(count);
    else if (part !== undefined) this.part = part > 0 ? part - count : part + count;
    if (this.part === '' || this.part === 0) this.next();
  }
}

/**
 * Transforms two operations made concurrently on one text: [a after b, b after a]. Applying a then the second, or b
 * then the first, gives the same text (TP1). Inserts at one place stand a's first: both sides must name the same
 * operation `a`. It does NOT satisfy TP2, so three or more writers need one common order (a server), not peers.
 * Throws `TextOperationError` when they are made for different lengths. Sources: Ellis and Gibbs 1989; Nichols et al.,
 * "High-Latency, Low-Bandwidth Windowing in the Jupiter Collaboration System", 1995; Ressel et al. 1996 for TP1, TP2.
 */
export function transformOperations(
  a: TextOperation,
  b: TextOperation,
): readonly [aAfterB: TextOperation, bAfterA: TextOperation] {
  requireSame('transform two operations', operationLengths(a).before, operationLengths(b).before);
  const left = new Parts(a);
  const right = new Parts(b);
  const aAfterB = new OperationBuilder();
  const bAfterA = new OperationBuilder();
  for (;;) {
    const x = left.current;
    const y = right.current;
    if (typeof x === 'string') {
      aAfterB.insert(x);
      bAfterA.keep(x.length);
      left.next();
    } else if (typeof y === 'string') {
      aAfterB.keep(y.length);
      bAfterA.insert(y);
      right.next();
    } else {
      if (x === undefined || y === undefined) return [aAfterB.build(), bAfterA.build()];
      const count = Math.min(Math.abs(x), Math.abs(y));
      if (x > 0 && y > 0) {
        aAfterB.keep(count);
        bAfterA.keep(count);
      } else if (x < 0 && y > 0) aAfterB.delete(count);
      else if (x > 0) bAfterA.delete(count);
      left.take(count);
      right.take(count);
    }
  }
}

/** One operation that does what `first` and then `second` do. Throws `TextOperationError` when they do not follow. */
export function composeOperations(first: TextOperation, second: TextOperation): TextOperation {
  requireSame('compose two operations', operationLengths(first).after, operationLengths(second).before);
  const left = new Parts(first);
  const right = new Parts(second);
  const both = new OperationBuilder();
  for (;;) {
    const x = left.current;
    const y = right.current;
    if (typeof x === 'number' && x < 0) {
      both.delete(-x);
      left.next();
    } else if (typeof y === 'string') {
      both.insert(y);
      right.next();
    } else {
      if (x === undefined || y === undefined) return both.build();
      const count = Math.min(typeof x === 'string' ? x.length : x, Math.abs(y));
      if (y > 0) {
        if (typeof x === 'string') both.insert(x.slice(0, count));
        else both.keep(count);
      } else if (typeof x === 'number') both.delete(count);
      left.take(count);
      right.take(count);
    }
  }
}

function requireSame(action: string, left: number, right: number): void {
  if (left !== right) throw new TextOperationError(action, `made for ${left} characters`, right);
}
