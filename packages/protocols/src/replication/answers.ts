import type { Plain } from '@holdfast/plain';
import type { AcknowledgeLevel } from './acknowledge.ts';

/** What was measured of a group of replicas in one run. Leave out what was not measured: its question stays open. */
export interface ReplicationFacts {
  /** Digests of the replicas' states, taken at one applied index at least twice: under faults and at the end. */
  readonly digests?: { readonly underFaults: readonly number[]; readonly atTheEnd: readonly number[] };
  /** Writes accepted, by node. */
  readonly acceptedBy?: Readonly<Record<number, number>>;
  readonly failover?: { readonly windowMs: number; readonly lost: number; readonly discarded: number };
  /** Reads that replicas served, and how many of them were older than the last acknowledged write. */
  readonly replicaReads?: { readonly served: number; readonly stale: number };
  /** Pairs of the lag metric and the truth, in entries, with nothing in flight. */
  readonly lag?: readonly { readonly metric: number; readonly truth: number }[];
  readonly conflicts?: { readonly rule: string; readonly counted: number; readonly truth: number };
  readonly acknowledge?: { readonly level: AcknowledgeLevel; readonly copiesAtAnswer: number };
  readonly schema?: {
    readonly versions: readonly number[];
    readonly applied: number;
    readonly stoppedAt: string | null;
  };
  readonly bootstrap?: { readonly writesMeanwhile: number; readonly missing: number };
  readonly corruption?: { readonly injected: number; readonly found: number; readonly rebuilt: number };
}

/** One of the ten questions, answered. */
export interface ReplicationAnswer {
  readonly id: `RQ${number}`;
  readonly question: string;
  /** One sentence; says that nothing was measured when that is so. */
  readonly answer: string;
  /** `good` and `bad` are judged from the facts; `open` when they are missing. */
  readonly status: 'good' | 'bad' | 'open';
  readonly evidence: Plain;
}

/** Answers the ten replication questions from what a run measured: never from what the design intends. */
export function replicationAnswers(facts: ReplicationFacts): readonly ReplicationAnswer[] {
  return QUESTIONS.map(([question, judge], i) => {
    const id = `RQ${i + 1}` as const;
    const judged = judge(facts);
    if (judged === undefined) {
      return { id, question, answer: 'it was not measured in this run', status: 'open', evidence: null };
    }
    const [isGood, answer, evidence] = judged;
    return { id, question, answer, status: isGood ? 'good' : 'bad', evidence: evidence as Plain };
  });
}

type Judged = readonly [isGood: boolean, answer: string, evidence: unknown];

const same = (digests: readonly number[]): boolean => new Set(digests).size <= 1;

const QUESTIONS: readonly (readonly [
  question: string,
  judge: (facts: ReplicationFacts) => Judged | undefined,
])[] = [
  [
    'Can replicas diverge?',
    ({ digests }) =>
      digests && [
        same(digests.atTheEnd),
        `${same(digests.underFaults) ? 'they did not differ' : 'they differed'} under faults and ` +
          `${same(digests.atTheEnd) ? 'agree' : 'still differ'} in the end`,
        digests,
      ],
  ],
  [
    'Who accepts writes?',
    ({ acceptedBy }) =>
      acceptedBy && [
        true,
        `nodes ${Object.keys(acceptedBy)
          .filter((node) => (acceptedBy[Number(node)] ?? 0) > 0)
          .join(', ')}`,
        acceptedBy,
      ],
  ],
  [
    'What happens at failover?',
    ({ failover }) =>
      failover && [
        failover.lost === 0,
        `no writes for ${failover.windowMs} ms; ${failover.lost} acknowledged writes lost, ` +
          `${failover.discarded} unacknowledged ones discarded`,
        failover,
      ],
  ],
  [
    'Which reads may use replicas?',
    ({ replicaReads }) =>
      replicaReads && [
        true,
        replicaReads.stale === 0
          ? `none of ${replicaReads.served} replica reads was stale in this run`
          : `only those that may be stale: ${replicaReads.stale} of ${replicaReads.served} were`,
        replicaReads,
      ],
  ],
  [
    'How is lag measured?',
    ({ lag }) =>
      lag && [
        lag.length > 0 && lag.every(({ metric, truth }) => metric === truth),
        `in entries; the metric equalled the truth in ${lag.filter(({ metric, truth }) => metric === truth).length} of ${lag.length} samples`,
        lag,
      ],
  ],
  [
    'How are conflicts resolved?',
    ({ conflicts }) =>
      conflicts && [
        conflicts.counted === conflicts.truth,
        `by ${conflicts.rule}; ${conflicts.counted} counted, ${conflicts.truth} happened`,
        conflicts,
      ],
  ],
  [
    'Synchronous, semi-synchronous or asynchronous?',
    ({ acknowledge }) =>
      acknowledge && [
        true,
        `${acknowledge.level}: ${acknowledge.copiesAtAnswer} durable copies when the client was answered`,
        acknowledge,
      ],
  ],
  [
    'Are schema changes replicated safely?',
    ({ schema }) =>
      schema && [
        schema.versions.length > 1 && (schema.applied > 0 || schema.stoppedAt !== null),
        `versions ${schema.versions.join(' and ')} replicated ${schema.applied} changes` +
          (schema.stoppedAt === null ? '' : ` and stopped at ${schema.stoppedAt}`),
        schema,
      ],
  ],
  [
    'How does a new replica start?',
    ({ bootstrap }) =>
      bootstrap && [
        bootstrap.missing === 0,
        `from a snapshot while ${bootstrap.writesMeanwhile} writes went on; it lacks ${bootstrap.missing}`,
        bootstrap,
      ],
  ],
  [
    'Is a corrupt replica found and rebuilt?',
    ({ corruption }) =>
      corruption && [
        corruption.injected > 0 &&
          corruption.found >= corruption.injected &&
          corruption.rebuilt >= corruption.injected,
        `${corruption.found} of ${corruption.injected} flips found, ${corruption.rebuilt} rebuilt`,
        corruption,
      ],
  ],
];
