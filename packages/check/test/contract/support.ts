import {
  checkContract,
  type Contract,
  type ContractSituation,
  type ContractVerdict,
  type FaultInterval,
  type History,
  type OperationPromise,
  readLitmus,
  registerModel,
  type Verdict,
} from '@holdfast/check';

/** A promise with everything usual. */
export function promising(
  consistency: OperationPromise['consistency'],
  rest: Partial<OperationPromise> = {},
): OperationPromise {
  return { consistency, duringPartition: 'reject', ...rest };
}

/** Reads and writes under one promise. */
export function both(promise: OperationPromise): Contract {
  return { read: promise, write: promise };
}

/** A partition from one time to another. */
export function cut(from: number, to: number): FaultInterval {
  return { name: 'partition {1} | {2}', kind: 'partition', from, to };
}

/** Judges lines of `readLitmus` as registers. */
export function judged(
  lines: readonly string[],
  contract: Contract,
  situation: Partial<ContractSituation> = {},
): ContractVerdict {
  return checkContract(readLitmus(lines), contract, { model: registerModel(), ...situation });
}

/** The three statuses, as one word each. */
export function statuses({ consistency, availability, durability }: ContractVerdict): string {
  return [consistency, availability, durability].map(({ status }) => status).join(' ');
}

/** The verdict on one clause. */
export function clause(verdict: ContractVerdict, promise: string): Verdict {
  const all = [verdict.consistency, verdict.availability, verdict.durability].flatMap(
    ({ clauses }) => clauses,
  );
  const found = all.find((each) => each.promise === promise);
  if (found === undefined) {
    throw new RangeError(
      `Cannot find clause '${promise}': there are ${all.map((each) => each.promise).join(', ')}`,
    );
  }
  return found;
}

/** The history with some operations changed. */
export function changed(
  history: History,
  change: (operation: History['operations'][number]) => Partial<History['operations'][number]>,
): History {
  return {
    ...history,
    operations: history.operations.map((operation) => ({ ...operation, ...change(operation) })),
  };
}
