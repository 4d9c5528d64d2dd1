import type experiments from './experiment.ts';

/** The name of an experiment of this folder. */
export type PatternExperiment = keyof typeof experiments;

/** A failure pattern: what it is, what shows it, and the experiments without what tames it and with it. */
export interface FailurePattern {
  readonly name: string;
  readonly about: string;
  readonly mitigation: string;
  readonly without: PatternExperiment;
  readonly with: readonly PatternExperiment[];
  /** What an operator watches, and from which value on it says that this pattern is there. */
  readonly detector: { readonly metric: string; readonly above: number };
  /** The detector goes on showing the cause when it has become harmless. */
  readonly causeRemains?: boolean;
}

/** Patterns with detector and mitigation. */
export const PATTERNS: readonly FailurePattern[] = [
  {
    name: 'thundering herd',
    about: 'many clients wake or refresh at one instant',
    mitigation: 'jitter on the timer, or one request for all',
    without: 'thundering-herd',
    with: ['thundering-herd-jittered', 'thundering-herd-coalesced'],
    detector: { metric: 'peakAtOrigin', above: 40 },
  },
  {
    name: 'cache stampede',
    about: 'a hot key expires and every caller computes it',
    mitigation: 'single flight; a soft expiry, so that nobody waits',
    without: 'cache-stampede',
    with: ['cache-stampede-tamed'],
    detector: { metric: 'atOnce', above: 1 },
  },
  {
    name: 'hot partition',
    about: 'one shard gets more than its share',
    mitigation: 'hot keys are split over all shards',
    without: 'hot-partition',
    with: ['hot-partition-split'],
    detector: { metric: 'maxOverMean', above: 1.5 },
  },
  {
    name: 'poison message',
    about: 'one message fails again and again, and those behind it wait',
    mitigation: 'it is set aside after four tries',
    without: 'poison-message',
    with: ['poison-message-set-aside'],
    detector: { metric: 'waitingAtEnd', above: 20 },
  },
  {
    name: 'slow consumer',
    about: 'messages come faster than they are consumed, for a while',
    mitigation: 'backpressure: publishers are told',
    without: 'slow-consumer',
    with: ['slow-consumer-bounded'],
    detector: { metric: 'longestBacklog', above: 60 },
  },
  {
    name: 'retry storm',
    about: 'callers who try again overload what is weak, and keep it so',
    mitigation: 'a retry budget, backoff with jitter, deadlines, admission control',
    without: 'retry-storm',
    with: ['retry-storm-budget'],
    detector: { metric: 'amplification', above: 1.5 },
  },
  {
    name: 'gray failure',
    about: 'a replica answers its health checks and is too slow for its work',
    mitigation: 'a breaker for each replica; figures by replica show it, their mean hides it',
    without: 'gray-failure',
    with: ['gray-failure-ejected'],
    detector: { metric: 'slowestReplica', above: 3 },
  },
  {
    name: 'clock skew incident',
    about: 'a clock is ahead, and order is taken from it',
    mitigation: 'version vectors; the skew stays visible',
    without: 'clock-skew',
    with: ['clock-skew-vectors'],
    detector: { metric: 'worstSkewMs', above: 500 },
    causeRemains: true,
  },
  {
    name: 'cascading failure',
    about: 'one dependency stands still, and takes with it what never needed it',
    mitigation: 'a bulkhead: so many workers may wait for it',
    without: 'cascading-failure',
    with: ['cascading-failure-bulkhead'],
    detector: { metric: 'longestQueue', above: 50 },
  },
  {
    name: 'coordinated omission',
    about: 'a meter that waits for each answer leaves out those who would have waited',
    mitigation: 'an open load, or the corrected histogram',
    without: 'coordinated-omission',
    with: ['coordinated-omission-corrected'],
    detector: { metric: 'leftOut', above: 10 },
  },
];
