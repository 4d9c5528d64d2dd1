export type { History, Operation, Outcome } from './history/operation.ts';
export { type Evidence, type Verdict, type VerdictStatus, worstStatus } from './verdict.ts';
