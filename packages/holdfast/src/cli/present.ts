import type { History } from '@holdfast/check';
import { renderTextTimeline } from '@holdfast/report';
import { headline, momentOf } from '../node/finding.ts';
import { type Investigation, shownRun } from '../node/investigate.ts';
import { shortTimeline } from '../node/timeline.ts';
import type { Io } from './io.ts';
import { counted, grouped, indented, painted, spent } from './text.ts';

const EMPTY_HISTORY: History = { operations: [], timeUnit: 'us', endedAt: 0 };

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
  const why = presentSlice(investigation);
  if (why !== '') parts.push(why);
  return parts.join('\n\n');
}

/** Most lines of events behind a violation; the report shows all. */
const MOST_BEHIND = 24;

/** The events behind the violation, `*` before those without which the promise holds. */
function presentSlice({ slice, shrunk }: Investigation): string {
  const trace = shrunk?.result.trace;
  if (slice === undefined || trace === undefined || slice.events.length === 0) return '';
  const all = renderTextTimeline(trace, shrunk?.result.history ?? EMPTY_HISTORY, { width: 100 }).split('\n');
  const shown = slice.events.slice(-MOST_BEHIND);
  const lines = shown.map(({ id, necessary }) => `${necessary ? '*' : ' '} ${all[id] ?? ''}`);
  const needed = counted(slice.necessary.length, 'event');
  const rules = slice.rules.map(
    ({ sentence, events }) => `against the rules: ${sentence} (#${events.join(', #')})\n`,
  );
  const hidden = slice.led - shown.length;
  if (hidden > 0) lines.unshift(`  (${counted(hidden, 'event')} behind it not shown)`);
  const back = trace.events[slice.pointOfNoReturn];
  if (back !== undefined && back.kind !== 'violation') {
    lines.push(`no way back after #${back.id}: every other future tried from there broke the promise too`);
  }
  return `${rules.join('')}behind it (*: leave out this one and the promise holds; ${needed})\n${lines.join('\n')}`;
}

/** What happened in a run, as lines of text. */
export function presentRun(io: Io, investigation: Investigation): string {
  const { trace, history } = shownRun(investigation);
  if (trace === undefined) return '';
  const width = io.width === undefined ? {} : { width: io.width };
  return shortTimeline(trace, history, { ...momentOf(headline(investigation)), ...width });
}
