import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RerunPlan } from '../../src/rerun/data.ts';
import { codeDigest } from '../../src/rerun/data.ts';
import {
  addHostFault,
  editMessage,
  moveHost,
  planChanges,
  retimeFault,
  withoutFault,
} from '../../src/rerun/edits.ts';
import { changedPlan, type Knobs } from '../../src/page/knobs.ts';

const plan: RerunPlan & { readonly nodes: number } = {
  seed: 7,
  nodes: 3,
  endUs: 900_000,
  faults: [
    {
      id: 2,
      kind: 'partition',
      atUs: 100_000,
      forUs: 50_000,
      groups: [
        ['N1', 'C1'],
        ['N2', 'N3'],
      ],
    },
    { id: 5, kind: 'loss', atUs: 0, forUs: 0 },
  ],
};

test('an edit changes only what it names and keeps fields it does not know', () => {
  const edited = moveHost(plan, 2, 'C1', 1);
  expect(edited.nodes).toBe(3);
  expect(edited.faults[0]?.groups).toEqual([['N1'], ['N2', 'N3', 'C1']]);
  expect(edited.faults[1]).toBe(plan.faults[1]);
  expect(plan.faults[0]?.groups?.[0]).toEqual(['N1', 'C1']);
  expect(moveHost(plan, 2, 'C1', 9)).toEqual(plan);
  expect(withoutFault(plan, 2).faults.map(({ id }) => id)).toEqual([5]);
  expect(addHostFault(plan, 'pause', 'N2', 5, 9).faults.at(-1)).toEqual({
    id: 6,
    kind: 'pause',
    host: 'N2',
    atUs: 5,
    forUs: 9,
  });
});

test('every change of a plan is said, and equal plans have none', () => {
  expect(planChanges(plan, plan)).toEqual([]);
  const lost = editMessage(plan, 17, { kind: 'drop' });
  const late = editMessage(lost, 4, { kind: 'delay', byUs: 20_000 });
  expect(planChanges(plan, late)).toEqual(['message 4 takes 20 ms longer', 'message 17 is lost']);
  expect(planChanges(late, editMessage(late, 17, undefined))).toEqual([
    'message 17 is left to the network again',
  ]);
  const moved = retimeFault(addHostFault(withoutFault(plan, 5), 'crash', 'N1', 1_000, 0), 2, 200_000, 1_000);
  expect(planChanges(plan, { ...moved, endUs: 1_000_000 })).toEqual([
    'without loss',
    'partition {N1,C1} | {N2,N3} at 200 ms for 1 ms',
    'crash N1 at 1 ms',
    'the run ends at 1 s',
  ]);
  expect(planChanges(plan, { ...plan, seed: 8, faults: [] })).toEqual(['seed 8 in place of 7']);
});

const knobs = (values: Partial<Record<string, string>>, more: Partial<Knobs> = {}): Knobs => ({
  number: (name) => Number(values[name] ?? Number.NaN),
  text: (name) => values[name] ?? '',
  message: -1,
  messageIsFromAnotherRun: false,
  fault: -1,
  ...more,
});

test('a knob without what it needs says so and changes nothing', () => {
  expect(changedPlan(plan, 'drop', knobs({}))).toContain('Select a message first');
  const elsewhere = { message: 3, messageIsFromAnotherRun: true };
  expect(changedPlan(plan, 'drop', knobs({}, elsewhere))).toContain('select it in the other future');
  expect(changedPlan(plan, 'delay', knobs({ delay: '-1' }, { message: 3 }))).toContain('0 ms or more');
  expect(changedPlan(plan, 'pause', knobs({ host: 'N1', hostAt: '' }))).toContain('0 ms or more');
  expect(changedPlan(plan, 'end', knobs({ end: '0' }))).toContain('after 0 ms');
});

test('a knob in milliseconds edits the plan in whole microseconds', () => {
  expect(changedPlan(plan, 'delay', knobs({ delay: '1.5004' }, { message: 3 }))).toMatchObject({
    messages: { 3: { kind: 'delay', byUs: 1_500 } },
  });
  expect(changedPlan(plan, 'side', knobs({ host: 'N1', side: '1' }, { fault: 2 }))).toMatchObject({
    faults: [{ groups: [['C1'], ['N2', 'N3', 'N1']] }, {}],
  });
});

test('code that differs in one character has another digest', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.nat(), (code, at) => {
      const place = at % code.length;
      const other = `${code.slice(0, place)}${code[place] === 'a' ? 'b' : 'a'}${code.slice(place + 1)}`;
      expect(codeDigest(code)).toMatch(/^[0-9a-f]{16}$/);
      expect(codeDigest(other)).not.toBe(codeDigest(code));
    }),
    { seed: 51, numRuns: 200 },
  );
});
