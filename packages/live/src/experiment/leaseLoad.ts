import type { Action } from '../history/recorder.ts';
import { LEASE_MS, leaseIn } from '../subjects/leases.ts';
import type { WorkloadEntry } from './file.ts';
import type { Load } from './loads.ts';

/** Broken clients of leases: what each does is said where it is done. */
export const LEASE_TWINS = ['counts-from-answer', 'releases-others', 'unfenced'] as const;
/** One of them. */
export type LeaseTwin = (typeof LEASE_TWINS)[number];

/** A lease as its holder believes to have it. */
interface Believed {
  readonly holder: string;
  readonly key: string;
  readonly token: number;
  /** From when on it does not believe so any more, by its own clock. */
  readonly untilUs: number;
}

/** What a client that holds a lease does, if nothing else is said. */
const MIX = { 'renew-lease': 2, 'fenced-write': 3, 'release-lease': 1 } as const;

/** One operation of so many of a holder meets one that stands still; of those who have no lease nobody does, as they would hardly ever get one. */
const STANDS_ONE_IN = 4;
/** How long it stands still, in times to live. */
const STANDS_TTLS = 2;
/** A holder with less than this part of its lease left gives it back: a renewal might come too late. */
const RENEWS_WHILE_LEFT = 0.5;

/** A client that works under leases: it takes one, renews it, writes with its token, gives it back, and knows by its own clock when it has none any more. */
export function leaseLoad(
  entry: WorkloadEntry & { readonly keyPrefix: string },
  random: () => number,
  nowUs: () => number,
): Load {
  const { keys = 2, keyPrefix, mix = MIX, ttlMs = LEASE_MS, atomic = true } = entry;
  const { twin = atomic ? undefined : 'unfenced', pauseMs = STANDS_TTLS * ttlMs } = entry;
  const names = Object.entries(mix).flatMap(([f, weight]) => Array.from({ length: weight }, () => f));
  const believed = new Map<number, Believed>();
  // Of the holder's own reckoning, so that whoever judges knows what it believes.
  const reckoning = twin === 'counts-from-answer' ? { countsFrom: 'answer' } : {};
  let takes = 0;
  let value = 0;
  const asked = (f: string, { key, holder, token }: Omit<Believed, 'untilUs'>): Action => {
    const own = { holder, token, ttlMs };
    switch (f) {
      case 'fenced-write':
        return {
          f,
          key: `${key}-guarded`,
          input: { holder, token, value: ++value, ...(twin === 'unfenced' ? { unfenced: true } : {}) },
        };
      case 'release-lease':
        return { f, key, input: { ...own, ...(twin === 'releases-others' ? { anyOwner: true } : {}) } };
      default:
        return { f, key, input: { ...own, ...reckoning } };
    }
  };
  return {
    next: (client = 0) => {
      const own = believed.get(client);
      if (own === undefined) {
        const key = `${keyPrefix}lease${(client % keys) + 1}`;
        return [{ f: 'acquire-lease', key, input: { holder: `c${client}-${++takes}`, ttlMs, ...reckoning } }];
      }
      // Also what it does not believe to hold any more it gives back, as programs do in the end: whether it is still its own the store must know.
      const isLate = own.untilUs - nowUs() < RENEWS_WHILE_LEFT * ttlMs * 1_000;
      const f = isLate ? 'release-lease' : (names[Math.floor(random() * names.length)] ?? 'renew-lease');
      if (f === 'release-lease') believed.delete(client);
      return [asked(f, own)];
    },
    // As garbage collection does: behind the look at the clock after which something is done, or before the answer to a renewal is read.
    stands: ({ f }) => {
      const isStill = f !== 'acquire-lease' && random() * STANDS_ONE_IN < 1;
      return {
        beforeMs: isStill && f !== 'renew-lease' ? pauseMs : 0,
        afterMs: isStill && f === 'renew-lease' ? pauseMs : 0,
      };
    },
    learned: ({ f, key = '', input }, { outcome, output }, client, { invokedAt, completedAt }) => {
      const isRenewal = f === 'renew-lease';
      if (f !== 'acquire-lease' && !isRenewal) return;
      if (isRenewal && outcome === 'fail') believed.delete(client);
      if (outcome !== 'ok') return;
      const { holder, token } = leaseIn(input);
      const countedUs = twin === 'counts-from-answer' ? completedAt : invokedAt;
      const untilUs = countedUs + ttlMs * 1_000;
      believed.set(client, { holder, key, token: isRenewal ? token : Number(output), untilUs });
    },
  };
}
