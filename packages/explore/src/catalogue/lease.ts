import type { LeaseDefect } from '@holdfast/protocols';
import { leaseSystem, type LeaseSystem } from '../models/leaseSystem.ts';
import { broken, correct, type NamedModel } from './named.ts';

const family = 'lease';

type Within = Omit<LeaseSystem, 'name' | 'defect'>;

/** A lease of three ticks, renewed after two; clocks in step. */
const IN_STEP = { granularityMs: 0, leaseMs: 3, renewMs: 2, retryMs: 2 } as const;
const CALM: Within = { ticks: 6, delayTicks: 0, inFlight: 1, options: IN_STEP };
const DELAYED: Within = { ...CALM, ticks: 7, delayTicks: 1 };
const CRASH: Within = { ...CALM, mayCrash: 'granters', crashes: 1 };
const DRIFT: Within = { ticks: 10, delayTicks: 0, inFlight: 1, drift: true, options: { retryMs: 3 } };
/** The clock stops while the host sleeps: only fencing is left. */
const ASLEEP: Within = { ...CALM, onSuspend: 'stops', suspensions: 1, writes: 1 };

const HOLDER = 'one holder at a time';
const TOKEN = 'one holder a token';
const RISE = 'tokens only rise at the resource';

/** What is looked at, as a list says it. */
function within(system: Within): string {
  const { ticks, delayTicks, crashes = 0, suspensions = 0, drift = false, granters = 1 } = system;
  const parts = [
    `${ticks} ticks`,
    delayTicks === 0 ? 'messages at once or lost' : `messages up to ${delayTicks} tick late or lost`,
    ...(granters > 1 ? [`${granters} granters`] : []),
    ...(drift ? ['granters a quarter fast, holders a quarter slow'] : []),
    ...(crashes > 0 ? [`${crashes} crash`] : []),
    ...(suspensions > 0 ? [`${suspensions} suspension`] : []),
  ];
  return parts.join(', ');
}

function holds(name: string, about: string, system: Within, size: NamedModel['size'] = 'medium'): NamedModel {
  return correct({
    name,
    family,
    size,
    about: `${about}; ${within(system)}`,
    model: () => leaseSystem({ name, ...system }),
  });
}

const TWINS: readonly (readonly [LeaseDefect, string, string, Within, NamedModel['size']])[] = [
  ['ignores-expiry', HOLDER, 'acts until somebody tells it not to', CALM, 'short'],
  ['counts-from-receipt', HOLDER, 'counts from when it heard, not from when it asked', DELAYED, 'medium'],
  ['grants-alone', HOLDER, 'one granter is enough', { ...CALM, granters: 2 }, 'short'],
  ['grants-after-restart', HOLDER, 'a granter that restarts takes its lease for over', CRASH, 'medium'],
  ['clock-stops-in-suspend', HOLDER, 'the clock stops in suspension', { ...CALM, suspensions: 1 }, 'medium'],
  ['no-drift-margin', HOLDER, 'no margin for drift', DRIFT, 'medium'],
  [
    'token-in-memory',
    TOKEN,
    'a granter forgets its tokens',
    { ...CRASH, options: { ...IN_STEP, retryMs: 3 } },
    'medium',
  ],
  ['no-fencing', RISE, 'the resource takes whatever comes', ASLEEP, 'medium'],
  ['fences-first-write-only', RISE, 'the resource compares once', ASLEEP, 'medium'],
  [
    'fence-in-memory',
    RISE,
    'the resource forgets its fence at a restart',
    { ...ASLEEP, mayCrash: 'resource', crashes: 1 },
    'medium',
  ],
];

/** The lease and fencing core in discrete time, and its broken twins. */
export const LEASE_MODELS: readonly NamedModel[] = [
  holds('lease', 'leases in discrete time, 2 holders', { ...DELAYED, ticks: 6 }, 'short'),
  holds('lease-crash', 'the same with a granter that crashes', CRASH),
  holds('lease-drift', 'the same with clocks that drift', DRIFT),
  holds('lease-suspend', 'the same with a holder whose host sleeps and whose clock goes on', {
    ...CALM,
    suspensions: 1,
  }),
  holds('lease-fencing', 'writes of a holder whose clock stops while its host sleeps', ASLEEP),
  ...TWINS.map(([defect, breaks, about, system, size]) =>
    broken(breaks, {
      name: `lease-${defect}`,
      family,
      size,
      about: `${about}; ${within(system)}`,
      model: (name) => leaseSystem({ name, defect, ...system }),
    }),
  ),
];
