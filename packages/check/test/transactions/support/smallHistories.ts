import type { Operation, Outcome } from '../../../src/index.ts';
import type { TestRandom } from './random.ts';

type Micro = ['append' | 'w' | 'r', string, number | number[] | null];

/** How wild a random small history may be. */
export interface SmallHistoryShape {
  readonly workload: 'list-append' | 'rw-register';
  readonly transactions: number;
  readonly keys: number;
  readonly operations: number;
  /** Per cent of reads that return an older version than the newest. */
  readonly stalePercent: number;
  /** Per cent of transactions that abort or time out, and of reads that return something odd. */
  readonly trouble: number;
}

/** Draws a shape; most histories are nearly right, which is where checkers are wrong. */
export function randomShape(random: TestRandom, workload: SmallHistoryShape['workload']): SmallHistoryShape {
  return {
    workload,
    transactions: 2 + random.below(workload === 'list-append' ? 5 : 4),
    keys: 1 + random.below(3),
    operations: 1 + random.below(4),
    stalePercent: [0, 10, 30, 60][random.below(4)] as number,
    trouble: random.chance(20) ? 10 : 0,
  };
}

/** Orders of versions that the definitions would have to try at most; wild histories are drawn again. */
const ORDER_LIMIT = 300;

/** A random small history that can be judged by trying everything. */
export function randomHistory(random: TestRandom, workload: SmallHistoryShape['workload']): Operation[] {
  for (;;) {
    const operations = smallHistory(random, randomShape(random, workload));
    if (orderCount(operations) <= ORDER_LIMIT) return operations;
  }
}

function orderCount(operations: readonly Operation[]): number {
  const perKey = new Map<string, number>();
  let read = 1;
  for (const { input, output, outcome } of operations) {
    if (outcome === 'unknown') read *= 2;
    const seen = new Set(
      (output as Micro[] | null)?.flatMap(([f, , v]) => (f === 'r' && Array.isArray(v) ? v : [])),
    );
    for (const [f, key, value] of input as Micro[]) {
      if (f === 'r' || seen.has(value as number)) continue;
      perKey.set(key, (perKey.get(key) ?? 0) + 1);
    }
  }
  return [...perKey.values()].reduce((product, writes) => product * factorial(writes), read);
}

function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1);
}

/**
 * A small history of a store that now and then lies: transactions take effect in some order close to that of their
 * invocation, reads return the newest version or an older one.
 */
export function smallHistory(random: TestRandom, shape: SmallHistoryShape): Operation[] {
  const chains = new Map<string, number[]>();
  let nextValue = 1;
  const operations: Operation[] = [];
  const processes = 1 + random.below(shape.transactions);
  const freeAt = Array.from({ length: processes }, () => 0);
  for (let i = 0; i < shape.transactions; i++) {
    const outcome: Outcome = random.chance(shape.trouble) ? (random.chance(50) ? 'fail' : 'unknown') : 'ok';
    const done: Micro[] = [];
    const effects: [string, number][] = [];
    for (let at = 0; at <= random.below(shape.operations); at++) {
      const key = 'xyz'[random.below(shape.keys)] as string;
      const chain = chains.get(key) ?? [];
      if (random.chance(50)) {
        const value = nextValue++;
        done.push([shape.workload === 'list-append' ? 'append' : 'w', key, value]);
        if (outcome !== 'fail' || random.chance(5)) effects.push([key, value]);
      } else
        done.push([
          'r',
          key,
          readOf(
            random,
            shape,
            chain,
            effects.filter(([k]) => k === key).map(([, v]) => v),
          ),
        ]);
    }
    for (const [key, value] of effects) {
      const chain = chains.get(key) ?? [];
      const place = random.chance(shape.stalePercent / 4) ? random.below(chain.length + 1) : chain.length;
      chains.set(key, [...chain.slice(0, place), value, ...chain.slice(place)]);
    }
    operations.push(operation(random, i, outcome, done, freeAt));
  }
  return operations.toSorted((a, b) => a.invokedAt - b.invokedAt).map((each, id) => ({ ...each, id }));
}

function readOf(
  random: TestRandom,
  shape: SmallHistoryShape,
  chain: readonly number[],
  own: readonly number[],
): number | number[] | null {
  let length = chain.length;
  while (length > 0 && random.chance(shape.stalePercent)) length--;
  const seen = [...chain.slice(0, length), ...own];
  if (random.chance(shape.trouble / 3)) seen.reverse();
  if (shape.workload === 'list-append') return seen;
  return seen.at(-1) ?? null;
}

function operation(
  random: TestRandom,
  i: number,
  outcome: Outcome,
  done: Micro[],
  freeAt: number[],
): Operation {
  const process = random.below(freeAt.length);
  const invokedAt = Math.max(i * 4 - random.below(10), freeAt[process] as number, 0);
  const completedAt = invokedAt + 1 + random.below(14);
  freeAt[process] = outcome === 'unknown' ? 10_000 + i : completedAt + 1;
  const input = done.map(([f, key, value]): Micro => (f === 'r' ? [f, key, null] : [f, key, value]));
  return {
    id: i,
    process: outcome === 'unknown' ? 100 + i : process,
    f: 'txn',
    input,
    outcome,
    output: outcome === 'ok' ? done : null,
    invokedAt,
    completedAt: outcome === 'unknown' ? Number.POSITIVE_INFINITY : completedAt,
  };
}
