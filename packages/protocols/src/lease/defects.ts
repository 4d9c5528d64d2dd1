/**
 * Ways to break leases and fencing on purpose, each a minimal deviation in one marked place. `undefined` is the correct protocol. The last
 * one is not of the core but of what drives it: timers that stand still while the host is suspended.
 *
 * - `no-drift-margin`: the granter waits as long as the holder may act, as if their clocks ran alike (catalogue 52).
 * - `counts-from-receipt`: the holder's time begins when it hears of the grant, not when it asked.
 * - `ignores-expiry`: the holder acts until somebody tells it not to (catalogue 51).
 * - `renews-blindly`: a renewal is granted without comparing token and holder (catalogue 54).
 * - `grants-alone`: one granter is enough (catalogue 9).
 * - `grants-after-restart`: a granter that restarts forgets that a lease may still run.
 * - `token-in-memory`: a granter that restarts forgets which tokens it has given (catalogue 25).
 * - `no-fencing`: the resource takes whatever comes.
 * - `fences-first-write-only`: the resource compares tokens when it is opened, and never again.
 * - `fence-in-memory`: the resource forgets at a restart what it must refuse (catalogue 87).
 * - `clock-stops-in-suspend`: the lease is measured by a clock that stops while the host sleeps (X19).
 */
export type LeaseDefect = (typeof LEASE_DEFECTS)[number];

/** All of them, for tables and sweeps. */
export const LEASE_DEFECTS = [
  'no-drift-margin',
  'counts-from-receipt',
  'ignores-expiry',
  'renews-blindly',
  'grants-alone',
  'grants-after-restart',
  'token-in-memory',
  'no-fencing',
  'fences-first-write-only',
  'fence-in-memory',
  'clock-stops-in-suspend',
] as const;
