/** A run that shows why an answer is wrong: `counterRuns.test.ts` runs each, and it must fail as it says. */
export type CounterRun =
  | 'paused-holder'
  | 'lock-delay-too-short'
  | 'own-election-splits'
  | 'one-shot-misses'
  | 'watch-from-now-misses'
  | 'stale-read'
  | 'lost-update'
  | 'herd'
  | 'expired-registration-stays'
  | 'data-through-one-log';

/** An answer that looks right and is not. */
export interface WrongAnswer {
  readonly answer: string;
  readonly because: string;
  readonly run: CounterRun;
}

/** Something that has to be built, the answer that does, and others that look as if they did. */
export interface CoordinationChoice {
  readonly need: string;
  readonly question: string;
  readonly right: readonly string[];
  readonly why: string;
  readonly wrong: readonly WrongAnswer[];
}

/**
 * What a coordination service is for, as a choice (S4.27): each wrong answer comes with the run that breaks it. None of the right ones builds
 * consensus again.
 */
export const COORDINATION_CHOICES: readonly CoordinationChoice[] = [
  {
    need: 'one-writer',
    question: 'Only one of several workers may write to a file on shared storage. What keeps the others out?',
    right: ['a lock of the service, and its token checked by the storage'],
    why: 'The lock says who should write; only the storage can refuse who should not any more.',
    wrong: [
      {
        answer: 'a lock of the service (ephemeral node, lease or session)',
        because: 'a holder that sleeps through its session writes when it wakes up',
        run: 'paused-holder',
      },
      {
        answer: "Consul's lock-delay, long enough",
        because: 'however long it is, a pause may be longer',
        run: 'lock-delay-too-short',
      },
    ],
  },
  {
    need: 'one-scheduler',
    question: 'One of three schedulers is to be active. Who decides which?',
    right: ['an election by a service that stands on consensus, its term in every command'],
    why: 'A majority decides, so that two sides of a cut cannot both; the term lets receivers refuse the older.',
    wrong: [
      {
        answer: 'the schedulers themselves: the lowest number that answers heartbeats',
        because: 'a cut gives each side a lowest number of its own',
        run: 'own-election-splits',
      },
      {
        answer: 'the service, asked in its stale mode, as that is fast',
        because: 'a member that is cut off still names the old one',
        run: 'stale-read',
      },
    ],
  },
  {
    need: 'every-change',
    question: 'A gateway must act on every change of a key, also on two that follow quickly.',
    right: ['a watch from a revision (etcd), resumed from the last revision seen'],
    why: 'Events have numbers: what was told last says what comes next, at whatever member.',
    wrong: [
      {
        answer: 'a one-shot watch (ZooKeeper), set again after each notification',
        because: 'what changes between a notification and the next watch is seen as one change',
        run: 'one-shot-misses',
      },
      {
        answer:
          'a watch that begins anew from now after each disconnection, or when told that its revision is compacted',
        because: 'what happened meanwhile is told to nobody',
        run: 'watch-from-now-misses',
      },
    ],
  },
  {
    need: 'shared-setting',
    question: 'Two administrators may change one setting at the same time; neither change may vanish unseen.',
    right: ['a write on the condition of the version that was read (version, mod revision, ModifyIndex)'],
    why: 'The second one is refused, reads again and decides again.',
    wrong: [
      {
        answer: 'read, change, put: the service is linearizable',
        because: 'each of the four steps is, and the two pairs interleave',
        run: 'lost-update',
      },
    ],
  },
  {
    need: 'many-waiting',
    question: 'A thousand workers wait for one lock.',
    right: ['each waits for the one before it (sequential nodes, create revisions)'],
    why: 'A release wakes one of them.',
    wrong: [
      {
        answer: 'all watch the key that is held, and try when it goes',
        because: 'a release wakes all of them, and all but one for nothing',
        run: 'herd',
      },
    ],
  },
  {
    need: 'who-is-there',
    question: 'Callers want the addresses of the instances that are up.',
    right: ['keys that belong to a session or lease of the instance, and a watch'],
    why: 'They go when the instance does not renew; how fast is a choice of its time to live.',
    wrong: [
      {
        answer: 'keys that an instance deletes when it stops',
        because: 'one that crashes deletes nothing',
        run: 'expired-registration-stays',
      },
    ],
  },
  {
    need: 'user-data',
    question: 'The orders of a shop have to be kept somewhere that survives a crash.',
    right: ['a database; the service holds which of its nodes leads'],
    why: 'What must be agreed on rarely and read by all belongs into the service, what grows with users does not.',
    wrong: [
      {
        answer: 'the coordination service, which is replicated and linearizable',
        because: 'every write is a decision of the whole group, and more members make it dearer',
        run: 'data-through-one-log',
      },
    ],
  },
];
