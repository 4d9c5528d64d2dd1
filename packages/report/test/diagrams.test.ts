import { checkTransactions, type Operation } from '@holdfast/check';
import { expect, test } from 'vitest';
import { diagramsHtml } from '../src/html/diagrams.ts';
import { layoutAnomaly } from '../src/pictures/anomaly.ts';
import { layoutQuorums } from '../src/pictures/quorums.ts';
import { sceneToSvg } from '../src/scene/svg.ts';
import { twinOf } from '../src/scene/twin.ts';
import { tagsOf } from './support/html.ts';
import { sampleRun } from './support/samples.ts';

const transaction = (id: number, input: Operation['input'], output: Operation['output']): Operation => ({
  id,
  process: id,
  f: 'txn',
  input,
  outcome: 'ok',
  output,
  invokedAt: id,
  completedAt: 100 + id,
});

/** Two transactions that each read what the other had not yet written. */
const operations: readonly Operation[] = [
  transaction(
    0,
    [
      ['r', 'x', null],
      ['append', 'y', 1],
    ],
    [
      ['r', 'x', []],
      ['append', 'y', 1],
    ],
  ),
  transaction(
    1,
    [
      ['r', 'y', null],
      ['append', 'x', 1],
    ],
    [
      ['r', 'y', []],
      ['append', 'x', 1],
    ],
  ),
  {
    ...transaction(
      2,
      [
        ['r', 'x', null],
        ['r', 'y', null],
      ],
      [
        ['r', 'x', [1]],
        ['r', 'y', [1]],
      ],
    ),
    invokedAt: 200,
    completedAt: 210,
  },
];
const { anomalies } = checkTransactions(
  { operations, timeUnit: 'us' },
  { workload: 'list-append', model: 'serializable' },
);

test('an anomaly of transactions is a graph: each involved once, an arrow for every dependency, each edge explained', () => {
  const [skew] = anomalies;
  if (skew === undefined) throw new Error('the checker found no anomaly');
  for (const width of [360, 760]) {
    const scene = layoutAnomaly(skew, operations, width);
    expect(scene.title).toBe('write skew (G2-item)');
    expect(scene.marks.filter((mark) => mark.class === 'transaction').map((mark) => mark.operation)).toEqual([
      ...skew.transactions,
    ]);
    const edges = scene.marks.filter((mark) => mark.class.startsWith('dependency'));
    expect(edges.map((mark) => mark.text)).toEqual(skew.cycle.map(({ sentence }) => sentence));
    expect(
      edges.every((mark) => mark.shapes.some((shape) => shape.kind === 'text' && shape.text === 'rw')),
    ).toBe(true);
    expect(sceneToSvg(scene)).not.toMatch(/NaN|Infinity/);
    expect(twinOf(scene, 'us')).toHaveLength(4);
  }
});

test('a cycle longer than fits says how many are not drawn', () => {
  const ids = Array.from({ length: 20 }, (_, i) => i);
  const cycle = ids.map((from) => ({
    from,
    to: (from + 1) % 20,
    kind: 'ww' as const,
    sentence: `${from} before`,
  }));
  const long = {
    name: 'G0',
    title: 'write cycle',
    sentence: 's',
    transactions: ids,
    cycle,
    rulesOut: [],
  } as const;
  const scene = layoutAnomaly(long, [], 760);
  expect(scene.notes[0]).toContain('6 more transactions');
  expect(twinOf(scene, 'us').filter((line) => line.text.endsWith('before'))).toHaveLength(20);
});

test('a quorum diagram shows members, what they share, and in words whether the rule holds', () => {
  const diagram = {
    title: 'N = 3, W = 1, R = 2',
    nodes: ['N1', 'N2', 'N3'],
    sets: [
      { name: 'write', members: [0] },
      { name: 'read', members: [2, 1] },
    ],
    holds: false,
    says: 'this read misses this write',
  };
  const scene = layoutQuorums(diagram, 360);
  expect(twinOf(scene, 'us').map((line) => line.text)).toEqual([
    'this read misses this write',
    'write: N1',
    'read: N2, N3',
    'No node is in all of them',
  ]);
  expect(scene.description).toBe('Does not hold: this read misses this write');
  const meeting = layoutQuorums(
    {
      ...diagram,
      sets: [
        { name: 'write', members: [0, 1] },
        { name: 'read', members: [1, 2] },
      ],
    },
    360,
  );
  expect(twinOf(meeting, 'us').at(-1)?.text).toBe('In all of them: N2');
  const html = diagramsHtml({ ...sampleRun(1, 100, false), quorums: [diagram], anomalies }, 0);
  expect(tagsOf(html).filter(({ name }) => name === 'figure')).toHaveLength(1 + anomalies.length);
});
