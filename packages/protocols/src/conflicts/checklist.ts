import type { Plain } from '@holdfast/plain';

/** What was declared and measured of one data type under concurrent writes. Leave out what was not measured. */
export interface ConflictFacts {
  readonly dataType: string;
  readonly strategy: 'last-write-wins' | 'application-merge' | 'manual' | 'reject';
  /** Concurrent pairs in the history. */
  readonly concurrentPairs?: number;
  /** Whether silent loss is declared acceptable, and how many writes were lost silently. */
  readonly silentLoss?: { readonly accepted: boolean; readonly measured: number };
  /** Merges tried in a property test, and how many broke an invariant or a law. */
  readonly merges?: { readonly tried: number; readonly broken: number };
  /** Conflicts open before a crash, and after it. */
  readonly afterCrash?: { readonly before: number; readonly after: number };
  /** Conflicts, and those of them whose versions a user was shown. */
  readonly shown?: { readonly conflicts: number; readonly exposed: number };
  /** Requests sent again after a conflict, and effects beyond the first. */
  readonly retries?: { readonly repeated: number; readonly extraEffects: number };
  readonly rate?: { readonly metric: number; readonly truth: number };
}

/** One of the seven questions, answered for one data type. */
export interface ConflictAnswer {
  readonly id: `CF${number}`;
  readonly question: string;
  /** `open` when nothing was measured. */
  readonly status: 'good' | 'bad' | 'open';
  readonly evidence: Plain;
}

type Judge = (facts: ConflictFacts) => readonly [isGood: boolean, evidence: unknown] | undefined;

const QUESTIONS: readonly (readonly [string, Judge])[] = [
  ['Can concurrent writes happen?', ({ concurrentPairs: n }) => (n === undefined ? n : [true, { pairs: n }])],
  ['Is silent loss acceptable?', ({ silentLoss: l }) => l && [l.accepted || l.measured === 0, l]],
  ['Does the merge preserve invariants?', ({ merges: m }) => m && [m.tried > 0 && m.broken === 0, m]],
  ['Is conflict metadata durable?', ({ afterCrash: c }) => c && [c.before > 0 && c.after === c.before, c]],
  ['Can users see and repair conflicts?', ({ shown: s }) => s && [s.exposed === s.conflicts, s]],
  [
    'Are retries safe after a conflict response?',
    ({ retries: r }) => r && [r.repeated > 0 && r.extraEffects === 0, r],
  ],
  ['Is the conflict rate measured?', ({ rate: r }) => r && [r.metric === r.truth, r]],
];

/** Answers the seven conflict questions for one data type from what was measured. */
export function conflictAnswers(facts: ConflictFacts): readonly ConflictAnswer[] {
  return QUESTIONS.map(([question, judge], i) => {
    const id = `CF${i + 1}` as const;
    const judged = judge(facts);
    if (judged === undefined) return { id, question, status: 'open', evidence: null };
    return { id, question, status: judged[0] ? 'good' : 'bad', evidence: judged[1] as Plain };
  });
}
