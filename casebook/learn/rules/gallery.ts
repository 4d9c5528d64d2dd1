import {
  type Experiment,
  matrixExperiment,
  recoveryExperiment,
  type RunResult,
  serviceExperiment,
} from 'holdfast';
import patterns from '../../failure-patterns/experiment.ts';
import inventory from '../../inventory/experiment.ts';
import payments from '../../payment-capture/experiment.ts';
import raft from '../../raft-majority/experiment.ts';

/** A rule of thumb as a pair of runs under the same load and faults: with it, and without it. */
export interface RuleOfThumb {
  readonly rule: string;
  /** What is done in its place. */
  readonly instead: string;
  readonly kept: Experiment;
  readonly ignored: Experiment;
  /** What is counted of both. Default: promises that the run broke. */
  readonly counts?: { readonly what: string; readonly of: (result: RunResult) => number };
}

/** Promises that a run broke. */
export function violations({ verdicts }: RunResult): number {
  return verdicts.filter(({ status }) => status === 'violated').length;
}

/** What a rule counts of a run. */
export function counted({ counts }: RuleOfThumb, result: RunResult): number {
  return counts === undefined ? violations(result) : counts.of(result);
}

/** The nine, in the order of the source. */
export const RULES_OF_THUMB: readonly RuleOfThumb[] = [
  {
    rule: 'one writer, where the invariant is strict',
    instead: 'an account is charged on either side of a partition',
    kept: serviceExperiment('bank'),
    ignored: serviceExperiment('bank', 'bank-pays-on-both-sides'),
  },
  {
    rule: 'an explicit merge, where availability matters',
    instead: 'the cart that arrives last replaces the other',
    kept: matrixExperiment(null),
    ignored: matrixExperiment('last-cart-wins'),
  },
  {
    rule: 'refuse what is ambiguous rather than break an invariant',
    instead: 'whoever is cut off from the stock reserves of it all the same',
    kept: matrixExperiment(null),
    ignored: matrixExperiment('reserves-locally'),
  },
  {
    rule: 'ids of operations, not guesses from what they hold',
    instead: 'a provider is asked again without a key, and cannot tell a repetition from another payment',
    kept: payments.better,
    ignored: payments['no-key'],
  },
  {
    rule: 'state machines that go forward only',
    instead: 'a payment sets its status on a reservation that had ended',
    kept: inventory.reservations,
    ignored: inventory['pays-what-is-gone'],
  },
  {
    rule: 'bounded queues that push back',
    instead: 'a queue takes whatever comes',
    kept: patterns['slow-consumer-bounded'],
    ignored: patterns['slow-consumer'],
    counts: {
      what: 'messages that wait in memory at most',
      of: ({ metrics }) => metrics['longestBacklog'] ?? Number.NaN,
    },
  },
  {
    rule: 'a boring implementation of consensus',
    instead: 'a protocol of one’s own: whoever believes to lead may answer',
    kept: raft.better,
    ignored: raft.wrong,
  },
  {
    rule: 'reconciliation from what is durable, not belief that each message arrives once',
    instead: 'what was never answered is not asked about again',
    kept: payments.better,
    ignored: payments['no-reconciliation'],
  },
  {
    rule: 'failover paths that were tried before the incident',
    instead: 'a restart that was tried only while its dependency was up',
    kept: recoveryExperiment('last-known-settings'),
    ignored: recoveryExperiment('settings-service'),
  },
];

/** The trial that the last rule asks for: with its dependency up the path that fails in the incident works, so only a trial of the worse case tells. */
export const EASY_TRIAL: Experiment = recoveryExperiment('settings-service', false);
