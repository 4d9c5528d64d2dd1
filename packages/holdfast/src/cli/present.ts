import { headline, momentOf } from '../node/finding.ts';
import { type Investigation, shownRun } from '../node/investigate.ts';
import { shortTimeline } from '../node/timeline.ts';
import type { Io } from './io.ts';
import { counted, grouped, indented, painted, spent } from './text.ts';

/** A violated run for people: the promise in a sentence, how small it became, and what happened in it. */
export function presentViolation(io: Io, investigation: Investigation): string {
  const { seed, original, shrunk, shrinkMs } = investigation;
  const parts: string[] = [];
  for (const { promise, status, reason } of original.verdicts) {
    if (status !== 'violated') continue;
    parts.push(`${painted(io, 'violated', 'VIOLATED')}  ${promise}, seed ${seed}\n${indented(reason)}`);
  }
  if (shrunk !== undefined) {
    const how = `in ${counted(shrunk.runs, 'run')}, ${spent(shrinkMs)}`;
    const sizes = `from ${grouped(shrunk.fromEvents)} to ${counted(shrunk.toEvents, 'event')}`;
    parts.push(
      `shrunk ${sizes} ${how}\n${indented(`${shrunk.promise}: ${headline(investigation)?.reason ?? ''}`)}`,
    );
  }
  parts.push(presentRun(io, investigation));
  return parts.join('\n\n');
}

/** What happened in a run, as lines of text. */
export function presentRun(io: Io, investigation: Investigation): string {
  const { trace, history } = shownRun(investigation);
  if (trace === undefined) return '';
  const width = io.width === undefined ? {} : { width: io.width };
  return shortTimeline(trace, history, { ...momentOf(headline(investigation)), ...width });
}
