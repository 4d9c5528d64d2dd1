/**
 * How a node's clock runs against true time, which goes in ticks: alike, or a tick more or less in every so many. Clocks of all nodes
 * begin in step.
 */
export type ClockRate = 'exact' | 'fast' | 'slow';

/** How far a clock moves while true time goes from tick `now` to the next; `everyTicks` says how often it errs. */
export function advance(rate: ClockRate, now: number, everyTicks: number): number {
  const errs = now % everyTicks === everyTicks - 1;
  if (rate === 'exact' || !errs) return 1;
  return rate === 'fast' ? 2 : 0;
}

/** The drift of a clock that errs once in so many ticks, in parts per million. */
export function driftPpm(everyTicks: number): number {
  return Math.ceil(1_000_000 / everyTicks);
}
