import type { Say } from '../causal/breach.ts';
import type { CycleStep } from '../causal/place.ts';
import { insistOnly, shrink, withWriters } from '../causal/shrink.ts';
import type { Operation } from '../history/operation.ts';
import type { Teller } from '../linearizable/words.ts';
import type { Model } from '../models/model.ts';
import type { Evidence } from '../verdict.ts';
import { findOrder, type NoOrder, type OperationConflict } from './order.ts';

const SHRINK_STEPS = 5_000_000;
const ATTEMPT_STEPS = 200_000;
/** A history up to this size is shrunk as a whole when nothing says where in it the violation is. */
const SHRINK_WHOLE = 400;

/** The reason and the evidence of a violation. */
export interface Explained {
  readonly reason: string;
  readonly evidence: Omit<Evidence, 'examined' | 'steps'>;
}

/** Puts a violation into words; with `makeSmall` also into as few operations as possible. */
export function explainViolation<S>(
  operations: readonly Operation[],
  model: Model<S>,
  found: NoOrder,
  teller: Teller<S>,
  makeSmall: boolean,
): Explained {
  const minimal = makeSmall ? smallest(operations, model, found) : undefined;
  const small =
    minimal &&
    findOrder(
      insistOnly(withWriters(minimal, operations, model), new Set(minimal), model),
      model,
      ATTEMPT_STEPS,
    );
  const conflict = (small?.status === 'violated' ? small : found).conflict;
  const originals = new Map(operations.map((operation) => [operation.id, operation]));
  const reason =
    conflict === undefined
      ? tellTogether(minimal ?? [], found, teller)
      : tellConflict(conflict, (operation) => teller.tell(originals.get(operation.id) ?? operation));
  const spent =
    makeSmall && minimal === undefined
      ? ' (fewer operations may suffice: the budget for sparing them was spent)'
      : '';
  return {
    reason: `${reason}${spent}`,
    evidence: {
      ...(found.blocking === undefined ? {} : { blocking: found.blocking }),
      ...(minimal === undefined ? {} : { minimal }),
      ...(found.order.length === 0 ? {} : { prefixes: [found.order.map((operation) => operation.id)] }),
    },
  };
}

function smallest<S>(
  operations: readonly Operation[],
  model: Model<S>,
  found: NoOrder,
): readonly Operation[] | undefined {
  let stepsLeft = SHRINK_STEPS;
  const among = (core: readonly Operation[]): readonly Operation[] | undefined => {
    const pool = withWriters(core, operations, model);
    return shrink({
      operations: core,
      isSpent: () => stepsLeft <= 0,
      isViolated: (kept) => {
        const result = findOrder(insistOnly(pool, new Set(kept), model), model, ATTEMPT_STEPS);
        stepsLeft -= result.steps + pool.length;
        return result.status === 'undecided' ? undefined : result.status !== 'holds';
      },
    });
  };
  const core = found.conflict?.core.map((v) => found.conflict?.registers.operations[v] as Operation);
  const small = core && among(core.toSorted((a, b) => a.id - b.id));
  return small ?? (operations.length > SHRINK_WHOLE ? undefined : among(operations));
}

function tellTogether<S>(minimal: readonly Operation[], found: NoOrder, teller: Teller<S>): string {
  const which =
    minimal.length > 0
      ? teller.list(minimal)
      : found.blocking === undefined
        ? 'the operations'
        : `${teller.tell(found.blocking)}, among others`;
  return `No single order that keeps the order of each process makes every result true: ${which}`;
}

function tellConflict(conflict: OperationConflict, tell: (operation: Operation) => string): string {
  const { operations, source } = conflict.registers;
  const say: Say = (v) => tell(operations[v] as Operation);
  const reasons = conflict.cycle.map((step) => tellStep(step, source, say));
  return `No single order of all operations is possible: ${reasons.join('; ')}`;
}

function tellStep({ from, to, kind, read }: CycleStep, source: Int32Array, say: Say): string {
  if (kind === 'session') return `${say(from)} before ${say(to)}, by the order of the process`;
  if (kind === 'read') return `${say(from)} before ${say(to)}, which saw it`;
  if (from !== read) return `${say(from)} before ${say(to)}, which ${say(read)} still saw behind it`;
  const why =
    (source[read] as number) >= 0 ? 'which came later than what was read' : 'which the read did not see';
  return `${say(from)} before ${say(to)}, ${why}`;
}
