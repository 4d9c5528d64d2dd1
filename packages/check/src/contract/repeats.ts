import { encodePlain, equalPlain, type Plain } from '@holdfast/plain';
import type { History, Operation } from '../history/operation.ts';
import { count, FindingLog, verdictOf } from '../plain/findings.ts';
import { Narrator, show } from '../plain/words.ts';
import type { Verdict } from '../verdict.ts';
import type { Contract } from './promise.ts';

/** Operations that take something out, each of it once. */
const TAKES: ReadonlySet<string> = new Set(['dequeue', 'pop', 'poll', 'remove', 'delete-min']);

/** One idempotent operation, with all the times it was invoked. */
interface Repeated {
  readonly attempts: readonly Operation[];
}

function repeatedIn(history: History, contract: Contract): Map<string, Repeated> {
  const groups = new Map<string, Operation[]>();
  for (const operation of history.operations) {
    if (contract[operation.f]?.idempotent !== true) continue;
    const key = encodePlain([operation.f, operation.key ?? null, operation.input]);
    const group = groups.get(key) ?? [];
    if (group.length === 0) groups.set(key, group);
    group.push(operation);
  }
  return new Map([...groups].map(([key, attempts]) => [key, { attempts }]));
}

/**
 * The history with all attempts at one idempotent operation as one: from the first that may have had an effect to the first answer. Those that
 * certainly failed are left as they are.
 */
export function collapseRepeats(
  history: History,
  contract: Contract,
): { history: History; originals: readonly Operation[] } {
  const groups = [...repeatedIn(history, contract).values()].filter(({ attempts }) => attempts.length > 1);
  if (groups.length === 0) return { history, originals: history.operations };
  let process = history.operations.reduce((most, operation) => Math.max(most, operation.process), 0);
  const collapsed = new Map<number, Operation | undefined>();
  for (const { attempts } of groups) {
    const [first, ...others] = attempts.filter(({ outcome }) => outcome !== 'fail');
    if (first === undefined || others.length === 0) continue;
    const answered = [first, ...others]
      .filter(({ outcome }) => outcome === 'ok')
      .sort((a, b) => a.completedAt - b.completedAt)[0];
    const isOneProcess = others.every((other) => other.process === first.process);
    const { outcome, output, completedAt } = answered ?? first;
    collapsed.set(first.id, {
      ...first,
      outcome,
      output,
      completedAt,
      process: isOneProcess ? first.process : ++process,
    });
    for (const other of others) collapsed.set(other.id, undefined);
  }
  const originals: Operation[] = [];
  const operations: Operation[] = [];
  for (const operation of history.operations) {
    const kept = collapsed.has(operation.id) ? collapsed.get(operation.id) : operation;
    if (kept === undefined) continue;
    originals.push(operation);
    operations.push({ ...kept, id: operations.length });
  }
  return { history: { ...history, operations }, originals };
}

type Kind = 'seen-twice' | 'answered-differently';

/**
 * Judges whether operations that promise to be idempotent took effect once however often they were invoked: repeats are answered the
 * same, a value put in by one is never found twice in one answer, nor taken out twice. Effects that only a later state tells of are
 * found by judging consistency with all attempts as one operation. Undefined when no operation promises it.
 */
export function checkIdempotency(history: History, contract: Contract): Verdict | undefined {
  if (!Object.values(contract).some(({ idempotent }) => idempotent === true)) return undefined;
  const log = new FindingLog<Kind>({ 'seen-twice': 'violation', 'answered-differently': 'violation' });
  const narrator = new Narrator(history);
  const groups = repeatedIn(history, contract);
  const puts = new Map<string, Repeated>();
  for (const group of groups.values()) {
    log.examined += group.attempts.length;
    const [first] = group.attempts;
    if (first?.input !== null && first !== undefined) puts.set(elementOf(first, first.input), group);
    answers(group, log, narrator);
  }
  twice(history, puts, log, narrator);
  const repeats = [...groups.values()].filter(({ attempts }) => attempts.length > 1).length;
  return verdictOf(log, {
    promise: 'idempotent operations take effect once',
    holds: `${count(log.examined, 'invocation')} of ${count(groups.size, 'idempotent operation')}, ${repeats} of them invoked again, took effect at most once each`,
    nothing: log.examined === 0 ? 'no idempotent operation was invoked' : undefined,
  });
}

function elementOf(operation: Operation, value: Plain): string {
  return encodePlain([operation.key ?? null, value]);
}

function answers({ attempts }: Repeated, log: FindingLog<Kind>, narrator: Narrator): void {
  const told = attempts.filter(({ outcome }) => outcome === 'ok');
  const [first] = told;
  const other = told.find(({ output }) => first !== undefined && !equalPlain(output, first.output));
  if (first === undefined || other === undefined) return;
  log.add('answered-differently', () => ({
    sentence:
      `operation '${first.f}' with ${show(first.input)} was answered in two ways: ` +
      `${narrator.tell(first, `was told ${show(first.output)}`)}, and ${narrator.tell(other, `was told ${show(other.output)}`)}`,
    operations: [first, other],
  }));
}

/** Values found twice in one list, or taken out twice. */
function twice(
  history: History,
  puts: ReadonlyMap<string, Repeated>,
  log: FindingLog<Kind>,
  narrator: Narrator,
): void {
  const takenBy = new Map<string, Operation>();
  const found = (how: string, value: Plain, by: readonly Operation[], element: string): void => {
    const attempts = puts.get(element)?.attempts ?? [];
    const [put] = attempts;
    log.add('seen-twice', () => ({
      sentence: `${show(value)} took effect twice: ${how}, though '${put?.f ?? ''}' put it in once, ${narrator.tell(put as Operation, 'first')}`,
      operations: [...attempts, ...by],
    }));
  };
  for (const operation of history.operations) {
    if (operation.outcome !== 'ok') continue;
    log.steps++;
    const { output } = operation;
    if (Array.isArray(output)) {
      const seen = new Set<string>();
      for (const value of output as readonly Plain[]) {
        const element = elementOf(operation, value);
        if (seen.has(element) && puts.has(element)) {
          found(narrator.tell(operation, 'read it twice in one answer'), value, [operation], element);
        }
        seen.add(element);
      }
    } else if (TAKES.has(operation.f) && output !== null) {
      const element = elementOf(operation, output);
      const before = takenBy.get(element);
      if (before !== undefined && puts.has(element)) {
        found(
          `${narrator.tell(before, 'took it out')}, and ${narrator.tell(operation, 'took it out again')}`,
          output,
          [before, operation],
          element,
        );
      }
      takenBy.set(element, operation);
    }
  }
}
