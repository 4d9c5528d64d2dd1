import { describeService, type ReviewedService, type ServiceDescription } from 'holdfast';
import { COPIES } from './copies.ts';
import { FRONT, type FrontBuild } from './front.ts';
import { copiesRehearsals, frontOf, frontRehearsals, ORDERS } from './orders.ts';
import { relayed } from './mail.ts';
import { splitBrain } from './store.ts';

type Operation = ServiceDescription['operations'][string];

function varied(change: Partial<ServiceDescription>): ReviewedService {
  const rehearsals = { ...ORDERS.rehearsals, ...change.rehearsals };
  return describeService({ ...ORDERS, ...change, rehearsals });
}

function operation(name: 'order' | 'status', change: Partial<Operation>): ReviewedService {
  const before = ORDERS.operations[name] as Operation;
  return varied({ operations: { ...ORDERS.operations, [name]: { ...before, ...change } } });
}

function built(change: Partial<FrontBuild>): ReviewedService {
  const build = { ...FRONT, ...change };
  return varied({ ...frontOf(build), rehearsals: frontRehearsals(build) });
}

/** For each rule the service that breaks it, and no other: one part of the good one is missing. */
const variants = {
  /** Nobody watches orders. */
  DR1: operation('order', { monitors: [] }),
  /** Nobody has said what a read may return. */
  DR2: operation('status', { consistency: null }),
  /** The front waits for the stock longer than anybody waits for the front. */
  DR3: built({ stockMs: 5_000 }),
  /** All clients that failed together come back together. */
  DR4: built({ policy: FRONT.policy.replace('Jitter: full', 'Jitter: none') }),
  /** An order that comes twice is taken twice. */
  DR5: built({ keyed: false }),
  /** Whoever sends the mail does not remember what it has sent. */
  DR6: varied({
    rehearsals: { 'crash-between': { experiment: relayed(false), shows: relayShows() } },
  }),
  /** The lag is counted by what was sent. */
  DR7: varied({ rehearsals: copiesRehearsals({ ...COPIES, lagBy: 'sent' }) }),
  /** Nobody has written down what failover does. */
  DR8: varied({ failover: { promise: ORDERS.failover.promise, losesAtMost: 0 } }),
  /** Nothing keeps two of a pair from acting. */
  DR9: varied({
    rehearsals: { 'split-brain': { experiment: splitBrain(''), shows: ['one authority at a time'] } },
  }),
  /** Somebody believes that clocks do not matter. */
  DR10: varied({ clocks: { ...ORDERS.clocks, beyond: 'holds' } }),
  /** At the front as many may wait as come. */
  DR11: built({ frontQueue: 1_000_000 }),
  /** Nothing finds what the index was not told. */
  DR12: varied({ rehearsals: copiesRehearsals({ ...COPIES, reconcileMs: 0 }) }),
} as const satisfies Readonly<Record<string, ReviewedService>>;

function relayShows(): readonly string[] {
  return ORDERS.rehearsals['crash-between']?.shows ?? [];
}

export default variants;
