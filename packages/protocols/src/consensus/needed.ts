/** A run that shows what the wrong answer costs: `needed.test.ts` makes each. */
export type NeededRun =
  | 'two-leaders'
  | 'disjoint-quorums'
  | 'lost-update'
  | 'two-holders'
  | 'two-controllers'
  | 'logs-differ'
  | 'settings-differ'
  | 'samples-refused'
  | 'index-rebuilt'
  | 'cache-refilled'
  | 'effect-once'
  | 'edits-merged';

/** Something that is built on several nodes, and whether they have to agree on it. */
export interface ConsensusUse {
  readonly use: string;
  readonly needed: boolean;
  readonly why: string;
  /** Shows what goes wrong without it, or what it costs for nothing. */
  readonly run: NeededRun;
}

/** Seven uses that need consensus, and five that do not (S1.45). */
export const CONSENSUS_USES: readonly ConsensusUse[] = [
  {
    use: 'leader election',
    needed: true,
    why: 'without a majority behind it each side of a cut elects a leader of its own',
    run: 'two-leaders',
  },
  {
    use: 'membership changes',
    needed: true,
    why: 'old and new members must agree on when the new ones count, or two majorities need not meet',
    run: 'disjoint-quorums',
  },
  {
    use: 'metadata updates',
    needed: true,
    why: 'of two updates that nobody ordered, one is lost without a word',
    run: 'lost-update',
  },
  {
    use: 'distributed locks',
    needed: true,
    why: 'two nodes that do not agree give one lock to two',
    run: 'two-holders',
  },
  {
    use: 'exactly one active controller',
    needed: true,
    why: 'a node that only knows that the other is silent does not know that it has stopped',
    run: 'two-controllers',
  },
  {
    use: 'replicated logs',
    needed: true,
    why: 'each replica has an order, the order of arrival, and they are different ones',
    run: 'logs-differ',
  },
  {
    use: 'configuration changes that must not diverge',
    needed: true,
    why: 'of two values that were set at once both stay, and nobody says which is in force',
    run: 'settings-differ',
  },
  {
    use: 'best effort telemetry',
    needed: false,
    why: 'counts add up in any order; agreement would refuse samples on the side without a majority',
    run: 'samples-refused',
  },
  {
    use: 'derived search indexes',
    needed: false,
    why: 'they follow from what is kept elsewhere: built again they are the same',
    run: 'index-rebuilt',
  },
  {
    use: 'caches that can be rebuilt',
    needed: false,
    why: 'a node that forgets asks the source again, and costs a read',
    run: 'cache-refilled',
  },
  {
    use: 'idempotent asynchronous side effects',
    needed: false,
    why: 'sent again and recognised, they happen once without anybody agreeing on when',
    run: 'effect-once',
  },
  {
    use: 'data where merge semantics are explicit and acceptable',
    needed: false,
    why: 'both sides write, and the merge of both is the same everywhere',
    run: 'edits-merged',
  },
];

/** One answer, graded. */
export interface GradedUse {
  readonly use: string;
  readonly right: boolean;
  /** Why, and for a wrong answer what its run shows. */
  readonly because: readonly string[];
}

/**
 * Grades answers (by use: is consensus needed?), one for each use; an answer that is missing is wrong. `show` makes a run and says what it shows, a line
 * each.
 */
export function gradeConsensusUses(
  answers: Readonly<Record<string, boolean | undefined>>,
  show: (run: NeededRun) => readonly string[],
): readonly GradedUse[] {
  return CONSENSUS_USES.map(({ use, needed, why, run }) => {
    const right = answers[use] === needed;
    return { use, right, because: right ? [why] : [why, ...show(run)] };
  });
}
