import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Attempt, Mistake } from '../../learning/index.ts';
import { assertUsableFolder, kindOfFile, writeOnce } from '../../node/files.ts';
import { InputError, messageOf } from '../../node/inputError.ts';

const DEFAULT = '.holdfast/learning';
const ATTEMPTS = 'attempts.jsonl';
const MISTAKES = 'mistakes.jsonl';

/**
 * A learner's folder: empty answers to fill in, what was found, every attempt and every mistake. Nothing in it is ever overwritten: records
 * are added to, files get another name.
 */
export class LearnerFolder {
  /** Absolute. */
  readonly path: string;

  constructor(cwd: string, named: string | undefined) {
    this.path = resolve(cwd, named ?? DEFAULT);
    assertUsableFolder(this.path, '--folder');
  }

  /** The mistake log's file. */
  get mistakeLog(): string {
    return join(this.path, MISTAKES);
  }

  attempts(): readonly Attempt[] {
    return this.lines(ATTEMPTS) as readonly Attempt[];
  }

  mistakes(): readonly Mistake[] {
    return this.lines(MISTAKES) as readonly Mistake[];
  }

  /** Adds an attempt and the mistakes made in it. */
  add(attempt: Attempt, mistakes: readonly Mistake[]): void {
    mkdirSync(this.path, { recursive: true });
    appendFileSync(join(this.path, ATTEMPTS), `${JSON.stringify(attempt)}\n`);
    for (const mistake of mistakes) appendFileSync(join(this.path, MISTAKES), `${JSON.stringify(mistake)}\n`);
  }

  /** The file of answers of a task: the one that is there, else one with these empty answers. */
  answers(name: string, ending: string, blank: string): { readonly path: string; readonly isNew: boolean } {
    const path = join(this.path, `${name}${ending}`);
    if (kindOfFile(path) === 'file') return { path, isNew: false };
    return { path: writeOnce(this.path, name, ending, blank), isNew: true };
  }

  /** Keeps a file, under another name where one of this name holds something else. Its path. */
  keep(name: string, text: string): string {
    const dot = name.indexOf('.');
    return writeOnce(this.path, name.slice(0, dot), name.slice(dot), text);
  }

  private lines(name: string): readonly unknown[] {
    const path = join(this.path, name);
    if (kindOfFile(path) !== 'file') return [];
    return readFileSync(path, 'utf8')
      .split('\n')
      .flatMap((line, i) => {
        if (line.trim() === '') return [];
        try {
          return [JSON.parse(line) as unknown];
        } catch (error) {
          throw new InputError(
            `Cannot read line ${i + 1} of ${path} as JSON: ${messageOf(error)}`,
            'mend or remove that line',
            { cause: error },
          );
        }
      });
  }
}
