/** What an operation does for a caller on a side that has lost the authority to decide. */
export type DuringPartition = 'reject' | 'serve-stale' | 'accept-and-merge';

/** What one operation promises, always and during a partition. */
export interface OperationContract {
  readonly consistency: 'linearizable' | 'unclaimed';
  readonly duringPartition: DuringPartition;
}

/** Promises that the operation takes effect at one instant between its call and its return. */
export function linearizable(options: { readonly duringPartition: DuringPartition }): OperationContract {
  return { consistency: 'linearizable', duringPartition: options.duringPartition };
}

/** Claims nothing about consistency: the operation is run and counted, and the report says that it was not judged. */
export function unclaimed(options: { readonly duringPartition: DuringPartition }): OperationContract {
  return { consistency: 'unclaimed', duringPartition: options.duringPartition };
}
