import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkMessageDrawing,
  completed,
  type DrawnEvent,
  DrawingError,
  layoutMessageDrawing,
  type MessageDrawing,
  readMessageDrawing,
  sceneToSvg,
  twinToText,
} from '../src/index.ts';

const local = (name: string, node: string): DrawnEvent => ({ name, node, kind: 'local' });
const send = (name: string, node: string, message: string): DrawnEvent => ({
  name,
  node,
  kind: 'send',
  message,
});
const receive = (name: string, node: string, message: string): DrawnEvent => ({
  name,
  node,
  kind: 'receive',
  message,
});

/** P1: a1, a2 sends m1, a3 receives m2. P2: b1, b2 receives m1, b3 sends m2. */
const BARE: MessageDrawing = {
  format: 'holdfast-message-trace',
  version: 1,
  nodes: ['P1', 'P2'],
  events: [
    local('a1', 'P1'),
    send('a2', 'P1', 'm1'),
    receive('a3', 'P1', 'm2'),
    local('b1', 'P2'),
    receive('b2', 'P2', 'm1'),
    send('b3', 'P2', 'm2'),
  ],
};
const RIGHT: MessageDrawing = {
  ...BARE,
  events: BARE.events.map((event, i) => ({
    ...event,
    lamport: [1, 2, 5, 1, 3, 4][i] ?? 0,
    vector:
      [
        [1, 0],
        [2, 0],
        [3, 3],
        [0, 1],
        [2, 2],
        [2, 3],
      ][i] ?? [],
  })),
  concurrent: [
    ['a1', 'b1'],
    ['b1', 'a2'],
  ],
};

const said = (drawing: MessageDrawing): string[] =>
  checkMessageDrawing(drawing).map(({ part, message }) => `${part}: ${message}`);
const withEvent = (name: string, change: Partial<DrawnEvent>): MessageDrawing => ({
  ...RIGHT,
  events: RIGHT.events.map((event) => (event.name === name ? { ...event, ...change } : event)),
});

/** A run of random steps on up to four nodes, its messages delivered at any later time, out of order, twice, or never. */
const drawings = fc
  .record({
    nodes: fc.integer({ min: 1, max: 4 }),
    steps: fc.array(fc.tuple(fc.nat(3), fc.nat(2), fc.nat(20)), { maxLength: 25 }),
  })
  .map(({ nodes, steps }): MessageDrawing => {
    const sent: { readonly message: string; readonly node: number }[] = [];
    const events = steps.map(([at, what, which], i): DrawnEvent => {
      const node = at % nodes;
      const [name, place] = [`e${i}`, `N${node}`];
      const heard = sent.filter((one) => one.node !== node)[which];
      if (what === 1) {
        sent.push({ message: `m${i}`, node });
        return send(name, place, `m${i}`);
      }
      return what === 2 && heard !== undefined ? receive(name, place, heard.message) : local(name, place);
    });
    return {
      format: 'holdfast-message-trace',
      version: 1,
      nodes: Array.from({ length: nodes }, (_, i) => `N${i}`),
      events,
    };
  });

