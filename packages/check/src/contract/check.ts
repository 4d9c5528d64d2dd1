import type { History, Operation } from '../history/operation.ts';
import type { Model } from '../models/model.ts';
import { isAnswer } from '../plain/availability.ts';
import { type Verdict, type VerdictStatus, worstStatus } from '../verdict.ts';
import { judgeAvailabilityClauses } from './availability.ts';
import { type ClauseVerdict, judgeConsistencyClauses } from './consistency.ts';
import { judgeDurabilityClause } from './durability.ts';
import type { Authority, Contract, FaultInterval } from './promise.ts';
import { claimsAnything } from './promise.ts';
import { ContractError, contractProblems } from './validate.ts';

/** What happened around a history, and what it is judged by. Times have the unit of the history. */
export interface ContractSituation {
  /** The sequential model of what the operations act on; null when they follow none, and claim nothing. */
  readonly model: Model | null;
  /** When what was wrong; none unless told. */
  readonly faults?: readonly FaultInterval[];
  /** When everything had healed. */
  readonly healedAt?: number;
  /** How long recovery may take; 0 unless told. From `healedAt` and this on, reads are final. */
  readonly recoverWithin?: number;
  /**
   * Whether whoever an operation asked had the authority to decide: `without` only when they had none all the time it waited. Of one that
   * was never answered: when it was asked.
   */
  readonly authority?: (operation: Operation) => Authority;
  /** Search steps for each model claimed. */
  readonly stepBudget?: number;
  /** False leaves out of violations what takes further work. True unless told otherwise. */
  readonly explain?: boolean;
}

/** One of the three properties, with the clauses it is made of. */
export interface PropertyVerdict extends Verdict {
  readonly clauses: readonly ClauseVerdict[];
}

/** What one kind of operation had, in the whole history and while something was cut off. */
export interface OperationReport {
  readonly f: string;
  /** The worst verdict of the clauses it is under; `unclaimed` when it promises nothing. */
  readonly consistency: VerdictStatus | 'unclaimed';
  readonly operations: number;
  readonly answered: number;
  /** The same for operations that were open during a partition, and whether each of them was answered (A of CAP). */
  readonly duringPartition: {
    readonly operations: number;
    readonly answered: number;
    readonly isAvailable: boolean;
  };
}

/** The three verdicts on a contract, each of which may be broken while the others hold. */
export interface ContractVerdict {
  readonly consistency: PropertyVerdict;
  readonly availability: PropertyVerdict;
  readonly durability: PropertyVerdict;
  /** By kind of operation, in order of first appearance. */
  readonly operations: readonly OperationReport[];
}

/**
 * Judges a history with the faults around it by what each kind of operation promises, and says apart whether it was consistent,
 * available and durable. Operations the contract does not name promise nothing.
 *
 * Throws `ContractError` for a contract that cannot be judged or that nobody can keep, and what the checkers throw of the models claimed.
 */
export function checkContract(
  history: History,
  contract: Contract,
  situation: ContractSituation,
): ContractVerdict {
  const { model, faults = [], healedAt, recoverWithin = 0, authority, stepBudget, explain } = situation;
  const names = new Set(history.operations.map(({ f }) => f));
  const [problem] = contractProblems(contract, [...names], model);
  if (problem !== undefined) throw new ContractError(problem);
  const quietFrom = healedAt === undefined ? undefined : healedAt + recoverWithin;
  const consistency = judgeConsistencyClauses(history, contract, {
    model,
    faults,
    quietFrom,
    recoverWithin,
    authority,
    stepBudget,
    explain,
  });
  const availability = judgeAvailabilityClauses(history, contract, {
    faults,
    healedAt,
    recoverWithin,
    authority,
  });
  const durable = judgeDurabilityClause(history, contract, { model, quietFrom });
  return {
    consistency: property('consistency', consistency),
    availability: property('availability', availability),
    durability: property('durability', durable === undefined ? [] : [durable]),
    operations: reports(history, contract, faults, consistency),
  };
}

function property(promise: string, clauses: readonly ClauseVerdict[]): PropertyVerdict {
  const status = worstStatus(clauses);
  const telling = clauses.filter((clause) => clause.status === status);
  const said = telling.filter((clause) => clause.evidence.examined > 0);
  const { blocking, minimal } = telling[0]?.evidence ?? {};
  return {
    promise,
    status,
    reason:
      clauses.length === 0
        ? `nothing was examined: nothing is promised about ${promise}`
        : (said.length === 0 ? telling : said)
            .map((clause) => `${clause.promise}: ${clause.reason}`)
            .join('; '),
    evidence: {
      examined: clauses.reduce((sum, clause) => sum + clause.evidence.examined, 0),
      steps: clauses.reduce((sum, clause) => sum + clause.evidence.steps, 0),
      ...(blocking === undefined ? {} : { blocking }),
      ...(minimal === undefined ? {} : { minimal }),
    },
    clauses,
  };
}

function reports(
  history: History,
  contract: Contract,
  faults: readonly FaultInterval[],
  clauses: readonly ClauseVerdict[],
): OperationReport[] {
  const partitions = faults.filter(({ kind }) => kind === 'partition');
  const byName = new Map<string, Operation[]>();
  for (const operation of history.operations) {
    const list = byName.get(operation.f) ?? [];
    if (list.length === 0) byName.set(operation.f, list);
    list.push(operation);
  }
  return [...byName].map(([f, operations]): OperationReport => {
    const promise = contract[f];
    const split = operations.filter((o) =>
      partitions.some(({ from, to }) => o.invokedAt < to && o.completedAt >= from),
    );
    const answered = split.filter(isAnswer).length;
    const isClaimed = promise !== undefined && claimsAnything(promise);
    return {
      f,
      consistency: isClaimed
        ? worstStatus(clauses.filter((clause) => clause.operations.includes(f)))
        : 'unclaimed',
      operations: operations.length,
      answered: operations.filter(isAnswer).length,
      duringPartition: { operations: split.length, answered, isAvailable: answered === split.length },
    };
  });
}
