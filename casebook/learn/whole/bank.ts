import type { Question } from 'holdfast';
import {
  bridgeEvidence,
  capEvidence,
  clocksEvidence,
  type Evidence,
  leadersEvidence,
  raftEvidence,
  resumeEvidence,
  silenceEvidence,
  staleEvidence,
  timeoutEvidence,
} from './runs.ts';

/** A question with the runs that answer it. Its `because` is the model answer. */
export interface BackedQuestion extends Question {
  readonly evidence: () => Evidence;
}

/** The five questions of somebody on call, each answered by runs. */
export const ON_CALL: readonly BackedQuestion[] = [
  {
    id: 'timed-out',
    question: 'My service replied 200 OK, but the caller timed out. Did the side effect happen?',
    right: 'it did; but the caller cannot know, and must ask again under the same name',
    because: 'the answer was lost on its way; from the caller this looks as if the request had been lost',
    evidence: silenceEvidence,
    wrong: [
      {
        choice: 'no: a timeout undoes the call',
        belief: 'a timeout is a failure: it is an outcome that is not known',
      },
      {
        choice: 'it did, and the caller may go on',
        belief: 'no answer means that it will have gone through: it may never have arrived',
      },
    ],
  },
  {
    id: 'two-leaders',
    question: 'Two of my nodes each claim to be the leader. What did I configure wrong?',
    right: 'perhaps nothing: one of them has an older term, and commits nothing',
    because:
      'a leader that is cut off does not know it yet; terms and majorities keep it from doing harm, where everything it writes to compares them',
    evidence: leadersEvidence,
    wrong: [
      {
        choice: 'the election: there must never be two that believe to lead',
        belief: 'two leaders are a defect of the election: no election can tell one that is cut off',
      },
      {
        choice: 'the timeout: with a longer one it does not happen',
        belief: 'a long timeout is safe: it makes it rarer, and takeovers later',
      },
    ],
  },
  {
    id: 'stale-read',
    question:
      'My eventually consistent store returned stale data after a retry. Is that a bug or the contract?',
    right:
      'it is what the contract of that read says: a bug where linearizable reads are promised, and none where staleness is',
    because:
      'the same read breaks one contract and keeps the other; the retry may have gone to another replica',
    evidence: staleEvidence,
    wrong: [
      {
        choice: 'a bug: a retry must not be older than the first try',
        belief: 'every read is at least as new as the last: only where session guarantees say so',
      },
      {
        choice: 'no bug: stores are eventually consistent',
        belief: 'a store has one contract: each read path has its own',
      },
    ],
  },
  {
    id: 'resume',
    question: 'My cross-service workflow failed in the middle. How do I go on without charging twice?',
    right:
      'ask again under the name of the first request, which the other side kept in the step of the effect',
    because: 'then it does not matter whether the charge was made before the crash',
    evidence: resumeEvidence,
    wrong: [
      {
        choice: 'start anew: what failed was not done',
        belief: 'no answer means that nothing happened: it may have been done, and the answer lost',
      },
      {
        choice: 'undo everything first',
        belief: 'compensation needs no name: it too may be lost, or done twice',
      },
    ],
  },
  {
    id: 'uses-raft',
    question: 'My library says that it uses Raft. What do I get, and what do I give up?',
    right:
      'one log that a majority holds; writes on the minority side wait, and reads are as fresh only as the read path asks for',
    because:
      'consensus orders what goes through it: an answer before the commit, or a read past it, is outside of what it promises',
    evidence: raftEvidence,
    wrong: [
      {
        choice: 'linearizable reads and writes, whatever I call',
        belief: 'Raft makes every read linearizable: only those that ask a quorum or hold a lease',
      },
      {
        choice: 'availability through any partition',
        belief: 'consensus makes a system available: on the side without a majority it must wait',
      },
    ],
  },
];

