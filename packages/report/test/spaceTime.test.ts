import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildModel, type RunModel, verdictMarks } from '../src/model/model.ts';
import { arrowsIn } from '../src/pictures/arrows.ts';
import { layoutOperations } from '../src/pictures/operations.ts';
import { layoutStrips } from '../src/pictures/strips.ts';
import { layoutSpaceTime, MAX_ARROWS, MAX_GLYPHS } from '../src/pictures/spaceTime.ts';
import { buildFrame, firstView, type View, wholeRun } from '../src/pictures/view.ts';
import { sceneToSvg } from '../src/scene/svg.ts';
import { sceneToSvgFile } from '../src/scene/svgFile.ts';
import { twinOf, twinToText } from '../src/scene/twin.ts';
import { expectGolden } from './support/golden.ts';
import { LossyRaft } from './support/lossyRaft.ts';
import { smallHistory, smallTrace, smallVerdict } from './support/small.ts';

const small = (): RunModel =>
  buildModel({ trace: smallTrace(), history: smallHistory(), verdicts: [verdictMarks(smallVerdict())] });

const whole = (model: RunModel, width = 1000): View => ({ ...firstView(model, width), ...wholeRun(model) });

test('S1.158 space-time diagram and its text twin equal their golden files', () => {
  const model = small();
  const scene = layoutSpaceTime(model, whole(model));
  expectGolden('spaceTime.svg', sceneToSvgFile(scene));
  expectGolden('spaceTime.txt', twinToText(scene));
});

test('lost, late, duplicate, corrupted and unfinished messages are drawn apart by shape, not colour alone', () => {
  const model = small();
  const { marks } = layoutSpaceTime(model, whole(model));
  const shapesOf = (kind: string) => {
    const mark = marks.find((candidate) => candidate.class.split(' ').includes(kind));
    expect(mark).toBeDefined();
    return (mark?.shapes ?? [])
      .map((shape) => `${shape.kind} ${shape.class ?? ''}`)
      .filter((s) => !s.includes('hit'));
  };
  expect(shapesOf('lost').filter((s) => s === 'line cross')).toHaveLength(2);
  expect(shapesOf('duplicate').filter((s) => s === 'line shaft')).toHaveLength(2);
  expect(shapesOf('corrupt')).toContain('path flaw');
  expect(shapesOf('flight')).toContain('circle open');
  const late = marks.find((mark) => mark.class.includes('late'));
  expect(late?.text).toBe('N1 sends AppendEntries to N3, received late at 12 ms');
  const svg = sceneToSvgFile(layoutSpaceTime(model, whole(model)));
  const dashOf = (kind: string) =>
    new RegExp(`\\.${kind} \\.shaft\\{[^}]*stroke-dasharray:([^;}]*)`).exec(svg)?.[1];
  const dashes = ['lost', 'late', 'corrupt', 'flight'].map(dashOf);
  expect(dashes).not.toContain(undefined);
  expect(new Set(dashes).size).toBe(4);
});

test('a partition, a crash and a pause are bands and gaps on the axis of the messages', () => {
  const model = small();
  const view = whole(model);
  const { scale } = buildFrame(model, view);
  const { marks } = layoutSpaceTime(model, view);
  const band = marks.find((mark) => mark.text === 'Fault: partition {N1} | {N2, N3}, until 211.5 ms');
  expect(band?.shapes[0]).toMatchObject({ kind: 'rect', class: 'hatch', x: scale.x(7_000) });
  const down = marks.find((mark) => mark.class === 'down');
  expect(down?.shapes[0]).toMatchObject({ x: scale.x(8_000), width: scale.x(211_000) - scale.x(8_000) });
  expect(marks.some((mark) => mark.class === 'paused' && mark.text === 'N3 is paused until 211.9 ms')).toBe(
    true,
  );
});

