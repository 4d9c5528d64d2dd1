import type { Trace } from '@holdfast/trace';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isChromeTrace, readChromeTrace } from '../src/formats/chromeIn.ts';
import { printChromeTrace } from '../src/formats/chromeTrace.ts';
import { printRunDocument, readRunDocument } from '../src/formats/document.ts';
import { TraceFormatError } from '../src/formats/errors.ts';
import { printMermaid } from '../src/formats/mermaid.ts';
import { readShiviz } from '../src/formats/shivizIn.ts';
import { printShiviz } from '../src/formats/shivizOut.ts';
import { computeCausality, relationOf } from '../src/model/causality.ts';
import { buildModel } from '../src/model/model.ts';
import { LossyRaft } from './support/lossyRaft.ts';
import { smallHistory, smallTrace } from './support/small.ts';

const traces = fc.nat(500).map((seed) => new LossyRaft({ seed, endMs: 150 }).run().trace);
const modelOf = (trace: Trace) =>
  buildModel({ trace, history: { operations: [], timeUnit: 'us' }, verdicts: [] });

test('a run written as a ShiViz log and read again has the same happens-before among its steps', () => {
  fc.assert(
    fc.property(traces, (trace) => {
      const causality = computeCausality(trace);
      const model = modelOf(trace);
      const steps = trace.events.filter(({ id }) => causality.ticks[id] === 1);
      const { trace: again, warnings } = readShiviz(printShiviz(trace));
      expect(warnings).toEqual([]);
      const busy = new Set(steps.map(({ node }) => trace.nodes[node]?.name ?? ''));
      expect(again.nodes.map(({ name }) => name)).toEqual([...busy].sort());
      // A step may have become several events (heard and told); its last one stands for it.
      const theirs = computeCausality(again);
      const other = modelOf(again);
      const placeOf = (node: number, count: number): number => {
        const name = trace.nodes[node]?.name;
        const own = again.events.filter((event) => again.nodes[event.node]?.name === name);
        const instants = [...new Set(own.map(({ at }) => at))];
        return own.findLast(({ at }) => at === instants[count - 1])?.id ?? -1;
      };
      const seen = new Map<number, number>();
      const places = steps.map((event) => {
        const count = (seen.get(event.node) ?? 0) + 1;
        seen.set(event.node, count);
        return placeOf(event.node, count);
      });
      for (let i = 0; i < steps.length; i += 7) {
        for (let j = 0; j < steps.length; j += 5) {
          const [a, b] = [steps[i]?.id ?? -1, steps[j]?.id ?? -1];
          if (a === b) continue;
          const ours = relationOf(model, causality, a, b);
          expect(relationOf(other, theirs, places[i] ?? -1, places[j] ?? -1)).toBe(ours);
        }
      }
    }),
    { seed: 71, numRuns: 5 },
  );
});

test('a ShiViz log may have its own expression, several executions and holes, which are said', () => {
  const log = [
    '^(?<event>.*) @ (?<host>\\w+) (?<clock>\\{.*\\})$',
    '^=== .* ===$',
    'hello @ a {"a":1}',
    'heard hello @ b {"a":1, "b":1}',
    'much later @ b {"a":1, "b":5}',
    '=== second ===',
    'again @ a {"a":1}',
  ].join('\n');
  const { trace, warnings } = readShiviz(log);
  expect(trace.events.map(({ kind, label, node, peer }) => [kind, label, node, peer])).toEqual([
    ['send', 'hello', 0, 1],
    ['deliver', 'heard hello', 1, 0],
    ['note', 'much later', 1, -1],
  ]);
  expect(trace.timeUnit).toBe('index');
  expect(warnings).toEqual([
    '1 more executions in this log are not read',
    "1 places where a host's own clock skips numbers: entries are missing there",
  ]);
});

test('a ShiViz log whose clocks contradict themselves is refused with the line', () => {
  const read =
    (...lines: string[]) =>
    () =>
      readShiviz(lines.join('\n'));
  expect(read('a {"a":1}', 'x', 'a {"a":1}', 'y')).toThrow(
    "line 3 as a ShiViz log: wanted a clock of 'a' above 1",
  );
  expect(read('a {"b":1}', 'x')).toThrow("line 1 as a ShiViz log: wanted an entry of its own host 'a'");
  expect(read('a {"a":1.5}', 'x')).toThrow("a whole number for 'a'");
  expect(read('a {"a":}', 'x')).toThrow('a vector clock as JSON');
  expect(read('a {"a":1,"b":4}', 'x', 'a {"a":9,"b":2}', 'y')).toThrow("at least 4 for 'b'");
  expect(read('(?<host>x)(?<clock>y)', '', 'z')).toThrow("the group 'event'");
  expect(read('nothing here')).toThrow(TraceFormatError);
});

