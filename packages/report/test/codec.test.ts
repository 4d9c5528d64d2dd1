import { expect, test } from 'vitest';
import { decodeRun, encodeRun, UnreadableRunError } from '../src/data/codec.ts';
import { verdictMarks } from '../src/model/model.ts';
import { LossyRaft } from './support/lossyRaft.ts';
import { smallHistory, smallTrace, smallVerdict } from './support/small.ts';

test('a run survives being encoded, with the exact ends of unknown operations', () => {
  for (const seed of [1, 2, 3]) {
    const run = { ...new LossyRaft({ seed, endMs: 900 }).run(), verdicts: [] };
    expect(decodeRun(encodeRun(run))).toEqual(run);
  }
  const small = { trace: smallTrace(), history: smallHistory(), verdicts: [verdictMarks(smallVerdict())] };
  expect(decodeRun(encodeRun(small))).toEqual(small);
  expect(decodeRun(encodeRun(small)).history.operations[2]?.completedAt).toBe(Number.POSITIVE_INFINITY);
});

test('repeated payloads and labels are stored once', () => {
  const run = { ...new LossyRaft({ seed: 2, endMs: 3_000 }).run(), verdicts: [] };
  expect(encodeRun(run).length / run.trace.events.length).toBeLessThan(50);
});

test('data of another version is refused by name', () => {
  const run = { trace: smallTrace(), history: smallHistory(), verdicts: [] };
  const newer = encodeRun(run).replace('"version":1', '"version":9');
  expect(() => decodeRun(newer)).toThrow(UnreadableRunError);
  expect(() => decodeRun(newer)).toThrow('found version 9');
});
