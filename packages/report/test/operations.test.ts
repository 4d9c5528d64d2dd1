import type { History, Operation } from '@holdfast/check';
import { expect, test } from 'vitest';
import { buildModel, type RunData, verdictMarks } from '../src/model/model.ts';
import { layoutOperations, MAX_BARS } from '../src/pictures/operations.ts';
import { buildFrame, firstView, type View, wholeRun } from '../src/pictures/view.ts';
import { sceneToSvgFile } from '../src/scene/svgFile.ts';
import { twinOf, twinToText } from '../src/scene/twin.ts';
import { expectGolden } from './support/golden.ts';
import { smallHistory, smallTrace, smallVerdict } from './support/small.ts';

const data: RunData = {
  trace: smallTrace(),
  history: smallHistory(),
  verdicts: [verdictMarks(smallVerdict())],
};
const whole = (run: RunData): View => {
  const model = buildModel(run);
  return { ...firstView(model, 1000), ...wholeRun(model) };
};
const noTrace = { nodes: [], events: [], faults: [], endedAt: 0 };

test('operations and their text twin equal their golden files', () => {
  const scene = layoutOperations(buildModel(data), whole(data));
  expectGolden('operations.svg', sceneToSvgFile(scene));
  expectGolden('operations.txt', twinToText(scene));
});

test('the operation that cannot be explained is marked and labelled, an unknown one runs to the right edge', () => {
  const model = buildModel(data);
  const view = whole(data);
  const scene = layoutOperations(model, view);
  const blocking = scene.marks.filter((mark) => mark.class.includes('blocking'));
  expect(blocking.map((mark) => mark.operation)).toEqual([1]);
  expect(blocking[0]?.shapes.some((shape) => shape.kind === 'text' && shape.text.startsWith('✗'))).toBe(true);
  expect(blocking[0]?.text).toContain('cannot be explained under linearizability');
  expect(scene.marks.filter((mark) => mark.class.includes('minimal')).map((mark) => mark.operation)).toEqual([
    0, 1,
  ]);
  const unknown = scene.marks.find((mark) => mark.class.includes('unknown'));
  const bar = unknown?.shapes[0];
  expect(bar?.kind === 'rect' ? bar.x + bar.width : 0).toBeCloseTo(buildFrame(model, view).scale.right, 6);
});

test('an order that explains the history numbers the operations', () => {
  const verdict = {
    ...verdictMarks(smallVerdict()),
    status: 'holds' as const,
    blocking: -1,
    minimal: [],
    order: [1, 0],
  };
  const run = { ...data, verdicts: [verdict] };
  const { marks } = layoutOperations(buildModel(run), whole(run));
  const places = marks.flatMap((mark) =>
    mark.shapes.flatMap((shape) =>
      shape.kind === 'text' && shape.class === 'place' ? [[mark.operation, shape.text]] : [],
    ),
  );
  expect(places).toEqual([
    [0, '2'],
    [1, '1'],
  ]);
  expect(marks.find((mark) => mark.operation === 0)?.text).toContain('number 2 in the explaining order');
});

test('a history without times is drawn in its order, and says so when a trace has times', () => {
  const operations = data.history.operations.map(
    (operation, i): Operation => ({
      ...operation,
      invokedAt: 2 * i,
      completedAt: operation.outcome === 'unknown' ? Number.POSITIVE_INFINITY : 2 * i + 1,
    }),
  );
  const history: History = { operations, timeUnit: 'index' };
  const alone = { trace: noTrace, history, verdicts: [] };
  const lines = twinOf(layoutOperations(buildModel(alone), whole(alone)), 'index').map((line) => line.time);
  expect(lines).toEqual(['step 0', 'step 2', 'step 4']);
  const both = layoutOperations(
    buildModel({ ...alone, trace: data.trace }),
    whole({ ...alone, trace: data.trace }),
  );
  expect(both.notes.join(' ')).toContain('carry an order, not a time');
  expect(twinOf(both)).toHaveLength(3);
});

test('very many operations run together, judged ones stay apart, and a note says so', () => {
  const operations = Array.from(
    { length: MAX_BARS + 100 },
    (_, id): Operation => ({
      id,
      process: id % 4,
      f: 'write',
      input: id,
      outcome: id % 50 === 49 ? 'fail' : 'ok',
      output: null,
      invokedAt: id * 10,
      completedAt: id * 10 + 25,
    }),
  );
  const run: RunData = {
    trace: noTrace,
    history: { operations, timeUnit: 'us' },
    verdicts: [{ ...verdictMarks(smallVerdict()), blocking: 77, minimal: [77] }],
  };
  const scene = layoutOperations(buildModel(run), whole(run));
  const texts = twinOf(scene).map((line) => line.text);
  expect(texts).toContain('process 0: 125 operations in this window, 125 ok, 0 failed, 0 unknown');
  expect(texts.filter((text) => text.includes('cannot be explained'))).toHaveLength(1);
  expect(scene.notes[0]).toContain('500 operations in this window run together');
});

test('operations still open from before the window are named in a note', () => {
  const model = buildModel(data);
  const view = { ...whole(data), from: 212_100, until: 212_600 };
  expect(layoutOperations(model, view).notes.join(' ')).toContain('not drawn: 2 (write x 2)');
});
