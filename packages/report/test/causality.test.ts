import {
  compareVectors,
  EMPTY_VECTOR,
  type HybridClock,
  hybridLimits,
  type LamportStamp,
  receiveHybrid,
  receiveLamport,
  receiveVectorClock,
  startHybrid,
  startLamport,
  tickHybrid,
  tickLamport,
  tickVectorClock,
  type Vector,
  vectorToRecord,
} from '@holdfast/protocols';
import type { Trace } from '@holdfast/trace';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { computeCausality, coneSizes, relationOf, stampText } from '../src/model/causality.ts';
import { buildModel } from '../src/model/model.ts';
import { searchEvents } from '../src/model/search.ts';
import { firstView } from '../src/pictures/view.ts';
import { layoutSpaceTime } from '../src/pictures/spaceTime.ts';
import { step } from '../src/page/steps.ts';
import { LossyRaft } from './support/lossyRaft.ts';
import { smallHistory, smallTrace } from './support/small.ts';

const modelOf = (trace: Trace) =>
  buildModel({ trace, history: { operations: [], timeUnit: 'us' }, verdicts: [] });
const small = buildModel({ trace: smallTrace(), history: smallHistory(), verdicts: [] });

/** Happens-before by its definition: a node's own order, and from each sending to what became of it. */
function reachability(trace: Trace): readonly ReadonlySet<number>[] {
  const pasts: Set<number>[] = [];
  const latest = new Map<number, number>();
  for (const event of trace.events) {
    const past = new Set<number>();
    const add = (id: number | undefined): void => {
      if (id === undefined || id < 0) return;
      past.add(id);
      for (const earlier of pasts[id] ?? []) past.add(earlier);
    };
    const lost = event.kind === 'drop';
    if (event.node >= 0) {
      if (!lost) add(latest.get(event.node));
      if (event.kind === 'deliver' || lost) add(event.cause);
      if (!lost) latest.set(event.node, event.id);
    }
    pasts.push(past);
  }
  return pasts;
}

const traces = fc
  .record({ seed: fc.nat(1000), endMs: fc.constantFrom(120, 300) })
  .map((options) => new LossyRaft(options).run().trace);

test('the cones of every event are happens-before by its definition', () => {
  fc.assert(
    fc.property(traces, (trace) => {
      const model = modelOf(trace);
      const causality = computeCausality(trace);
      const pasts = reachability(trace);
      for (const { id, node } of trace.events) {
        if (node < 0) continue;
        const sizes = { past: 0, future: 0, concurrent: 0 };
        for (const other of trace.events) {
          if (other.node < 0 || other.id === id) continue;
          const expected =
            pasts[id]?.has(other.id) === true
              ? 'past'
              : pasts[other.id]?.has(id) === true
                ? 'future'
                : 'concurrent';
          if (relationOf(model, causality, id, other.id) !== expected) {
            throw new Error(`event ${other.id} is ${expected} of ${id}`);
          }
          sizes[expected]++;
        }
        if (id % 37 === 0) expect(coneSizes(model, causality, id)).toEqual(sizes);
      }
    }),
    { seed: 61, numRuns: 6 },
  );
});

/** Stamps every event by the clocks of the protocol library, which know nothing of this package. */
function byLibrary(trace: Trace): readonly { lamport: number; vector: Vector; hybrid: HybridClock }[] {
  const limits = hybridLimits({ maxDriftMs: 1_000_000 });
  const skews = new Map<number, number>();
  let reading = 0;
  type Clocks = { lamport: LamportStamp; vector: Vector; hybrid: HybridClock };
  const now = new Map<number, Clocks>();
  const stamps: Clocks[] = [];
  for (const event of trace.events) {
    for (const clocks = trace.clocks ?? []; (clocks[reading]?.at ?? Infinity) <= event.at; reading++) {
      skews.set(clocks[reading]?.node ?? -1, clocks[reading]?.skewUs ?? 0);
    }
    const name = `n${event.node}`;
    let own = now.get(event.node) ?? {
      lamport: startLamport(name),
      vector: EMPTY_VECTOR,
      hybrid: startHybrid(name),
    };
    const physical = Math.floor((event.at + (skews.get(event.node) ?? 0)) / 1000);
    const sent = event.kind === 'deliver' ? stamps[event.cause] : undefined;
    if (computeTicks.has(event.kind)) {
      own =
        sent === undefined
          ? {
              lamport: tickLamport(own.lamport),
              vector: tickVectorClock(own.vector, name),
              hybrid: tickHybrid(own.hybrid, physical, limits),
            }
          : {
              lamport: receiveLamport(own.lamport, sent.lamport),
              vector: receiveVectorClock(own.vector, name, sent.vector),
              hybrid: receiveHybrid(
                own.hybrid,
                { l: sent.hybrid.l, c: sent.hybrid.c, node: sent.hybrid.node },
                physical,
                limits,
              ),
            };
      now.set(event.node, own);
    }
    stamps.push(own);
  }
  return stamps.map(({ lamport, vector, hybrid }) => ({ lamport: lamport.counter, vector, hybrid }));
}

