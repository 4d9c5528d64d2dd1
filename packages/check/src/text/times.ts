import type { History } from '../history/operation.ts';

/** Times, from the first to the last, with their unit: `40 to 45 us`, and from a millisecond on `2,266.588 to 2,270.1 ms`. */
export function tellTimes(times: readonly number[], unit: History['timeUnit']): string {
  if (unit !== 'us') return times.join(' to ');
  if (times.every((time) => Math.abs(time) < 1_000)) return `${times.join(' to ')} us`;
  return `${times.map(milliseconds).join(' to ')} ms`;
}

function milliseconds(time: number): string {
  const [whole = '', fraction = ''] = (time / 1_000).toFixed(3).split('.');
  const digits = fraction.replace(/0+$/, '');
  return whole.replace(/\B(?=(\d{3})+$)/g, ',') + (digits === '' ? '' : `.${digits}`);
}
