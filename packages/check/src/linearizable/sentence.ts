import type { Operation } from '../history/operation.ts';
import type { Model } from '../models/model.ts';
import { causesOf } from './causes.ts';
import type { Teller } from './words.ts';

const MOST_CAUSES = 3;

/** What there is to say of a violation. */
export interface Findings {
  /** The operation at whose completion no order was left. */
  readonly blocking: Operation;
  /** The operations the violation needs, `blocking` among them, by invocation. */
  readonly core: readonly Operation[];
  /** All operations on the object that were invoked before `blocking` completed. */
  readonly before: readonly Operation[];
}

/** Why no order explains the history, in one sentence with the operations named. */
export function explain<S>(findings: Findings, model: Model<S>, teller: Teller<S>): string {
  const { blocking, core, before } = findings;
  const others = core.filter((operation) => operation !== blocking);
  const head = teller.tell(blocking);
  if (others.length === 0)
    return `${head}, which nothing that was done could have led to, whenever it took effect`;
  const isAlone = others.every((operation) => model.key?.(operation) === model.key?.(blocking));
  const sameObject = before.filter((operation) => model.key?.(operation) === model.key?.(blocking));
  const causes =
    isAlone && model.observes?.(blocking) === true ? causesOf(blocking, sameObject, model) : undefined;
  return (
    (causes && staleness(findings, others, causes, teller)) ??
    `${head}, ${together(blocking, others, causes, teller)}`
  );
}

/**
 * The commonest story: something had changed the object before the operation began, and all that could have led to
 * what it saw was over by then.
 */
function staleness<S>(
  findings: Findings,
  others: readonly Operation[],
  causes: readonly Operation[],
  teller: Teller<S>,
): string | undefined {
  const { blocking } = findings;
  const newer = others.findLast((operation) => isOver(operation, blocking) && !causes.includes(operation));
  if (newer === undefined || !causes.every((cause) => isOver(cause, newer))) return undefined;
  if (!others.every((operation) => operation === newer || causes.includes(operation))) return undefined;
  const past =
    causes.length === 0
      ? 'nothing done later could bring that back'
      : `all that could have led to it was over before that: ${teller.list(causes.slice(-MOST_CAUSES))}`;
  return `${teller.tell(blocking)}, but ${teller.tell(newer)} had completed before it began, and ${past}`;
}

function isOver(operation: Operation, before: Operation): boolean {
  return operation.outcome !== 'unknown' && operation.completedAt < before.invokedAt;
}

function together<S>(
  blocking: Operation,
  others: readonly Operation[],
  causes: readonly Operation[] | undefined,
  teller: Teller<S>,
): string {
  const earlier = others.filter((operation) => isOver(operation, blocking));
  const meanwhile = others.filter((operation) => !isOver(operation, blocking));
  const parts: string[] = [];
  if (earlier.length > 0) parts.push(`after ${teller.list(earlier)}`);
  if (meanwhile.length > 0) parts.push(`while ${teller.list(meanwhile)}`);
  const told = `${parts.join(' and ')}: no order of these keeps real time and makes every result true`;
  const unnamed = causes?.filter((operation) => !others.includes(operation)) ?? [];
  if (unnamed.length === 0 || unnamed.length > MOST_CAUSES) return told;
  return `${told}; besides them only ${teller.list(unnamed)} could have led to it`;
}
