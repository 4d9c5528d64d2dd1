import type { Plain } from '@holdfast/plain';

/** What was measured of a failover in one run. Leave out what was not measured: its question stays open. Times in milliseconds. */
export interface SplitBrainFacts {
  /** When the old leader was known to be unable to act, and when the new one was promoted; null for never. */
  readonly fence?: { readonly confirmedAtMs: number | null; readonly promotedAtMs: number | null };
  /** Acts of earlier epochs that were tried, and refused. */
  readonly staleEpochs?: { readonly tried: number; readonly refused: number };
  /** What both sides of the cut can reach. */
  readonly reachable?: { readonly byOldLeader: readonly string[]; readonly byNewLeader: readonly string[] };
  /** Promotions by order while the old leader was not fenced: tried, and refused. */
  readonly forced?: { readonly tried: number; readonly refused: number };
  /** Acts accepted after the promotion, by the node that clients asked. */
  readonly acceptedAfterwards?: { readonly byOldLeader: number; readonly byNewLeader: number };
  readonly routing?: { readonly clientsFollowAfterMs: number; readonly failoverMs: number };
}

/** One of the six questions about split brain, answered. */
export interface SplitBrainAnswer {
  readonly id: `SB${number}`;
  readonly question: string;
  /** One sentence; says that nothing was measured when that is so. */
  readonly answer: string;
  /** `good` and `bad` are judged from the facts; `open` when they are missing. */
  readonly status: 'good' | 'bad' | 'open';
  readonly evidence: Plain;
}

type Judged = readonly [isGood: boolean, answer: string, evidence: unknown];

/** Answers the six questions about split brain from what a run measured: never from what the design intends. */
export function splitBrainAnswers(facts: SplitBrainFacts): readonly SplitBrainAnswer[] {
  return QUESTIONS.map(([question, judge], i) => {
    const id = `SB${i + 1}` as const;
    const judged = judge(facts);
    if (judged === undefined) {
      return { id, question, answer: 'it was not measured in this run', status: 'open', evidence: null };
    }
    const [isGood, answer, evidence] = judged;
    return { id, question, answer, status: isGood ? 'good' : 'bad', evidence: evidence as Plain };
  });
}

const QUESTIONS: readonly (readonly [
  question: string,
  judge: (facts: SplitBrainFacts) => Judged | undefined,
])[] = [
  [
    'What proves that the old leader cannot write?',
    ({ fence }) => {
      if (fence === undefined) return undefined;
      const { confirmedAtMs, promotedAtMs } = fence;
      if (promotedAtMs === null) return [true, 'nobody was promoted, so nothing had to be proved', fence];
      if (confirmedAtMs === null) return [false, 'nothing: the new one was promoted all the same', fence];
      const words = `it was off at ${confirmedAtMs} ms, and the new one was promoted at ${promotedAtMs} ms`;
      return [confirmedAtMs <= promotedAtMs, words, fence];
    },
  ],
  [
    'What rejects stale epochs?',
    ({ staleEpochs }) =>
      staleEpochs && [
        staleEpochs.tried > 0 && staleEpochs.refused === staleEpochs.tried,
        `what both sides share refused ${staleEpochs.refused} of ${staleEpochs.tried} acts of earlier epochs`,
        staleEpochs,
      ],
  ],
  [
    'Can both sides reach a shared dependency?',
    ({ reachable }) => {
      if (reachable === undefined) return undefined;
      const common = reachable.byOldLeader.filter((name) => reachable.byNewLeader.includes(name));
      const words = common.length === 0 ? 'no: nothing can referee' : `yes: ${common.join(', ')}`;
      return [common.length > 0, words, { ...reachable, common }];
    },
  ],
  [
    'Can an operator accidentally force two primaries?',
    ({ forced }) =>
      forced && [
        forced.tried > 0 && forced.refused === forced.tried,
        `${forced.refused} of ${forced.tried} orders to promote were refused while the old leader was not fenced`,
        forced,
      ],
  ],
  [
    'Are clients pinned to stale endpoints?',
    ({ acceptedAfterwards }) =>
      acceptedAfterwards && [
        acceptedAfterwards.byOldLeader === 0,
        `after the promotion the old leader accepted ${acceptedAfterwards.byOldLeader} acts, the new one ${acceptedAfterwards.byNewLeader}`,
        acceptedAfterwards,
      ],
  ],
  [
    'Is DNS or load balancer state slower than failover?',
    ({ routing }) =>
      routing && [
        routing.clientsFollowAfterMs <= routing.failoverMs,
        `clients followed after ${routing.clientsFollowAfterMs} ms, the failover took ${routing.failoverMs} ms`,
        routing,
      ],
  ],
];
