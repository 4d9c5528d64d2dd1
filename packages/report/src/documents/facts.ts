import type { Plain } from '@holdfast/plain';
import { DocumentError } from './errors.ts';

/** What a claim consists of: plain values by name. */
export type Facts = Readonly<Record<string, Plain>>;

/** Facts read by name. Documents are edited by hand, so nothing is taken for granted: a fact of another type throws `DocumentError`. */
export class FactReader {
  private readonly facts: Facts;

  constructor(facts: Facts) {
    this.facts = facts;
  }

  text(name: string): string {
    const value = this.facts[name];
    return typeof value === 'string' ? value : this.refuse(name, 'a text');
  }

  number(name: string): number {
    const value = this.facts[name];
    return typeof value === 'number' ? value : this.refuse(name, 'a number');
  }

  flag(name: string): boolean {
    const value = this.facts[name];
    return typeof value === 'boolean' ? value : this.refuse(name, 'true or false');
  }

  /** A list of texts. */
  list(name: string): readonly string[] {
    const value = this.facts[name];
    const isList = Array.isArray(value) && value.every((item) => typeof item === 'string');
    return isList ? (value as readonly string[]) : this.refuse(name, 'a list of texts');
  }

  /** A table: rows of texts, all as long as each other. */
  rows(name: string): readonly (readonly string[])[] {
    const value = this.facts[name];
    const isTable =
      Array.isArray(value) &&
      value.every((row) => Array.isArray(row) && row.every((cell) => typeof cell === 'string'));
    return isTable ? (value as readonly (readonly string[])[]) : this.refuse(name, 'a list of rows of texts');
  }

  private refuse(name: string, type: string): never {
    throw new DocumentError(
      `Cannot read fact '${name}' as ${type}: it is ${JSON.stringify(this.facts[name]) ?? 'missing'}`,
      'write the document anew from a run',
    );
  }
}
