import {
  checkerNamed,
  checkerNames,
  type History,
  judge,
  modelNamed,
  type NamedVerdict,
  type Operation,
} from '@holdfast/check';
import { describe, expect, it } from 'vitest';
import { illegal } from '../../src/models/model.ts';
import { oneAfterTheOther, sampleFor, sampleOf, TOLD } from './samples.ts';

/** Models without one order for everybody, and plain promises, which are about counts and not orders: `holds` has none to show. */
const WITHOUT_ORDER: ReadonlySet<string> = new Set([
  'causal-memory',
  'pram',
  'writes-follow-reads',
  'monotonic-writes',
  'monotonic-reads',
  'read-your-writes',
  'regular',
  'safe',
  'eventual',
  ...checkerNames.filter((name) => checkerNamed(name)?.family === 'plain'),
]);

/** Count answers one by one: no beginning of the history explains or excuses one. */
const WITHOUT_PREFIX: ReadonlySet<string> = new Set(['availability', 'latency']);

/** What they show has all operations on a value or none: without its put, a take would be wrong for another reason. */
const OF_VALUES: ReadonlySet<string> = new Set(['fifo-queue', 'stack', 'priority-queue']);

const SERIAL: ReadonlySet<string> = new Set([
  'transactions',
  'list-append',
  'serializable',
  'strong-session-serializable',
  'strict-serializable',
  'repeatable-read',
  'strong-session-repeatable-read',
  'strong-repeatable-read',
]);

const ask = (name: string, history: History): NamedVerdict =>
  judge(history, name, { settings: TOLD[name] ?? {} });

function histories(name: string): { right: History; wrong: History } {
  const { holds, violated } = sampleOf(sampleFor(name === 'rw-register' ? 'multi-register' : name));
  const right = oneAfterTheOther(holds);
  const wrong = oneAfterTheOther(violated);
  if (!WITHOUT_PREFIX.has(name)) return { right, wrong };
  const operations = wrong.operations.map((o) =>
    o.id === 0 ? { ...o, outcome: 'unknown' as const, completedAt: Number.POSITIVE_INFINITY } : o,
  );
  return { right, wrong: { ...wrong, operations } };
}

describe('the evidence of every checker', () => {
  it.each(checkerNames)('%s shows the order when it holds, where the model has one', (name) => {
    const { right } = histories(name);
    const { status, evidence } = ask(name, right);
    expect(status).toBe('holds');
    expect(evidence.examined).toBeGreaterThan(0);
    if (WITHOUT_ORDER.has(name)) {
      expect(evidence.order).toBeUndefined();
      return;
    }
    const order = (evidence.order ?? []).map((id) => right.operations[id] as Operation);
    expect(new Set(order).size).toBe(right.operations.length);
    const { family } = checkerNamed(name) ?? {};
    if (SERIAL.has(name)) expect(runSerially(order)).toBe(true);
    else if (family !== 'transactions') expect(runOneByOne(order, sampleFor(name))).toBe(true);
  });

  it.each(checkerNames)('%s shows what is violated, a smallest part of it, and in a sentence why', (name) => {
    const { wrong } = histories(name);
    const { status, reason, evidence, findings = [] } = ask(name, wrong);
    expect(status).toBe('violated');
    const { blocking, minimal = [] } = evidence;
    expect(minimal).toContain(blocking);
    const named = [...reason.matchAll(/process (\d+)/g)].map(([, process]) => Number(process));
    const transactions = [...reason.matchAll(/\bT(\d+)/g)].map(([, id]) => Number(id));
    const isNamed = ({ id, process }: Operation): boolean =>
      named.includes(process) || transactions.includes(id);
    expect(minimal.filter((operation) => !isNamed(operation))).toEqual([]);
    expect(ask(name, renumbered(wrong, minimal)).status).toBe('violated');
    for (const spared of minimal) {
      const rest = minimal.filter((operation) =>
        OF_VALUES.has(name) ? valueOf(operation) !== valueOf(spared) : operation !== spared,
      );
      expect({ spared, isNeeded: isAccepted(name, wrong, rest, findings[0]?.kind) }).toEqual({
        spared,
        isNeeded: true,
      });
    }
  });

  it.each(checkerNames.filter((name) => !WITHOUT_PREFIX.has(name)))(
    '%s shows the longest beginnings that are still accepted',
    (name) => {
      const { wrong } = histories(name);
      const { prefixes = [] } = ask(name, wrong).evidence;
      expect(prefixes.length).toBeGreaterThan(0);
      for (const prefix of prefixes) {
        const operations = wrong.operations.filter(({ id }) => prefix.includes(id));
        expect(operations).toHaveLength(prefix.length);
        expect(operations.length).toBeLessThan(wrong.operations.length);
        expect(ask(name, renumbered(wrong, operations)).status).toBe('holds');
      }
    },
  );
});

/** True when the part is accepted, or found fault with for another reason, the rest being left out or no longer insisted on. */
function isAccepted(name: string, history: History, part: readonly Operation[], kind?: string): boolean {
  // Nothing is accepted by everything.
  if (part.length === 0 || !isWrong(ask(name, renumbered(history, part)), kind)) return true;
  const kept = new Set(part);
  const operations = history.operations.map((operation) =>
    kept.has(operation) ? operation : unknown(operation),
  );
  return !isWrong(ask(name, renumbered(history, operations)), kind);
}

function isWrong({ status, findings = [] }: NamedVerdict, kind: string | undefined): boolean {
  return status === 'violated' && (kind === undefined || findings.some((finding) => finding.kind === kind));
}

function valueOf({ input, output }: Operation): string {
  return JSON.stringify(input ?? output);
}

function unknown(operation: Operation): Operation {
  return { ...operation, outcome: 'unknown', output: null, completedAt: Number.POSITIVE_INFINITY };
}

/** The operations as a history of their own. */
function renumbered(history: History, operations: readonly Operation[]): History {
  return { ...history, operations: operations.map((operation, id) => ({ ...operation, id })) };
}

/** True when the operations can happen one after the other in this order. */
function runOneByOne(order: readonly Operation[], model: string): boolean {
  const sequential = modelNamed(model);
  if (sequential === undefined) throw new RangeError(`no model ${model}`);
  const states = new Map<string, unknown>();
  for (const operation of order) {
    const key = sequential.key?.(operation) ?? '';
    const after = sequential.step(states.has(key) ? states.get(key) : sequential.init(), operation);
    if (after === illegal) return false;
    states.set(key, after);
  }
  return true;
}

/** True when the transactions, on lists, read what those before them in this order had appended. */
function runSerially(order: readonly Operation[]): boolean {
  const lists = new Map<string, readonly unknown[]>();
  for (const { output } of order) {
    for (const [f, key, value] of output as [string, string, unknown][]) {
      const list = lists.get(key) ?? [];
      if (f === 'append') lists.set(key, [...list, value]);
      else if (JSON.stringify(value ?? []) !== JSON.stringify(list)) return false;
    }
  }
  return true;
}
