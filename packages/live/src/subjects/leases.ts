import type { Plain } from '@holdfast/plain';

/** The actions of leases. Whoever takes one is answered its fencing token, a number above all that were given out before it. */
export const LEASES = ['acquire-lease', 'renew-lease', 'release-lease'] as const;

/** How long a lease lives when nobody says. */
export const LEASE_MS = 1_000;

/** What a lease is asked for with. */
export interface LeaseInput {
  /** Who holds it; a new name each time it is taken. */
  readonly holder: string;
  readonly ttlMs: number;
  /** Of the lease that is renewed or given back. */
  readonly token: number;
  /** True: a broken release, that does not look whose lease it ends. */
  readonly anyOwner: boolean;
}

/** What an action asks for; absent parts are nobody's, and the usual. */
export function leaseIn(input: Plain): LeaseInput {
  const given = (input ?? {}) as Partial<LeaseInput>;
  return {
    holder: given.holder ?? 'nobody',
    ttlMs: given.ttlMs ?? LEASE_MS,
    token: given.token ?? 0,
    anyOwner: given.anyOwner ?? false,
  };
}