describe('a message trace that somebody drew', () => {
  it('S4.34 holds when every stamp and pair is as its messages have it', () => {
    expect(said(RIGHT)).toEqual([]);
    expect(completed(BARE)).toEqual({
      ...RIGHT,
      concurrent: [
        ['a1', 'b1'],
        ['a2', 'b1'],
      ],
    });
    expect(readMessageDrawing(JSON.parse(JSON.stringify(RIGHT)))).toEqual(RIGHT);
  });

  it('S4.34 each wrong stamp is named with the one it should be and why, and missing ones too', () => {
    expect(said(withEvent('b2', { lamport: 7 }))).toEqual([
      'Lamport stamps: b2 has 7; it is 3: one more than the greater of 1, its own last, and 2, that of the message',
    ]);
    expect(said(withEvent('a2', { vector: [2, 1] }))).toEqual([
      'vector stamps: a2 has [2 1]; it is [2 0]: its own last, [1 0], with one more of its own',
    ]);
    expect(said(BARE).map((line) => line.split(':')[0])).toEqual([
      ...Array<string>(6).fill('Lamport stamps'),
      ...Array<string>(6).fill('vector stamps'),
      'concurrent pairs',
    ]);
  });

  it('S4.34 pairs that are none are told by the chain between them, and missing ones are told', () => {
    expect(
      said({
        ...RIGHT,
        concurrent: [
          ['b1', 'a1'],
          ['a1', 'b3'],
        ],
      }),
    ).toEqual([
      'concurrent pairs: a1 and b3 are none: a1 -> a2 -> b2 -> b3',
      'concurrent pairs: a2 and b1 are missing: no chain of messages leads from one to the other',
    ]);
  });

  it('S4.34 names the wrong rule when all stamps follow one', () => {
    const lamport = (...stamps: number[]): MessageDrawing => ({
      ...RIGHT,
      events: RIGHT.events.map((event, i) => ({ ...event, lamport: stamps[i] ?? 0 })),
    });
    expect(said(lamport(1, 2, 3, 1, 2, 3))[0]).toMatch(
      /^Lamport stamps: all of them follow another rule: a receipt takes the greater stamp and does not add 1/,
    );
    expect(said(lamport(1, 2, 3, 1, 2, 3)).length).toBeGreaterThan(1);
    const vector = RIGHT.events.map((event, i) => ({
      ...event,
      vector:
        [
          [1, 0],
          [2, 0],
          [2, 2],
          [0, 1],
          [2, 1],
          [2, 2],
        ][i] ?? [],
    }));
    expect(said({ ...RIGHT, events: vector })[0]).toMatch(/does not count itself$/);
  });

  it('S4.34 arrows that make no order are told before anything else is judged', () => {
    const events = (...list: DrawnEvent[]): MessageDrawing => ({ ...BARE, events: list });
    expect(said(events(receive('a1', 'P1', 'm1')))).toEqual(['arrows: a1 receives m1, which nobody sends']);
    expect(said(events(send('a1', 'P1', 'm1'), send('b1', 'P2', 'm1')))).toEqual([
      'arrows: b1 sends m1, which a1 has sent: a message is sent once',
    ]);
    expect(
      said(
        events(
          receive('a1', 'P1', 'm2'),
          send('a2', 'P1', 'm1'),
          receive('b1', 'P2', 'm1'),
          send('b2', 'P2', 'm2'),
        ),
      ),
    ).toEqual(['arrows: a1 would have to happen before itself: a message is received before it is sent']);
  });

  it('S4.34 a file that is no drawing is refused with the place', () => {
    const bad: readonly (readonly [unknown, string])[] = [
      [{ ...RIGHT, nodes: ['P1', 'P1'] }, "'nodes' names one twice"],
      [
        { ...RIGHT, events: [{ name: 'x', node: 'P9', kind: 'local' }] },
        "event 'x' is at 'P9', which is none of P1, P2",
      ],
      [{ ...RIGHT, events: [{ name: 'x', node: 'P1', kind: 'sends' }] }, `event 'x' is a "sends"`],
      [{ ...RIGHT, events: [{ name: 'x', node: 'P1', kind: 'send' }] }, "event 'x' names no message"],
      [
        { ...RIGHT, events: [{ name: 'x', node: 'P1', kind: 'local', vector: [1] }] },
        'no list of 2 whole numbers',
      ],
      [{ ...RIGHT, concurrent: [['a1', 'z']] }, "concurrent[0] names 'z'"],
    ];
    for (const [value, message] of bad) {
      expect(() => readMessageDrawing(value)).toThrow(DrawingError);
      expect(() => readMessageDrawing(value)).toThrow(message);
    }
  });

  it('S4.34 of any run: filled in it holds, its vectors say which pairs are concurrent, and one changed stamp is found', () => {
    fc.assert(
      fc.property(drawings, fc.nat(24), (drawing, which) => {
        const right = completed(drawing);
        expect(checkMessageDrawing(right)).toEqual([]);
        const within = (a: DrawnEvent, b: DrawnEvent): boolean =>
          (a.vector ?? []).every((count, i) => count <= (b.vector?.[i] ?? 0));
        const incomparable = right.events.flatMap((a, i) =>
          right.events
            .slice(i + 1)
            .flatMap((b) => (!within(a, b) && !within(b, a) ? [[a.name, b.name]] : [])),
        );
        expect(right.concurrent).toEqual(incomparable);
        const changed = right.events[which];
        if (changed === undefined) return;
        const events = right.events.with(which, { ...changed, lamport: (changed.lamport ?? 0) + 1 });
        expect(
          checkMessageDrawing({ ...right, events }).some(({ message }) =>
            message.startsWith(`${changed.name} has`),
          ),
        ).toBe(true);
      }),
      { seed: 434, numRuns: 150 },
    );
  });

  it('S4.34 the picture shows every event with both stamps and every message, and its twin says the same', () => {
    const scene = layoutMessageDrawing(RIGHT);
    const svg = sceneToSvg(scene);
    for (const { name, lamport, vector = [] } of RIGHT.events) {
      expect(svg).toContain(`>${name}</text>`);
      expect(svg).toContain(`>${lamport}</text>`);
      expect(svg).toContain(`>[${vector.join(' ')}]</text>`);
    }
    expect(svg.match(/class="head"/g)).toHaveLength(2);
    const twin = twinToText(scene, 'index');
    expect(twin).toMatch(/a2 at P1 sends m1: Lamport 2, vector \[2 0\]/);
    expect(twin).toMatch(/a2 sends m1 to b2/);
    expect(twin).toMatch(/Note: Concurrent pairs: a1 and b1, b1 and a2\.$/);
    // An effect never stands left of its cause.
    const place = new Map(
      scene.marks.filter(({ class: of }) => of === 'stamp').map(({ text, at }) => [text.slice(0, 2), at]),
    );
    expect(place.get('b2')).toBeGreaterThan(place.get('a2') ?? Infinity);
    expect(place.get('a3')).toBeGreaterThan(place.get('b3') ?? Infinity);
  });
});
