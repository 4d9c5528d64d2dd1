import type { Spec, SpecAction } from '../engine/spec/spec.ts';

type Manager = 'working' | 'prepared' | 'committed' | 'aborted' | 'failed';

/** The state of a commit whose transaction manager has a stand-in. */
export interface BackupState {
  manager: Manager[];
  /** Managers that have ended. */
  ended: boolean[];
  /** What managers can see of the decision: hidden once the transaction manager has crashed. */
  decision: 'init' | 'commit' | 'abort' | 'hidden';
  /** Where the transaction manager and its stand-in are. */
  at: {
    first: 'waits' | 'commits' | 'aborts' | 'may crash' | 'done';
    backup: 'waits' | 'commits' | 'aborts' | 'done';
  };
}

type Action = SpecAction<BackupState>;

/**
 * Two-phase commit with a transaction manager that crashes after it has decided, and a stand-in that decides again from what it sees of the
 * resource managers, one of which may fail (module 2PCwithBTM, by Demirbas).
 */
export function commitWithBackup(managers: number): Spec<BackupState> {
  const ids = Array.from({ length: managers }, (_, i) => i);
  return {
    name: `two-phase commit with a backup, ${managers} resource managers`,
    init: [
      {
        manager: ids.map(() => 'working'),
        ended: ids.map(() => false),
        decision: 'init',
        at: { first: 'waits', backup: 'waits' },
      },
    ],
    actions: [...ids.flatMap(managerActions), ...firstActions(ids), ...backupActions(ids), allDone],
    always: {
      consistency: ({ manager }) => !(manager.includes('committed') && manager.includes('aborted')),
    },
    symmetry: { peers: ['manager', 'ended'] },
  };
}

/** What to decide, and a reason for it; each reason is a step of its own. */
interface Reason {
  readonly next: 'commits' | 'aborts';
  readonly why: string;
  readonly holds: (s: BackupState) => boolean;
}

function reasons(ids: readonly number[]): Reason[] {
  const commits = (why: string, holds: Reason['holds']): Reason => ({ next: 'commits', why, holds });
  return [
    commits('all are prepared', ({ manager }) => manager.every((state) => state === 'prepared')),
    ...ids.map((i) => commits(`manager ${i + 1} has committed`, ({ manager }) => manager[i] === 'committed')),
    ...ids.map(
      (i): Reason => ({
        next: 'aborts',
        why: `manager ${i + 1} has aborted or failed`,
        holds: ({ manager }) =>
          (manager[i] === 'aborted' || manager[i] === 'failed') && !manager.includes('committed'),
      }),
    ),
  ];
}

function managerActions(i: number): Action[] {
  const goesOn = ({ manager, ended }: BackupState): boolean =>
    ended[i] !== true && (manager[i] === 'working' || manager[i] === 'prepared');
  const to = (name: string, next: Manager, allowed: (s: BackupState) => boolean): Action => ({
    name: `manager ${i + 1} ${name}`,
    run(s): boolean {
      if (!goesOn(s) || !allowed(s)) return false;
      s.manager[i] = next;
      return true;
    },
  });
  return [
    to('prepares', 'prepared', ({ manager }) => manager[i] === 'working'),
    to('commits', 'committed', ({ decision }) => decision === 'commit'),
    to('aborts by itself', 'aborted', ({ manager }) => manager[i] === 'working'),
    to('aborts as told', 'aborted', ({ decision }) => decision === 'abort'),
    {
      // At most one fails; where one has, trying again changes nothing.
      name: `manager ${i + 1} fails`,
      run(s): boolean {
        if (!goesOn(s)) return false;
        if (!s.manager.includes('failed')) s.manager[i] = 'failed';
        return true;
      },
    },
    {
      name: `manager ${i + 1} ends`,
      run(s): boolean {
        if (s.ended[i] === true || goesOn(s)) return false;
        s.ended[i] = true;
        return true;
      },
    },
  ];
}

function firstActions(ids: readonly number[]): Action[] {
  return [
    ...reasons(ids).map(
      ({ next, why, holds }): Action => ({
        name: `transaction manager ${next} as ${why}`,
        run(s): boolean {
          if (s.at.first !== 'waits' || !holds(s)) return false;
          s.at.first = next;
          return true;
        },
      }),
    ),
    {
      name: 'transaction manager tells',
      run(s): boolean {
        if (s.at.first !== 'commits' && s.at.first !== 'aborts') return false;
        s.decision = s.at.first === 'commits' ? 'commit' : 'abort';
        s.at.first = 'may crash';
        return true;
      },
    },
    {
      name: 'transaction manager crashes',
      run(s): boolean {
        if (s.at.first !== 'may crash') return false;
        s.decision = 'hidden';
        s.at.first = 'done';
        return true;
      },
    },
  ];
}

function backupActions(ids: readonly number[]): Action[] {
  return [
    ...reasons(ids).map(
      ({ next, why, holds }): Action => ({
        name: `backup ${next} as ${why}`,
        run(s): boolean {
          if (s.at.backup !== 'waits' || s.decision !== 'hidden' || !holds(s)) return false;
          s.at.backup = next;
          return true;
        },
      }),
    ),
    {
      name: 'backup tells',
      run(s): boolean {
        if (s.at.backup !== 'commits' && s.at.backup !== 'aborts') return false;
        s.decision = s.at.backup === 'commits' ? 'commit' : 'abort';
        s.at.backup = 'done';
        return true;
      },
    },
  ];
}

/** When all have ended nothing changes any more; the published numbers count that as a step. */
const allDone: Action = {
  name: 'all have ended',
  run: ({ ended, at }) => ended.every((one) => one) && at.first === 'done' && at.backup === 'done',
};
