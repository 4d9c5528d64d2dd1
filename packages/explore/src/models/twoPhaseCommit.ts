import type { Spec, SpecAction } from '../engine/spec/spec.ts';

/** A resource manager in a transaction. */
export type ManagerState = 'working' | 'prepared' | 'committed' | 'aborted';

/** The state of a two-phase commit: messages, once sent, stay. */
export interface TwoPhaseState {
  manager: ManagerState[];
  coordinator: 'init' | 'done';
  /** Managers whose Prepared message the coordinator has received. */
  received: boolean[];
  /** Prepared messages sent. */
  prepared: boolean[];
  decision: { commit: boolean; abort: boolean };
}

/**
 * Two-phase commit with `managers` resource managers, which prepare of their own accord (Gray and Lamport, "Consensus on
 * Transaction Commit", 2006, section 3; module TwoPhase). Messages are neither lost nor used up.
 */
export function twoPhaseCommit(managers: number): Spec<TwoPhaseState> {
  const ids = Array.from({ length: managers }, (_, i) => i);
  return {
    name: `two-phase commit, ${managers} resource managers`,
    init: [
      {
        manager: ids.map(() => 'working'),
        coordinator: 'init',
        received: ids.map(() => false),
        prepared: ids.map(() => false),
        decision: { commit: false, abort: false },
      },
    ],
    actions: [...coordinatorActions(ids), ...ids.flatMap(managerActions)],
    always: {
      consistency: ({ manager }) => !(manager.includes('committed') && manager.includes('aborted')),
    },
    reachable: {
      'all committed': ({ manager }) => manager.every((state) => state === 'committed'),
      'all aborted': ({ manager }) => manager.every((state) => state === 'aborted'),
    },
    symmetry: { peers: ['manager', 'received', 'prepared'] },
  };
}

function coordinatorActions(ids: readonly number[]): SpecAction<TwoPhaseState>[] {
  return [
    {
      name: 'coordinator commits',
      run(s): boolean {
        if (s.coordinator !== 'init' || !s.received.every((received) => received)) return false;
        s.coordinator = 'done';
        s.decision.commit = true;
        return true;
      },
    },
    {
      name: 'coordinator aborts',
      run(s): boolean {
        if (s.coordinator !== 'init') return false;
        s.coordinator = 'done';
        s.decision.abort = true;
        return true;
      },
    },
    ...ids.map(
      (i): SpecAction<TwoPhaseState> => ({
        name: `coordinator receives Prepared of manager ${i + 1}`,
        run(s): boolean {
          if (s.coordinator !== 'init' || s.prepared[i] !== true) return false;
          s.received[i] = true;
          return true;
        },
      }),
    ),
  ];
}

function managerActions(i: number): SpecAction<TwoPhaseState>[] {
  return [
    {
      name: `manager ${i + 1} prepares`,
      run(s): boolean {
        if (s.manager[i] !== 'working') return false;
        s.manager[i] = 'prepared';
        s.prepared[i] = true;
        return true;
      },
    },
    {
      name: `manager ${i + 1} chooses to abort`,
      run(s): boolean {
        if (s.manager[i] !== 'working') return false;
        s.manager[i] = 'aborted';
        return true;
      },
    },
    {
      name: `manager ${i + 1} receives Commit`,
      run(s): boolean {
        if (!s.decision.commit) return false;
        s.manager[i] = 'committed';
        return true;
      },
    },
    {
      name: `manager ${i + 1} receives Abort`,
      run(s): boolean {
        if (!s.decision.abort) return false;
        s.manager[i] = 'aborted';
        return true;
      },
    },
  ];
}
