import type { Plain } from '@holdfast/plain';

/** What was measured of leases in one run, and what its setting did. Leave out what was not measured: its question stays open. */
export interface LeaseFacts {
  /** The clock that durations are measured by, and how long a host was suspended at most, in milliseconds. */
  readonly clock?: { readonly onSuspend: 'stops' | 'continues'; readonly suspendedMs: number };
  readonly assumed?: { readonly maxDriftPpm: number; readonly leaseMs: number; readonly grantMs: number };
  /** The worst that happened: drift of a clock against true time, and the longest pause. */
  readonly worst?: { readonly driftPpm: number; readonly pauseMs: number };
  /** Calls the resource refused for their token, and those it carried out behind a higher one. */
  readonly fencing?: { readonly refused: number; readonly lowerAccepted: number };
  /** What holders did after another had taken over: reads from memory, and writes carried out. */
  readonly stale?: { readonly reads: number; readonly writes: number };
  readonly tenures?: number;
  /** Copies and latecomers among renewals, and those that gave more time. */
  readonly renewals?: { readonly copies: number; readonly extended: number };
  /** Requests refused as no lease was had. */
  readonly withoutLease?: { readonly refused: number };
}

/** One of the six questions about a lease, answered. */
export interface LeaseAnswer {
  readonly id: `LS${number}`;
  readonly question: string;
  /** One sentence; says that nothing was measured when that is so. */
  readonly answer: string;
  /** `good` and `bad` are judged from the facts; `open` when they are missing. */
  readonly status: 'good' | 'bad' | 'open';
  readonly evidence: Plain;
}

type Judged = readonly [isGood: boolean, answer: string, evidence: unknown];

/** Answers the six questions about a lease from what a run measured: never from what the design intends. */
export function leaseAnswers(facts: LeaseFacts): readonly LeaseAnswer[] {
  return QUESTIONS.map(([question, judge], i) => {
    const id = `LS${i + 1}` as const;
    const judged = judge(facts);
    if (judged === undefined) {
      return { id, question, answer: 'it was not measured in this run', status: 'open', evidence: null };
    }
    const [isGood, answer, evidence] = judged;
    return { id, question, answer, status: isGood ? 'good' : 'bad', evidence: evidence as Plain };
  });
}

const QUESTIONS: readonly (readonly [question: string, judge: (facts: LeaseFacts) => Judged | undefined])[] =
  [
    [
      'Which clock measures the lease?',
      ({ clock }) =>
        clock && [
          clock.onSuspend === 'continues',
          clock.onSuspend === 'continues'
            ? `one that goes on while the host sleeps; it slept ${clock.suspendedMs} ms at most`
            : `one that stops while the host sleeps: after ${clock.suspendedMs} ms the lease looks as young as before`,
          clock,
        ],
    ],
    [
      'What skew and pause are assumed?',
      ({ assumed, worst }) =>
        assumed &&
        worst && [
          worst.driftPpm <= assumed.maxDriftPpm,
          `drift up to ${assumed.maxDriftPpm} ppm, seen ${worst.driftPpm}; no pause is assumed, seen ${worst.pauseMs} ms`,
          { assumed, worst },
        ],
    ],
    [
      'Does the resource check fencing tokens?',
      ({ fencing }) =>
        fencing && [
          fencing.refused > 0 && fencing.lowerAccepted === 0,
          fencing.lowerAccepted > 0
            ? 'no: it carried out calls behind a higher token'
            : `it refused ${fencing.refused} calls and carried out none behind a higher token`,
          fencing,
        ],
    ],
    [
      'What can a stale holder still do?',
      ({ stale, tenures }) =>
        stale && [
          stale.reads === 0 && stale.writes === 0,
          `in ${tenures ?? 'some'} tenures: ${stale.reads} reads and ${stale.writes} writes after another had taken over`,
          { ...stale, tenures: tenures ?? null },
        ],
    ],
    [
      'Is renewal idempotent?',
      ({ renewals }) =>
        renewals && [
          renewals.copies > 0 && renewals.extended === 0,
          `${renewals.copies} copies and latecomers came, ${renewals.extended} of them gave more time`,
          renewals,
        ],
    ],
    [
      'What happens while the lease service is not there?',
      ({ withoutLease }) =>
        withoutLease && [
          withoutLease.refused > 0,
          `nothing is served: ${withoutLease.refused} requests were refused for want of a lease`,
          withoutLease,
        ],
    ],
  ];
