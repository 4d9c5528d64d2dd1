import type { Spec, SpecAction } from '../engine/spec/spec.ts';
import type { ManagerState } from './twoPhaseCommit.ts';

/** What each resource manager has come to. */
export interface TransactionState {
  manager: ManagerState[];
}

/**
 * What a transaction commit must be, whatever carries it out (Gray and Lamport 2006, section 2; module TCommit): managers prepare,
 * commit when all are prepared, abort when none has committed.
 */
export function transactionCommit(managers: number): Spec<TransactionState> {
  const ids = Array.from({ length: managers }, (_, i) => i);
  return {
    name: `transaction commit, ${managers} resource managers`,
    init: [{ manager: ids.map(() => 'working') }],
    actions: ids.flatMap((i): SpecAction<TransactionState>[] => [
      {
        name: `manager ${i + 1} prepares`,
        run(s): boolean {
          if (s.manager[i] !== 'working') return false;
          s.manager[i] = 'prepared';
          return true;
        },
      },
      {
        name: `manager ${i + 1} commits`,
        run(s): boolean {
          const ready = s.manager.every((state) => state === 'prepared' || state === 'committed');
          if (s.manager[i] !== 'prepared' || !ready) return false;
          s.manager[i] = 'committed';
          return true;
        },
      },
      {
        name: `manager ${i + 1} aborts`,
        run(s): boolean {
          const free = s.manager[i] === 'working' || s.manager[i] === 'prepared';
          if (!free || s.manager.includes('committed')) return false;
          s.manager[i] = 'aborted';
          return true;
        },
      },
    ]),
    always: {
      consistency: ({ manager }) => !(manager.includes('committed') && manager.includes('aborted')),
    },
    symmetry: { peers: ['manager'] },
  };
}