/** The statements of a sequence diagram that are used, as their grammar has them. */
const STATEMENT =
  /^ {2}(participant n\d+ as [^;#]*|n\d+(->>|-x)n\d+: [^\n;]*|Note over n\d+(,n\d+)?: [^\n;]*|%% .*)$/;

test('a run as a Mermaid diagram keeps every message, with what befell it, in the order each node saw', () => {
  const text = printMermaid(smallTrace());
  const [head, ...lines] = text.trimEnd().split('\n');
  expect(head).toBe('sequenceDiagram');
  const entity = (line: string): string => line.replace(/#\d+;/g, '_');
  expect(lines.filter((line) => !STATEMENT.test(entity(line)))).toEqual([]);
  expect(lines.filter((line) => line.includes('participant'))).toHaveLength(4);
  const arrows = lines.filter((line) => /->>|-x/.test(line));
  const ends = smallTrace().events.filter(({ kind }) => kind === 'deliver' || kind === 'drop');
  expect(arrows).toHaveLength(ends.length);
  expect(arrows[0]).toBe('  n0->>n1: RequestVote [1.3 ms]');
  expect(text).toContain('(duplicate)');
  expect(text).toContain('(lost: partition)');
  expect(text).toContain('(corrupt)');
  expect(text).toContain('Note over n0,n2: partition #123;N1#125;');
  const evil = {
    ...smallTrace(),
    nodes: smallTrace().nodes.map((node) => ({ ...node, name: 'a;b\n  c->>d: e' })),
  };
  const forged = printMermaid(evil).trimEnd().split('\n').slice(1);
  expect(forged.filter((line) => !STATEMENT.test(entity(line)))).toEqual([]);
  expect(forged).toHaveLength(lines.length);
});

test('a long Mermaid diagram ends with how much is left out, and a window has what is inside it', () => {
  const { trace } = new LossyRaft({ seed: 4, endMs: 3_000 }).run();
  expect(printMermaid(trace)).toMatch(/%% \d+ more steps are left out/);
  const part = printMermaid(smallTrace(), { from: 5_000, until: 6_000 });
  expect(part.split('\n').filter((line) => /->>|-x/.test(line))).toHaveLength(3);
});

test('a Chrome trace holds a thread per node, an arrow per delivery, a span per operation and fault, and is read again', () => {
  const trace = smallTrace();
  const value = JSON.parse(printChromeTrace(trace, smallHistory())) as { traceEvents: { ph: string }[] };
  const count = (ph: string): number => value.traceEvents.filter((entry) => entry.ph === ph).length;
  expect(count('s')).toBe(trace.events.filter(({ kind }) => kind === 'send').length);
  expect(count('f')).toBe(trace.events.filter(({ kind }) => kind === 'deliver').length);
  expect([count('b'), count('e')]).toEqual([5, 5]);
  expect(isChromeTrace(value)).toBe(true);
  const { trace: again, warnings } = readChromeTrace(value);
  expect(warnings).toEqual([]);
  expect(again.nodes.map(({ name }) => name)).toEqual(['N1', 'N2', 'N3', 'C1', 'world']);
  const messages = (one: Trace): readonly string[] =>
    one.events
      .filter(({ kind }) => kind === 'deliver')
      .map(({ at, node, peer, label }) => `${at} ${peer}>${node} ${label}`);
  expect(messages(again)).toEqual(messages(trace));
  expect(again.faults.map(({ text }) => text)).toContain('partition {N1} | {N2, N3}');
});

test('a Chrome trace of another program is read: begin and end, instants, unknown phases, a time that is none', () => {
  const { trace, warnings } = readChromeTrace([
    { ph: 'X', pid: 1, tid: 7, name: 'work', ts: 1_000.4, dur: 30 },
    { ph: 'i', pid: 1, tid: 8, name: 'mark', ts: 1_010 },
    { ph: 'C', pid: 1, tid: 8, name: 'counter', ts: 1_011 },
  ]);
  expect(trace.nodes.map(({ name }) => name)).toEqual(['1/7', '1/8']);
  expect(trace.events.map(({ at, kind, label }) => [at, kind, label])).toEqual([
    [0, 'note', 'work'],
    [10, 'note', 'mark'],
  ]);
  expect(warnings).toEqual(["1 entries of phase 'C' are left out"]);
  expect(() => readChromeTrace([{ ph: 'X', ts: 'soon' }])).toThrow('a number as ts of entry 0, found "soon"');
  expect(isChromeTrace([{ op: 'read' }])).toBe(false);
});

test('a run document gives the run back, and another version or shape is refused', () => {
  const run = { trace: smallTrace(), history: smallHistory() };
  expect(readRunDocument(JSON.parse(printRunDocument(run)))).toEqual(run);
  expect(() => readRunDocument({ version: 9 })).toThrow('wanted version 1, found version 9');
  expect(() => readRunDocument({ version: 1, trace: { nodes: [] } })).toThrow('another shape');
  const broken = { ...run.trace, events: run.trace.events.slice(1) };
  expect(() => readRunDocument({ version: 1, trace: broken })).toThrow('event 0 without');
});
