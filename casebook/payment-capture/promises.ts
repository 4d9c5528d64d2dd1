import {
  atMostOnce,
  doneTwice,
  type Effect,
  neverGoesBack,
  type PatternVerdict,
  type Sighting,
  type SketchRun,
} from 'holdfast';
import { type Payment, tablesOf } from './database.ts';
import { NODES, DATABASE, PROVIDER, STATUS, statusOf } from './posture.ts';
import { capturesOf } from './provider.ts';

export const ONCE = 'a payment is captured at most once';
export const SAME = 'local state equals the provider’s after reconciliation';
export const STABLE = 'the status a user is shown is stable';
export const NONE_LOST = 'no side effect is lost';
export const PROMISES = [ONCE, SAME, STABLE, NONE_LOST] as const;

function effectsOf({ effects }: SketchRun, what: string): Effect[] {
  return effects
    .filter((effect) => effect.what === what)
    .map(({ atUs, key, data, event }) => ({
      atUs,
      businessId: key,
      under: data === '' ? 'no key' : `key ${data as string}`,
      event,
    }));
}

/** Payments that do not stand where the provider says, in words. */
function differing({ kept }: SketchRun): string[] {
  const captures = capturesOf(kept[PROVIDER] ?? {});
  const said = ({ id }: Payment): string => {
    const found = captures.filter(({ payment }) => payment === id).map(({ outcome }) => outcome);
    return found.includes('captured') ? 'captured' : (found[0] ?? 'nothing');
  };
  return tablesOf(kept[DATABASE] ?? {}).payments.flatMap((payment) => {
    const provider = said(payment);
    if (provider === payment.state) return [];
    return [`the payment of ${payment.order} is ${payment.state} here and ${provider} at the provider`];
  });
}

/** What was accepted and never came to an end, was captured without a parcel, or has a parcel too many, in words. */
function lost(run: SketchRun): string[] {
  const { operations, kept } = run;
  const { payments } = tablesOf(kept[DATABASE] ?? {});
  const parcels = new Map<string, number>();
  for (const { businessId } of effectsOf(run, 'parcel'))
    parcels.set(businessId, (parcels.get(businessId) ?? 0) + 1);
  const captured = new Set(effectsOf(run, 'captured').map(({ businessId }) => businessId));
  const accepted = operations.filter(({ f, outcome }) => f === 'pay' && outcome === 'ok');
  const orders = new Set(accepted.map(({ key = '' }) => key));
  const open = [...orders].filter((order) => {
    const state = payments.find((payment) => payment.order === order)?.state;
    return statusOf(state) === 'none' || statusOf(state) === 'pending';
  });
  return [
    ...open.map((order) => `the payment of ${order} was accepted, and nothing came of it`),
    ...[...captured].flatMap((order) => {
      const count = parcels.get(order) ?? 0;
      return count === 1 ? [] : [`${order} was captured, and ${count} parcels were sent`];
    }),
  ];
}

function sightings({ operations }: SketchRun): Sighting[] {
  return operations
    .filter(({ f, outcome }) => f === 'status' && outcome === 'ok')
    .map(({ key = '', output, invokedAt, completedAt }) => ({
      id: key,
      state: output as string,
      fromUs: invokedAt,
      untilUs: completedAt,
      where: 'status',
    }));
}

/** Orders of which a user was shown two ends. */
function changed(run: SketchRun): number {
  const ids = new Set(run.operations.map(({ key = '' }) => key));
  const shown = sightings(run);
  return [...ids].filter(
    (id) =>
      !neverGoesBack(
        '',
        STATUS,
        shown.filter((each) => each.id === id),
      ).kept,
  ).length;
}

function none(promise: string, breaches: readonly string[], examined: number): PatternVerdict {
  const [first] = breaches;
  if (first === undefined) return { promise, kept: true, reason: `${examined} payments`, examined };
  return { promise, kept: false, reason: `${first}; ${breaches.length} in all`, examined };
}

export function judge(run: SketchRun): PatternVerdict[] {
  const { payments } = tablesOf(run.kept[DATABASE] ?? {});
  return [
    atMostOnce(ONCE, 'captured', effectsOf(run, 'captured')),
    none(SAME, differing(run), payments.length),
    neverGoesBack(STABLE, STATUS, sightings(run)),
    none(NONE_LOST, lost(run), payments.length),
  ];
}

/** What the table is made of. */
export function measures(run: SketchRun): Record<string, number> {
  const { kept } = run;
  const tables = tablesOf(kept[DATABASE] ?? {});
  return {
    payments: tables.payments.length,
    'captured twice': doneTwice(effectsOf(run, 'captured')).length,
    'differ from the provider': differing(run).length,
    'side effects lost or doubled': lost(run).length,
    'statuses that changed': changed(run),
    'illegal moves refused': tables.refused.total,
    'messages per payment': run.messages / Math.max(1, tables.payments.length),
    servers: NODES.length,
  };
}
