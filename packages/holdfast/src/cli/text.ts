import { styleText } from 'node:util';
import type { Conclusion } from '../node/summary.ts';
import type { Io } from './io.ts';

/** A whole number with thousands separated by commas. */
export function grouped(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 seed`, `2,000 seeds`. */
export function counted(count: number, noun: string, plural: string = `${noun}s`): string {
  return `${grouped(count)} ${count === 1 ? noun : plural}`;
}

/** Real time for people: `850 ms`, `12.3 s`, `4 min 5 s`, `3 h 12 min`. */
export function spent(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1_000;
  if (seconds < 99.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  return minutes < 60
    ? `${minutes} min ${whole % 60} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const COLOURS: Readonly<Record<Conclusion, 'green' | 'red' | 'yellow'>> = {
  holds: 'green',
  violated: 'red',
  error: 'red',
  undecided: 'yellow',
};

/** A conclusion as a word; colour only repeats it. */
export function painted(io: Io, conclusion: Conclusion, word: string = conclusion): string {
  return io.colours ? styleText(COLOURS[conclusion], word, { validateStream: false }) : word;
}

/** Milliseconds to three decimals: more is noise. */
export function rounded(ms: number): number {
  return Math.round(ms * 1e3) / 1e3;
}

/** Rows as columns set to the left, or to the right where `right` names the column; the last column is not padded. */
export function columns(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  }
  return rows.map((row) =>
    row
      .map((cell, i) => {
        const width = widths[i] ?? 0;
        if (right.includes(i)) return cell.padStart(width);
        return i === row.length - 1 ? cell : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd(),
  );
}

/** A line cut to what a terminal has room for; whole where there is no terminal. */
export function clipped(io: Io, line: string): string {
  return io.width === undefined || line.length <= io.width
    ? line
    : `${line.slice(0, Math.max(1, io.width - 1))}…`;
}

/** Text set in by two blanks, line by line. */
export function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}
