import { decoration, type Scene, type Shape, textWidth } from '../scene/scene.ts';

const SAMPLE = 40;
const ROW = 22;

type Sample = (x: number, y: number) => readonly Shape[];

const shaft = (x: number, y: number): Shape => ({
  kind: 'line',
  class: 'shaft',
  from: { x, y: y + 4 },
  to: { x: x + SAMPLE - 8, y: y - 3 },
});

const head = (x: number, y: number): Shape => ({
  kind: 'path',
  class: 'head',
  points: [
    { x: x + SAMPLE - 2, y: y - 4.5 },
    { x: x + SAMPLE - 10, y: y - 6.4 },
    { x: x + SAMPLE - 8.8, y: y + 0.6 },
  ],
  closed: true,
});

const arrow: Sample = (x, y) => [shaft(x, y), head(x, y)];

const cross: Sample = (x, y) => {
  const end = { x: x + SAMPLE - 8, y: y - 3 };
  return [
    shaft(x, y),
    {
      kind: 'line',
      class: 'cross',
      from: { x: end.x - 4, y: end.y - 4 },
      to: { x: end.x + 4, y: end.y + 4 },
    },
    {
      kind: 'line',
      class: 'cross',
      from: { x: end.x - 4, y: end.y + 4 },
      to: { x: end.x + 4, y: end.y - 4 },
    },
  ];
};

const double: Sample = (x, y) => [
  { kind: 'line', class: 'shaft', from: { x, y: y + 2.5 }, to: { x: x + SAMPLE - 8, y: y - 4.5 } },
  { kind: 'line', class: 'shaft', from: { x, y: y + 6.5 }, to: { x: x + SAMPLE - 8, y: y - 0.5 } },
  head(x, y),
];

const flaw: Sample = (x, y) => {
  const m = x + SAMPLE / 2 - 4;
  const points = [
    { x: m, y: y - 5 },
    { x: m + 6, y: y + 0.5 },
    { x: m, y: y + 6 },
    { x: m - 6, y: y + 0.5 },
  ];
  return [shaft(x, y), head(x, y), { kind: 'path', class: 'flaw', points, closed: true }];
};

const open: Sample = (x, y) => [
  shaft(x, y),
  { kind: 'circle', class: 'open', center: { x: x + SAMPLE - 8, y: y - 3 }, radius: 3.5 },
];

const box: Sample = (x, y) => [{ kind: 'rect', x, y: y - 6, width: SAMPLE - 8, height: 13 }];

const gap: Sample = (x, y) => [{ kind: 'rect', class: 'gap', x, y: y - 6, width: SAMPLE - 8, height: 13 }];

const timer: Sample = (x, y) => [
  { kind: 'line', from: { x: x + 24, y: y - 6 }, to: { x: x + 24, y: y + 1 } },
  { kind: 'circle', center: { x: x + 24, y: y + 3.5 }, radius: 2.5 },
];

const square: Sample = (x, y) => [{ kind: 'rect', x: x + 21, y: y - 3, width: 6, height: 6 }];

const flag: Sample = (x, y) => [
  {
    kind: 'path',
    points: [
      { x: x + 22, y: y + 6 },
      { x: x + 22, y: y - 5 },
      { x: x + 28, y: y - 2 },
      { x: x + 22, y: y + 1 },
    ],
  },
];

const ENTRIES: readonly (readonly [className: string, text: string, sample: Sample])[] = [
  ['message delivered', 'message', arrow],
  ['message lost', 'lost', cross],
  ['message delivered duplicate', 'duplicate', double],
  ['message delivered late', 'late', arrow],
  ['message delivered corrupt', 'corrupted', flaw],
  ['message flight', 'in flight at the end', open],
  ['role lead', 'leads', box],
  ['role candidate', 'seeks to lead', box],
  ['role follow', 'follows', box],
  ['down', 'down', gap],
  ['paused', 'paused', gap],
  ['event timer', 'timer', timer],
  ['event store', 'disk write', square],
  ['event stored', 'durable', square],
  ['event note', 'note', flag],
];

/** The signs of the space-time diagram, each drawn as it is there, as a small scene of its own. */
export function layoutLegend(): readonly Scene[] {
  return ENTRIES.map(([className, text, sample]): Scene => {
    const shapes: Shape[] = [...sample(4, ROW / 2)];
    const label: Shape = { kind: 'text', at: { x: SAMPLE + 4, y: ROW / 2 + 4 }, text };
    return {
      id: 'legend',
      title: text,
      description: 'A sign of the diagram.',
      width: SAMPLE + 12 + textWidth(text),
      height: ROW,
      marks: [decoration(className, shapes), decoration('legend', [label])],
      notes: [],
    };
  });
}
