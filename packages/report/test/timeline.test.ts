import { expect, test } from 'vitest';
import { renderTextTimeline } from '../src/text/timeline.ts';
import { expectGolden } from './support/golden.ts';
import { LossyRaft } from './support/lossyRaft.ts';
import { smallHistory, smallTrace } from './support/small.ts';

test('the text timeline of a small run equals its golden file', () => {
  expectGolden('timeline.txt', renderTextTimeline(smallTrace(), smallHistory(), { width: 100 }));
});

test('every event has one line with its number, its cause and no more characters than asked', () => {
  for (const width of [40, 72, 120]) {
    const { trace, history } = new LossyRaft({ seed: 8, endMs: 400 }).run();
    const lines = renderTextTimeline(trace, history, { width }).split('\n');
    trace.events.forEach((event, i) => {
      const line = lines[i] ?? '';
      expect(line.trimStart().startsWith(`#${event.id} `)).toBe(true);
      expect(line.endsWith(`<- #${event.cause}`)).toBe(event.cause >= 0);
      expect(line.length).toBeLessThanOrEqual(width);
    });
    const cut = lines.filter((line) => line.includes('…')).length;
    expect(lines[trace.events.length] ?? '').toBe(
      cut === 0 ? '' : `(${cut} lines shortened to ${width} characters)`,
    );
  }
});

test('S3.5 a crafted label or payload cannot forge a line of the timeline', () => {
  const trace = smallTrace();
  const evil = 'x\n#99  9 ms  N1  is now role leader\u2028\u001b[2J';
  const events = trace.events.map((event) => ({ ...event, label: evil, data: { [evil]: evil } }));
  const nodes = trace.nodes.map((node) => ({ ...node, name: evil }));
  const lines = renderTextTimeline({ ...trace, events, nodes }, smallHistory(), { width: 300 }).split(
    /\r|\n|\u2028|\u2029/,
  );
  expect(lines.filter((line) => /^\s*#\d+ /.test(line))).toHaveLength(events.length);
  expect([...lines.join('')].filter((character) => character < ' ')).toEqual([]);
});
