import { type Attempt, standingOf } from '../record.ts';
import type { WordingFinding } from './wording.ts';

/** A document of the learner's, with what its words were found to say. */
export interface LintedDocument {
  readonly name: string;
  readonly findings: readonly WordingFinding[];
}

/** A statement of the completion standard. */
export interface Statement {
  readonly statement: string;
  /** Exercises of which any one of each group must be passed. */
  readonly groups: readonly (readonly string[])[];
}

/** The statements that exercises show; the eighth is shown by the learner's documents. */
export const COMPLETION_STATEMENTS: readonly Statement[] = [
  { statement: 'enumerates the eight fallacies without looking them up', groups: [['eight-fallacies']] },
  { statement: 'argues why a timeout is a guess, and connects it to FLP', groups: [['any-timeout']] },
  {
    statement: 'computes Lamport and vector timestamps by hand',
    groups: [
      ['lamport-by-hand', 'pairs-by-hand'],
      ['vectors-by-hand', 'pairs-by-hand'],
    ],
  },
  {
    statement: "has written Raft's rules so that they run: election and what becomes of entries",
    groups: [['kata-election'], ['predict-a-raft-run']],
  },
  {
    statement: 'has traced a run of Paxos, and one of Raft with a re-election',
    groups: [['paxos-override', 'paxos-duel'], ['predict-a-raft-run']],
  },
  { statement: 'designs an idempotent API with a key, end to end', groups: [['kata-api']] },
  { statement: 'has labelled a real outage with what it shows', groups: [['kata-postmortem']] },
];

/** The eighth statement. */
export const WORDING_STATEMENT = 'no longer says "exactly-once delivery" as if it were free';

/** How a statement stands. */
export interface StatementStanding {
  readonly statement: string;
  readonly passes: boolean;
  /** The attempts that show it, or what is missing. */
  readonly reason: string;
}

/** The eight statements of the completion standard, by graded attempts and by the words of documents. */
export function completionStandard(
  attempts: readonly Attempt[],
  documents: readonly LintedDocument[],
): readonly StatementStanding[] {
  return [
    ...COMPLETION_STATEMENTS.map(({ statement, groups }): StatementStanding => {
      const found = groups.map((names) => names.find((name) => standingOf(name, attempts).passed));
      const missing = groups.find((_, i) => found[i] === undefined);
      if (missing !== undefined) return { statement, passes: false, reason: `pass ${missing.join(' or ')}` };
      const shown = [...new Set(found)].map(
        (name = '') => `${name} (seed ${standingOf(name, attempts).seeds.join(', ')})`,
      );
      return { statement, passes: true, reason: shown.join(', ') };
    }),
    wordingStanding(documents),
  ];
}

function wordingStanding(documents: readonly LintedDocument[]): StatementStanding {
  const statement = WORDING_STATEMENT;
  if (documents.length === 0)
    return { statement, passes: false, reason: 'no document of yours was given to be read' };
  const bad = documents.find(({ findings }) => findings.length > 0);
  if (bad === undefined)
    return { statement, passes: true, reason: documents.map(({ name }) => name).join(', ') };
  const [first] = bad.findings;
  return {
    statement,
    passes: false,
    reason: `${bad.name}:${first?.line ?? 0}: "${first?.text ?? ''}": ${first?.belief ?? ''}`,
  };
}