const computeTicks = new Set([
  'boot',
  'send',
  'deliver',
  'timer',
  'store',
  'stored',
  'crash',
  'restart',
  'invoke',
  'ok',
  'fail',
  'unknown',
]);

test('Lamport, vector and hybrid stamps equal those of the protocol library', () => {
  fc.assert(
    fc.property(
      traces,
      fc.array(
        fc.record({
          node: fc.nat(2),
          at: fc.nat(300_000),
          skewUs: fc.integer({ min: -40_000, max: 90_000 }),
        }),
        { maxLength: 6 },
      ),
      (bare, readings) => {
        const clocks = readings.sort((a, b) => a.at - b.at);
        const trace = { ...bare, clocks };
        const causality = computeCausality(trace);
        const expected = byLibrary(trace);
        for (const event of trace.events) {
          if (causality.ticks[event.id] !== 1) continue;
          const stamp = expected[event.id];
          const names = vectorToRecord(stamp?.vector ?? EMPTY_VECTOR);
          expect(stampText(causality, 'lamport', event)).toBe(String(stamp?.lamport));
          expect(stampText(causality, 'vector', event)).toBe(
            `[${trace.nodes.map((_, node) => names[`n${node}`] ?? 0).join(' ')}]`,
          );
          expect(stampText(causality, 'hybrid', event)).toBe(`${stamp?.hybrid.l}.${stamp?.hybrid.c}`);
        }
        const [first, last] = [expected[0], expected.at(-1)];
        expect(compareVectors(first?.vector ?? EMPTY_VECTOR, last?.vector ?? EMPTY_VECTOR)).not.toBe('after');
      },
    ),
    { seed: 62, numRuns: 8 },
  );
});

test('the stamps key goes through the three kinds and none; each stamp is drawn or said to have no room', () => {
  let view = { ...firstView(small, 1000), from: 0, until: 7_000 };
  const texts: string[][] = [];
  for (let i = 0; i < 4; i++) {
    const scene = layoutSpaceTime(small, view);
    texts.push(scene.marks.filter((mark) => mark.class === 'stamp').map((mark) => mark.text));
    view = step(small, view, 'stamps');
  }
  expect(texts.map((list) => list.length)).toEqual([0, 24, 24, 24]);
  expect(texts[1]?.slice(0, 5)).toEqual([
    'N1 boot N1: stamp 1',
    'N2 boot N2: stamp 1',
    'N3 boot N3: stamp 1',
    'N1 timer election: stamp 2',
    'N1 store vote: stamp 3',
  ]);
  expect(texts[2]).toContain('N2 deliver RequestVote: stamp [5 2 0 0]');
});

test('the cone key says of every other mark whether it is before, after or concurrent', () => {
  const send = small.trace.events.find((event) => event.label === 'Vote')?.id ?? -1;
  const view = { ...firstView(small, 1000), from: 0, until: 7_000, event: send, cone: true };
  const said = (part: string): string | undefined =>
    layoutSpaceTime(small, view).marks.find((mark) => mark.text.includes(part))?.text;
  expect(said('N1 sends RequestVote to N2')).toMatch(/\(before it\)$/);
  expect(said('N1 sends RequestVote to N3')).toMatch(/\(concurrent with it\)$/);
  expect(said('N1 sends AppendEntries to N2')).toMatch(/\(after it\)$/);
});

test('a search finds events by words and by fields, whatever the case', () => {
  const labels = (query: string): readonly string[] =>
    searchEvents(small, query).map(
      (id) => `${small.trace.events[id]?.kind} ${small.trace.events[id]?.label}`,
    );
  expect(labels('kind:send node:n2')).toEqual(['send Vote', 'send AppendReply']);
  expect(labels('GRANTED')).toEqual(['send Vote', 'deliver Vote']);
  expect(labels('label:partition')).toEqual([]);
  expect(labels('partition drop')).toEqual(['drop AppendEntries: partition']);
  expect(labels('  ')).toEqual([]);
  expect(labels('no-such-word')).toEqual([]);
});
