/**
 * An edit of a text, as components over the whole of it in order: a positive number keeps as many characters, a
 * negative one deletes as many, a string is inserted. Canonical: no empty component, none next to one of its own kind,
 * insert before delete. Characters are UTF-16 code units; keep surrogate pairs together. Plain immutable data.
 */
export type TextOperation = readonly (number | string)[];

/** Longest list of components read from outside. */
export const OPERATION_LIMIT = 100_000;

/** An operation that is malformed, or does not fit the text or operation it meets. Nothing was changed. */
export class TextOperationError extends RangeError {
  readonly code = 'TEXT_OPERATION';
  readonly found: unknown;
  constructor(action: string, desired: string, found: unknown) {
    super(`Cannot ${action} as ${desired}: found ${JSON.stringify(found)}; fetch the text again`);
    this.name = 'TextOperationError';
    this.found = found;
  }
}

/** Collects components into a canonical operation. */
export class OperationBuilder {
  private readonly parts: (number | string)[] = [];

  keep(count: number): this {
    return count > 0 ? this.number(count) : this;
  }

  delete(count: number): this {
    return count > 0 ? this.number(-count) : this;
  }

  insert(text: string): this {
    if (text === '') return this;
    const { parts } = this;
    const last = parts.at(-1);
    // An insert goes before a delete at the same place: both orders mean the same edit.
    const at = typeof last === 'number' && last < 0 ? parts.length - 1 : parts.length;
    const before = parts[at - 1];
    if (typeof before === 'string') parts[at - 1] = before + text;
    else parts.splice(at, 0, text);
    return this;
  }

  build(): TextOperation {
    return this.parts;
  }

  private number(count: number): this {
    const last = this.parts.at(-1);
    if (typeof last === 'number' && last > 0 === count > 0) this.parts[this.parts.length - 1] = last + count;
    else this.parts.push(count);
    return this;
  }
}

/** Replaces `deleted` characters at `position` of a text of `length` by `inserted`. Throws `TextOperationError`. */
export function textEdit(length: number, position: number, deleted: number, inserted: string): TextOperation {
  const numbers = [length, position, deleted];
  if (numbers.some((n) => !Number.isSafeInteger(n) || n < 0) || position + deleted > length) {
    throw new TextOperationError('edit the text', `a range inside its ${length} characters`, {
      position,
      deleted,
    });
  }
  return new OperationBuilder()
    .keep(position)
    .insert(inserted)
    .delete(deleted)
    .keep(length - position - deleted)
    .build();
}

/** The length of text an operation applies to, and of what it makes. */
export function operationLengths(operation: TextOperation): {
  readonly before: number;
  readonly after: number;
} {
  let before = 0;
  let after = 0;
  for (const part of operation) {
    if (typeof part === 'string') after += part.length;
    else {
      before += Math.abs(part);
      if (part > 0) after += part;
    }
  }
  return { before, after };
}

/** The text after an operation. Throws `TextOperationError` when it is made for a text of another length. */
export function applyOperation(text: string, operation: TextOperation): string {
  const { before } = operationLengths(operation);
  if (before !== text.length) {
    throw new TextOperationError('apply the operation', `one for ${text.length} characters`, before);
  }
  let at = 0;
  let result = '';
  for (const part of operation) {
    if (typeof part === 'string') result += part;
    else {
      if (part > 0) result += text.slice(at, at + part);
      at += Math.abs(part);
    }
  }
  return result;
}

/** Reads an operation that came from elsewhere, making it canonical, or throws `TextOperationError`. */
export function parseOperation(value: unknown): TextOperation {
  if (!Array.isArray(value) || value.length > OPERATION_LIMIT) {
    throw new TextOperationError('read the operation', `at most ${OPERATION_LIMIT} components`, typeof value);
  }
  const builder = new OperationBuilder();
  for (const part of value as readonly unknown[]) {
    if (typeof part === 'string') builder.insert(part);
    else if (typeof part === 'number' && Number.isSafeInteger(part) && part !== 0) {
      if (part > 0) builder.keep(part);
      else builder.delete(-part);
    } else throw new TextOperationError('read a component', 'a text or a whole number other than 0', part);
  }
  return builder.build();
}
