import { expect, test } from 'vitest';
import { decodeRun, encodeRun } from '../src/data/codec.ts';
import { whyHtml } from '../src/html/why.ts';
import { buildModel, type RunData } from '../src/model/model.ts';
import { step } from '../src/page/steps.ts';
import { layoutSpaceTime } from '../src/pictures/spaceTime.ts';
import { firstView } from '../src/pictures/view.ts';
import { smallHistory, smallTrace } from './support/small.ts';

const bare: RunData = { trace: smallTrace(), history: smallHistory(), verdicts: [] };
const ids = (kind: string, label: string): number =>
  bare.trace.events.findIndex((event) => event.kind === kind && event.label === label);
const lost = ids('send', 'AppendEntries');
const read = ids('invoke', 'read');
const data: RunData = {
  ...bare,
  slice: {
    events: [
      { id: read, necessary: true },
      { id: lost, necessary: false },
    ],
    pointOfNoReturn: read,
  },
};
const model = buildModel(data);

test('why a promise broke is a list of linked events in order, with the necessary ones and the point of no return', () => {
  const html = whyHtml(model, 3);
  const items = [...html.matchAll(/<li>(.*?)<\/li>/g)].map((match) => match[1] ?? '');
  expect(items).toHaveLength(2);
  expect(items[0]).toContain(
    `<a href="#run-3/e${lost}" data-run="3" data-e="${lost}">4.2 ms</a> N1 sends AppendEntries`,
  );
  expect(items[0]).toContain('contributes');
  expect(items[0]).not.toContain('Point of no return');
  expect(items[1]).toContain('necessary');
  expect(items[1]).toContain('Point of no return');
  expect(html).toContain('2 events of 52 events led to it; 1 is necessary');
  expect(whyHtml(buildModel(bare), 3)).toBe('');
});

test('the pictures ring what is behind a violation and say so; w walks it and goes round', () => {
  const view = { ...firstView(model, 1000), event: -1 };
  const ringed = layoutSpaceTime(model, view).marks.filter((mark) =>
    mark.shapes.some((s) => s.class === 'ring'),
  );
  expect(ringed.map((mark) => mark.text)).toEqual([
    expect.stringMatching(/asks read x.*\(point of no return\)$/) as string,
    expect.stringMatching(/AppendEntries to N2.*\(part of why\)$/) as string,
  ]);
  const first = step(model, view, 'why');
  const second = step(model, first, 'why');
  expect([first.event, second.event, step(model, second, 'why').event]).toEqual([lost, read, lost]);
  expect(step(buildModel(bare), view, 'why')).toEqual(view);
});

test('the page carries the slice', () => {
  expect(decodeRun(encodeRun(data))).toEqual(data);
});

test('the rules that a run went against stand first, linked to where they show, and what is not told is counted', () => {
  const rules = [{ sentence: 'N1 answered <before> a majority had it', events: [lost, read] }];
  const told = buildModel({
    ...data,
    slice: { events: [], pointOfNoReturn: -1, ...data.slice, led: 9, rules },
  });
  const html = whyHtml(told, 3);
  expect(html).toContain('<ul class="rules"><li>N1 answered &lt;before&gt; a majority had it (');
  expect(html).toContain(`<a href="#run-3/e${lost}" data-run="3" data-e="${lost}">event ${lost}</a>`);
  expect(html).toContain('9 events of 52 events led to it; the 2 events that tell it; 1 is necessary');
  expect(html.indexOf('Against the rules')).toBeLessThan(html.indexOf('<ol class="why">'));
});
