import { expect, test } from 'vitest';
import { eventDetails } from '../src/html/details.ts';
import { buildModel } from '../src/model/model.ts';
import { leaderSpans, layoutOverview } from '../src/pictures/overview.ts';
import { layoutStrips, MAX_SPANS } from '../src/pictures/strips.ts';
import { firstView, wholeRun } from '../src/pictures/view.ts';
import { sceneToSvg } from '../src/scene/svg.ts';
import { sceneToSvgFile } from '../src/scene/svgFile.ts';
import { twinOf, twinToText } from '../src/scene/twin.ts';
import { expectGolden } from './support/golden.ts';
import { LossyRaft } from './support/lossyRaft.ts';
import { smallHistory, smallTrace } from './support/small.ts';

const small = () => buildModel({ trace: smallTrace(), history: smallHistory(), verdicts: [] });

test('S3.20 state strips and their text twin equal their golden files', () => {
  const model = small();
  const scene = layoutStrips(model, { ...firstView(model, 900), ...wholeRun(model) });
  expectGolden('strips.svg', sceneToSvgFile(scene));
  expectGolden('strips.txt', twinToText(scene));
});

test('S3.20 role, term and commit index of every node at every instant agree between strips, details and trace', () => {
  const model = buildModel({ ...new LossyRaft({ seed: 9, endMs: 300 }).run(), verdicts: [] });
  const lines = twinOf(layoutStrips(model, { ...firstView(model, 1200), ...wholeRun(model) }));
  const known = new Map<number, Record<string, unknown>>();
  for (const event of model.trace.events) {
    if (event.kind !== 'state') continue;
    const before = known.get(event.node) ?? {};
    const now = event.data as Record<string, unknown>;
    known.set(event.node, now);
    const name = model.trace.nodes[event.node]?.name ?? '';
    for (const key of ['role', 'term', 'commit', 'last'].filter((k) => now[k] !== before[k])) {
      const said = lines.find(
        (l) =>
          l.events.includes(event.id) && l.text.startsWith(`${name} ${key} is ${String(now[key])} until`),
      );
      expect(said?.at).toBe(event.at);
    }
    const html = eventDetails(model, event.id, 0);
    for (const [node, view] of known) {
      const row = new RegExp(
        `<th scope="row">${model.trace.nodes[node]?.name}</th><td>[a-z]+</td>(.*?)</tr>`,
      ).exec(html)?.[1];
      const cells = [...(row ?? '').matchAll(/<td>(.*?)<\/td>/g)].map((match) => match[1]);
      expect(cells).toEqual(
        [view['role'], view['term'], view['leader'] ?? '-', view['commit'], view['last']].map(String),
      );
    }
  }
  expect(known.size).toBe(5);
});

test('S3.16 a value that sinks is marked in its strip', () => {
  const model = small();
  const scene = layoutStrips(model, { ...firstView(model, 900), ...wholeRun(model) });
  expect(scene.marks.filter((mark) => mark.class.includes('sunk'))).toEqual([]);
  const { trace } = model;
  const data = { role: 'leader', term: 1, commit: 0, last: 1 };
  const last = {
    ...trace.events[0],
    id: trace.events.length,
    at: 212_400,
    node: 0,
    kind: 'state' as const,
    data,
  };
  const events = [...trace.events, { ...last, cause: -1, peer: -1, message: -1, operation: -1, label: '' }];
  const broken = buildModel({ ...model, trace: { ...trace, events } });
  const shown = layoutStrips(broken, { ...firstView(broken, 900), ...wholeRun(broken) });
  const sunk = shown.marks.filter((mark) => mark.class.includes('sunk'));
  expect(sunk.map((mark) => mark.text)).toEqual(['N1 commit is 0 until the end']);
  expect(sunk[0]?.shapes.some((shape) => shape.kind === 'text' && shape.text === '▼0')).toBe(true);
});

test('S3.15 the overview names every leader for as long as it led, and a crash ends it', () => {
  const model = buildModel({ ...new LossyRaft({ seed: 11, endMs: 3_000 }).run(), verdicts: [] });
  const spans = leaderSpans(model);
  const elected = model.trace.events.filter((event) => event.kind === 'note' && event.label === 'elected');
  expect(elected.length).toBeGreaterThan(0);
  for (const event of elected) {
    expect(
      spans.some((span) => span.node === event.node && span.from <= event.at && event.at <= span.until),
    ).toBe(true);
  }
  const lines = twinOf(layoutOverview(model, firstView(model, 1200))).map((line) => line.text);
  expect(lines.filter((line) => line.includes(' leads until '))).toHaveLength(spans.length);
  expect(lines[0]).toContain(`${model.trace.events.length.toLocaleString('en-US')} events`);
});

test('a row with very many values is one line, and a note says so', () => {
  const model = buildModel({ ...new LossyRaft({ seed: 5, endMs: 9_000 }).run(), verdicts: [] });
  const scene = layoutStrips(model, { ...firstView(model, 1200), ...wholeRun(model) });
  expect(scene.notes[0]).toContain(`over ${MAX_SPANS} values`);
  expect(sceneToSvg(scene).length).toBeLessThan(200_000);
});
