import { encodePlain, type Plain } from '@holdfast/plain';
import { oneLine } from './escape.ts';

/** Unit of a time axis: simulated microseconds, or only an order. */
export type TimeUnit = 'us' | 'index';

/** An instant or a duration in full precision with its unit: `840 µs`, `12.345 ms`, `1.204123 s`, `step 7`. */
export function formatTime(value: number, unit: TimeUnit = 'us'): string {
  if (!Number.isFinite(value)) return 'never';
  if (unit === 'index') return `step ${value}`;
  const size = Math.abs(value);
  if (size === 0) return '0 ms';
  if (size < 1_000) return `${trimZeros(value.toFixed(3))} µs`;
  if (size < 1_000_000) return `${trimZeros((value / 1_000).toFixed(3))} ms`;
  return `${trimZeros((value / 1_000_000).toFixed(6))} s`;
}

/** A duration in three significant digits: `1.2 s`, `47.3 ms`. */
export function formatDuration(us: number): string {
  if (us < 1_000) return `${Math.round(us)} µs`;
  if (us < 1_000_000) return `${short(us / 1_000)} ms`;
  return `${short(us / 1_000_000)} s`;
}

/** A number with thousands separated by commas and at most three decimals. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const [whole = '0', decimals] = trimZeros(Math.abs(value).toFixed(3)).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  const sign = value < 0 && (grouped !== '0' || decimals !== undefined) ? '-' : '';
  return decimals === undefined ? `${sign}${grouped}` : `${sign}${grouped}.${decimals}`;
}

/** `1 event`, `2 events`: a count with its noun. */
export function counted(count: number, noun: string, plural: string = `${noun}s`): string {
  return `${formatNumber(count)} ${count === 1 ? noun : plural}`;
}

/** Plain data as one short line: bare words stay bare, the rest is canonical JSON, cut at `limit` with an ellipsis. */
export function plainText(value: Plain, limit = 60): string {
  const text = typeof value === 'string' && /^[\w .:→-]+$/.test(value) ? value : encodePlain(value);
  return clip(oneLine(text), limit);
}

/** Text of at most `limit` characters; an ellipsis says that it was cut. */
export function clip(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, Math.max(1, limit - 1))}…`;
}

function short(value: number): string {
  return trimZeros(value >= 100 ? value.toFixed(0) : value.toPrecision(3));
}

function trimZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
