import { echo } from './echo.ts';
import { kafka } from './kafka.ts';
import { broadcast, gCounter, gSet, pnCounter } from './sets.ts';
import { linKv, txnListAppend, txnRwRegister, uniqueIds } from './stores.ts';
import type { WorkloadKind } from './workload.ts';

/** All workloads, by the names Maelstrom gives them. */
export const WORKLOADS: readonly WorkloadKind[] = [
  echo,
  uniqueIds,
  broadcast,
  gSet,
  gCounter,
  pnCounter,
  linKv,
  txnListAppend,
  txnRwRegister,
  kafka,
];