test('every arrow ends at or after its start, whatever part of a run is drawn', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1e6 }),
      fc.nat(400),
      fc.integer({ min: 5, max: 400 }),
      fc.boolean(),
      (seed, startMs, spanMs, squeeze) => {
        const model = buildModel({ ...new LossyRaft({ seed, endMs: 600 }).run(), verdicts: [] });
        const view = { ...whole(model), from: startMs * 1000, until: (startMs + spanMs) * 1000, squeeze };
        for (const { message, end } of arrowsIn(buildFrame(model, view)))
          expect(end.at).toBeGreaterThanOrEqual(message.sentAt);
        const scene = layoutSpaceTime(model, view);
        for (const mark of scene.marks.filter((candidate) => candidate.class.startsWith('message'))) {
          const shaft = mark.shapes.find((shape) => shape.kind === 'line' && shape.class === 'hit');
          if (shaft?.kind === 'line') expect(shaft.to.x).toBeGreaterThanOrEqual(shaft.from.x);
        }
        expect(sceneToSvg(scene)).not.toMatch(/NaN|Infinity|undefined/);
      },
    ),
    { seed: 11, numRuns: 40 },
  );
});

test('every event of a window appears in the text twin unless a note says what is left out', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1e6 }),
      fc.constantFrom(390, 1280),
      fc.boolean(),
      (seed, width, squeeze) => {
        const model = buildModel({ ...new LossyRaft({ seed, endMs: 260 }).run(), verdicts: [] });
        const view = { ...whole(model, width), squeeze };
        expect(arrowsIn(buildFrame(model, view)).length).toBeLessThanOrEqual(MAX_ARROWS);
        const told = new Set(twinOf(layoutSpaceTime(model, view)).flatMap((line) => line.events));
        const missing = model.trace.events.filter((event) => !told.has(event.id));
        expect(missing).toEqual([]);
      },
    ),
    { seed: 12, numRuns: 40 },
  );
});

test('a crowded window is drawn as counts, and says what is hidden and how to see it', () => {
  const model = buildModel({ ...new LossyRaft({ seed: 4, endMs: 4_000 }).run(), verdicts: [] });
  const view = whole(model);
  const scene = layoutSpaceTime(model, view);
  const messages = model.messages.reduce((sum, message) => sum + message.ends.length, 0);
  expect(messages).toBeGreaterThan(MAX_ARROWS);
  expect(scene.notes[0]).toContain(
    `messages in this window are drawn as counts per lane; zoom in (+) below ${MAX_ARROWS}`,
  );
  const counted = scene.marks
    .filter((mark) => mark.class === 'crowd')
    .map((mark) => Number(/([\d,]+) message/.exec(mark.text)?.[1]?.replace(',', '')));
  expect(counted.reduce((a, b) => a + b, 0)).toBe(messages);
  for (const event of model.trace.events.filter((e) => e.kind === 'crash' || e.kind === 'fault')) {
    expect(scene.marks.some((mark) => mark.events.includes(event.id))).toBe(true);
  }
  expect(scene.notes.some((note) => note.includes(`zoom in (+) below ${MAX_GLYPHS}`))).toBe(true);
});

test('the selected event and the chain of its causes are marked', () => {
  const model = small();
  const { events } = model.trace;
  const violation = events.find((event) => event.kind === 'violation');
  const scene = layoutSpaceTime(model, { ...whole(model), event: violation?.id ?? -1 });
  const marked = (word: string) =>
    scene.marks.filter((mark) => mark.class.split(' ').includes(word)).map((mark) => mark.text);
  expect(marked('selected')).toEqual(['violation: linearizability']);
  expect(marked('chain')).toContain('C1 sends Request to N3, received at 209.7 ms');
  expect(marked('chain')).toContain('N3 sends Reply to C1, received at 210.5 ms');
  expect(marked('chain')).not.toContain('N1 sends RequestVote to N2, received at 2.1 ms');
});

test('where two runs part is a line with words, in every picture of the window that holds the instant', () => {
  const model = buildModel({ trace: smallTrace(), history: smallHistory(), verdicts: [] });
  const view = { ...firstView(model, 1000), divergence: 7_500 };
  for (const layout of [layoutSpaceTime, layoutStrips, layoutOperations]) {
    const [mark, ...more] = layout(model, view).marks.filter(({ class: name }) => name === 'divergence');
    expect(more).toEqual([]);
    expect(mark?.text).toBe('The two runs are the same up to here and differ from here on');
    expect(mark?.shapes.map(({ kind }) => kind)).toEqual(['line', 'text']);
    const elsewhere = layout(model, { ...view, divergence: 900_000 }).marks;
    expect(elsewhere.filter(({ class: name }) => name === 'divergence')).toEqual([]);
  }
});
