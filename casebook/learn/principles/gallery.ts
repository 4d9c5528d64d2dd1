import { type Experiment, planRun, type RunResult, simulate, simulatePlan } from 'holdfast';
import capExperiments from '../../cap-per-operation/experiment.ts';
import fallacies from '../../eight-fallacies/experiment.ts';
import patterns from '../../failure-patterns/experiment.ts';
import silence from '../../silence/experiment.ts';
import { seenByShop } from '../../silence/seen.ts';
import { DEEDS, notes } from './notes.ts';

/** One of the first principles, and the runs that show it. */
export interface Principle {
  readonly name: string;
  /** What the assertion says. */
  readonly shows: string;
  /** The scenarios to run; each is in `experiment.ts` of this folder. */
  readonly scenarios: Readonly<Record<string, Experiment>>;
  /** The same without its fault: undefined where the faults of the plan are left out. */
  readonly calm?: Experiment;
  /** Whether the assertion looks into the trace. */
  readonly traced?: boolean;
  /** The assertion, over one run of each scenario. */
  readonly holds: (runs: readonly RunResult[]) => boolean;
}

const violated = ({ status }: RunResult): boolean => status === 'violated';
const all = (runs: readonly RunResult[]): boolean => runs.every(violated);
const paid = ({ metrics }: RunResult): number => metrics['paid when the shop gives up'] ?? 0;

/** The eleven, in the order of the source. */
export const PRINCIPLES: readonly Principle[] = [
  {
    name: 'networks are unreliable',
    shows: 'a program that tells its warehouse once loses orders',
    scenarios: { 'networks-are-unreliable': fallacies.reliable },
    calm: fallacies['reliable-while-true'],
    holds: all,
  },
  {
    name: 'latency is variable',
    shows: 'a page that asks for its items one after the other is late when they are further away',
    scenarios: { 'latency-is-variable': fallacies['zero-latency'] },
    calm: fallacies['zero-latency-while-true'],
    holds: all,
  },
  {
    name: 'clocks disagree',
    shows: 'edits vanish that were made after others, as a clock is three seconds ahead',
    scenarios: { 'clocks-disagree': patterns['clock-skew'] },
    // Exact clocks lose concurrent edits as well; edits that had read the winner only skewed ones.
    holds: (runs) => runs.every(({ metrics }) => (metrics['lostNewer'] ?? 0) > 0),
  },
  {
    name: 'processes pause',
    shows: 'a payment is made twice, as the bank stood still and was not dead',
    scenarios: { 'processes-pause': silence['the bank is slow: not done'] },
    holds: all,
  },
  {
    name: 'messages are lost, duplicated, reordered, corrupted or delayed',
    shows: 'each of the five makes what is read another thing than what was sent',
    scenarios: Object.fromEntries(
      Object.entries(DEEDS).map(([deed, fault]) => [`messages-are-${deed}`, notes(deed, [fault])]),
    ),
    holds: all,
  },
  {
    name: 'failures are partial',
    shows: 'the bank is down and the shop is up, and takes a payment that was made for one that was not',
    scenarios: { 'failures-are-partial': silence['the bank crashed after: not done'] },
    holds: all,
  },
  {
    name: 'retries amplify outages',
    shows: 'a slow disk for some seconds becomes an outage that lasts, as everybody asks again',
    scenarios: { 'retries-amplify': patterns['retry-storm'] },
    holds: all,
  },
  {
    name: 'observability is incomplete',
    shows: 'two runs look the very same to the shop, and in one of them the customer has paid',
    scenarios: {
      'not-seen-lost-request': silence['the request was lost: not known'],
      'not-seen-lost-answer': silence['the answer was lost: not known'],
    },
    traced: true,
    holds: ([request, answer]) =>
      request !== undefined &&
      answer !== undefined &&
      seenByShop(request) === seenByShop(answer) &&
      paid(request) !== paid(answer),
  },
  {
    name: 'operators are part of the system',
    shows: 'a second administrator at another console undoes the change of the first',
    scenarios: { 'operators-are-part': fallacies['one-administrator'] },
    calm: fallacies['one-administrator-while-true'],
    holds: all,
  },
  {
    name: 'backpressure must cross service boundaries',
    shows: 'one service stands still, and a page that does not need it goes down with it',
    scenarios: { 'backpressure-must-cross': patterns['cascading-failure'] },
    holds: all,
  },
  {
    name: 'correctness depends on explicit invariants',
    shows: 'nearly everybody is answered with success, and the invariant is broken: only a checker sees it',
    scenarios: { 'invariants-must-be-explicit': capExperiments.wrong },
    holds: ([run]) =>
      run !== undefined &&
      violated(run) &&
      run.history.operations.filter(({ outcome }) => outcome === 'ok').length >
        0.9 * run.history.operations.length,
  },
];

/** What the runs of a principle say. */
export interface Shown {
  readonly with: boolean;
  readonly without: boolean;
  /** Events of the longest run: a world handles some hundred thousand in a second. */
  readonly events: number;
}

/** Whether the assertion of a principle holds with its fault, and without. */
export function shown({ scenarios, calm, holds, traced: trace = false }: Principle, seed: number): Shown {
  const list = Object.values(scenarios);
  const faulty = list.map((each) => simulate(each, seed, { trace }));
  const without = list.map((each) => {
    if (calm !== undefined) return simulate(calm, seed, { trace });
    return simulatePlan(each, { ...planRun(each, seed), faults: [] }, { trace });
  });
  const events = Math.max(...faulty.map((run) => run.events));
  return { with: holds(faulty), without: holds(without), events };
}