/** Questions of interviews, each with a model answer and the runs behind it (S2.44). */
export const INTERVIEW: readonly BackedQuestion[] = [
  {
    id: 'consensus-possible',
    question: 'Is consensus possible in an asynchronous system in which a process may crash?',
    right:
      'no deterministic algorithm always decides there; real ones are always safe, and decide while delays are bounded',
    because:
      'FLP: a schedule can keep any deterministic algorithm undecided for ever. Timeouts, or randomisation, give up that guarantee and nothing of safety',
    evidence: timeoutEvidence,
    wrong: [
      {
        choice: 'yes: Raft does it',
        belief: 'Raft refutes FLP: it is safe always and live only while delays are bounded',
      },
      {
        choice: 'no, and so replicated logs cannot be trusted',
        belief: 'FLP forbids consensus: it forbids only that it always ends, in a system without bounds',
      },
    ],
  },
  {
    id: 'dead-or-slow',
    question: 'How do you tell a dead node from a slow one?',
    right: 'not at all with certainty: a detector chooses between finding out late and being wrong',
    because:
      'until it answers, the two look the same; so what follows from a suspicion must be safe when it is wrong (fencing, terms)',
    evidence: timeoutEvidence,
    wrong: [
      {
        choice: 'by a timeout longer than the longest pause',
        belief: 'a long timeout is safe: a pause may be longer still, and the dead are waited for',
      },
      {
        choice: 'by phi accrual',
        belief: 'an adaptive timeout knows the dead: it guesses from the past like any other',
      },
    ],
  },
  {
    id: 'lamport-or-vector',
    question: 'When Lamport clocks, when vector clocks?',
    right:
      'Lamport for one order in which no effect is before its cause; vectors where concurrent events must be told from ordered ones',
    because:
      'a Lamport stamp puts concurrent events in some order and does not say so; a vector tells, and grows with the actors',
    evidence: clocksEvidence,
    wrong: [
      {
        choice: 'Lamport always: vectors are too large',
        belief: 'the smaller Lamport stamp happened before: concurrent events have stamps, too',
      },
      {
        choice: 'neither, with NTP',
        belief: 'synchronised clocks order events: only those further apart than the error',
      },
    ],
  },
  {
    id: 'cap',
    question: 'Is your system CP or AP?',
    right: 'that is asked of each operation, and only while there is a partition',
    because: 'a payment may wait while a profile is still read; one label hides both',
    evidence: capEvidence,
    wrong: [
      {
        choice: 'CA: we have a good network',
        belief: 'partitions are optional: they happen, and the choice is made then',
      },
      {
        choice: 'AP: we need to be available',
        belief: 'one label describes a system: each operation has a contract of its own',
      },
    ],
  },
  {
    id: 'flp-in-practice',
    question: 'What does FLP look like in production?',
    right:
      'a cluster that is safe and does not get anywhere while delays exceed its timeouts: leaders come and go',
    because:
      'safety is never given up; liveness is, until delays are bounded again. Randomised timeouts and pre-vote make it rare',
    evidence: bridgeEvidence,
    wrong: [
      {
        choice: 'two different values decided',
        belief: 'FLP is about wrong decisions: it is about decisions that do not come',
      },
      { choice: 'nothing: it is theory', belief: 'FLP is of no consequence: elections that never end are' },
    ],
  },
  {
    id: 'partial-partition',
    question:
      'In a partial partition A reaches C, and D reaches C, but A and D do not reach each other. What is the danger for a system of counted majorities?',
    right: 'that it gets nowhere: leaders depose each other; two majorities still share a node',
    because:
      '{A, B, C} and {C, D, E} share C, so that nothing is decided twice; but without pre-vote and check-quorum leadership flaps',
    evidence: bridgeEvidence,
    wrong: [
      {
        choice: 'that two majorities decide differently',
        belief: 'quorums of a partial partition need not overlap: counted majorities always do',
      },
      {
        choice: 'none: it heals by itself',
        belief: 'only full partitions matter: most detectors expect those',
      },
    ],
  },
  {
    id: 'bft-internally',
    question: 'Somebody wants Byzantine fault tolerance for an internal service. What do you say?',
    right:
      'mostly not: crash tolerance with checksums and authentication, unless members must not be able to deceive each other',
    because:
      'it takes 3f + 1 members in place of 2f + 1 and far more messages, and a bug that all members share defeats it',
    evidence: raftEvidence,
    wrong: [
      {
        choice: 'yes: bugs are Byzantine faults',
        belief: 'BFT guards against bugs: all members run the same one',
      },
      { choice: 'no: hardware does not lie', belief: 'nobody lies in a datacentre: memory and firmware do' },
    ],
  },
  {
    id: 'pacelc',
    question: 'What does PACELC add to CAP?',
    right: 'that without a partition there is a choice as well: latency, or consistency',
    because:
      'a read that asks a quorum costs a round trip on every calm day; it is chosen for each operation and setting',
    evidence: staleEvidence,
    wrong: [
      {
        choice: 'that availability and latency are the same',
        belief: 'PACELC renames CAP: it speaks of the time without partitions',
      },
      {
        choice: 'a class for each product',
        belief: 'a product has one PACELC class: read and write settings decide',
      },
    ],
  },
  ...ON_CALL.filter(({ id }) => id === 'two-leaders'),
];
