import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { checkerNamed, type History, HistoryBuilder } from '@holdfast/check';
import type { Plain } from '@holdfast/plain';

/** `[process, f, input, output, key?]`: operations one after the other, all `ok`. */
export type Line = readonly [process: number, f: string, input: Plain, output: Plain, key?: string];

/** A small history that holds, and one that does not. */
export interface Sample {
  readonly holds: readonly Line[];
  readonly violated: readonly Line[];
}

const FILE = fileURLToPath(new URL('../../fixtures/samples.json', import.meta.url));

/** Samples by kind of operations. */
export const SAMPLES: Readonly<Record<string, Sample>> = JSON.parse(readFileSync(FILE, 'utf8')) as Record<
  string,
  Sample
>;

/** A history of operations one after the other, 10 us apart and 5 us long. */
export function oneAfterTheOther(lines: readonly Line[]): History {
  const builder = new HistoryBuilder();
  for (const [at, [process, f, input, output, key]] of lines.entries()) {
    const id = builder.invoke(process, f, input, at * 10, key === undefined ? undefined : { key });
    builder.complete(id, 'ok', output, at * 10 + 5);
  }
  return builder.finish(lines.length * 10);
}

/** The sample of that name. */
export function sampleOf(name: string): Sample {
  const sample = SAMPLES[name];
  if (sample === undefined) throw new RangeError(`Cannot take a sample of '${name}': there is none`);
  return sample;
}

/** What checkers need to be told. */
export const TOLD: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'bounded-versions': { versions: 0 },
  'bounded-time': { within: 0 },
  latency: { most: 5 },
};

/** The sample a checker is tried on. */
export function sampleFor(name: string): string {
  const { family } = checkerNamed(name) ?? {};
  if (SAMPLES[name] !== undefined) return name;
  if (family === 'consistency') return 'register';
  if (family === 'transactions') return 'list-append';
  return ({ 'set-full': 'set', 'set-final': 'set', queue: 'fifo-queue', 'total-queue': 'fifo-queue' }[name] ??
    (name.includes('counter') ? 'counter' : 'register')) as string;
}
