import type { Plain } from '@holdfast/plain';
import type { History, Operation, TransactionWorkload } from '../../../src/index.ts';
import type { TestRandom } from './random.ts';

type Step = [f: string, key: string, value: Plain];
type State = ReadonlyMap<string, readonly number[]>;

const KEYS = ['a1', 'a2', 'b'];
const PREFIXES = ['', 'a', 'a1'];

const shown = (workload: TransactionWorkload, values: readonly number[] | undefined): Plain =>
  workload === 'list-append' ? (values ?? []) : (values?.at(-1) ?? null);

/** What a step does to a state, and what it returns. */
export function runStep(
  workload: TransactionWorkload,
  state: Map<string, readonly number[]>,
  [f, key, value]: readonly [f: string, key: string, value: Plain],
): Plain {
  if (f === 'w' || f === 'append') {
    state.set(key, [...(state.get(key) ?? []), value as number]);
    return value;
  }
  if (f === 'r') return shown(workload, state.get(key));
  const rows = [...state].filter(([name]) => name.startsWith(key));
  return rows.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, values]) => [name, shown(workload, values)]);
}

/** A few transactions of a store whose snapshots are now and then old, scans among them. */
export function scanHistory(random: TestRandom, workload: TransactionWorkload): History {
  const states: State[] = [new Map()];
  const operations: Operation[] = [];
  const count = 2 + random.below(3);
  let next = 1;
  for (let i = 0; i < count; i++) {
    const age = random.chance(70) ? random.below(Math.min(4, states.length)) : 0;
    const state = new Map(states[states.length - 1 - age]);
    const written: [string, number][] = [];
    const done: Step[] = [];
    for (let left = 2 + random.below(3); left > 0; left--) {
      const kind = random.below(3);
      const step: Step =
        kind === 0
          ? [workload === 'list-append' ? 'append' : 'w', KEYS[random.below(3)] as string, next++]
          : kind === 1
            ? ['r', KEYS[random.below(3)] as string, null]
            : ['scan', PREFIXES[random.below(3)] as string, null];
      if (kind === 0) written.push([step[1], step[2] as number]);
      done.push([step[0], step[1], runStep(workload, state, step)]);
    }
    const after = new Map(states.at(-1));
    for (const [key, value] of written) after.set(key, [...(after.get(key) ?? []), value]);
    states.push(after);
    const invokedAt = Math.max(0, i * 4 - random.below(10));
    operations.push({
      id: i,
      process: i,
      f: 'txn',
      input: done.map(([f, key, value]): Plain => [f, key, f === 'r' || f === 'scan' ? null : value]),
      outcome: 'ok',
      output: done,
      invokedAt,
      completedAt: invokedAt + 1 + random.below(14),
    });
  }
  operations.sort((a, b) => a.invokedAt - b.invokedAt);
  return { operations: operations.map((each, id) => ({ ...each, id })), timeUnit: 'us' };
}

/** The same history with every scan replaced by reads of its keys; those not found among them, or left out. */
export function spelledOut(
  { operations }: History,
  workload: TransactionWorkload,
  unfound: boolean,
): Operation[] {
  const spell = (step: Plain): Plain[] => {
    const [f, prefix, rows] = step as unknown as [string, string, [string, Plain][]];
    if (f !== 'scan') return [step];
    const found = new Map(rows);
    return KEYS.filter((key) => key.startsWith(prefix) && (unfound || found.has(key))).map((key) => [
      'r',
      key,
      found.get(key) ?? shown(workload, undefined),
    ]);
  };
  return operations.map((operation) => {
    const output = (operation.output as Plain[]).flatMap(spell);
    const input = (output as Step[]).map(([f, key, value]): Plain => [f, key, f === 'r' ? null : value]);
    return { ...operation, input, output };
  });
}

/** Whether some serial order gives every transaction what it returned, tried one after the other. */
export function someOrderExplains({ operations }: History, workload: TransactionWorkload): boolean {
  const tryFrom = (state: ReadonlyMap<string, readonly number[]>, left: readonly Operation[]): boolean =>
    left.length === 0 ||
    left.some((operation) => {
      const after = new Map(state);
      const agrees = (operation.output as unknown as Step[]).every(
        (step) => JSON.stringify(runStep(workload, after, step)) === JSON.stringify(step[2]),
      );
      return (
        agrees &&
        tryFrom(
          after,
          left.filter((other) => other !== operation),
        )
      );
    });
  return tryFrom(new Map(), operations);
}
