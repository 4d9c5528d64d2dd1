import { registerModel } from '@holdfast/check';
import { describe, expect, it } from 'vitest';
import {
  explore,
  linearizable,
  ofHistory,
  ofSide,
  type PairedHistory,
  pairedRecorder,
  raftProperties,
  raftReads,
  raftRecorder,
} from '../../src/index.ts';

const BOUNDS = { timeouts: 1, timers: { '*': 0, election: 1 }, storage: 'at-once' } as const;

describe('two recorders as one', () => {
  it('find what each finds alone, and judge each side by itself', () => {
    const model = raftReads({ name: 'reads', nodes: 2, read: 'local', options: { defect: 'local-read' } });
    const { history } = model;
    if (history === undefined) throw new Error('the model records nothing');
    const alone = explore(model, BOUNDS);
    const both = explore(
      {
        ...model,
        history: pairedRecorder(raftRecorder(), history),
        properties: [
          ...raftProperties().map((property) => ofSide(property, 'past')),
          ofSide(linearizable(registerModel({ initial: null })), 'operations'),
          ofHistory<PairedHistory>(
            'somebody led and somebody was answered',
            ({ past, operations }) =>
              JSON.stringify(past).includes('[1]') && operations.done.some((done) => done.length > 0),
            'reachable',
          ),
        ],
      },
      BOUNDS,
      { stopAtViolation: false },
    );
    expect(alone.status).toBe('violated');
    const found = both.properties.find(({ name }) => name === 'linearizable');
    expect(found?.trace?.steps.length).toBe(alone.counterexample?.steps.length);
    expect(found?.trace?.seen).toMatch(
      /^process 1 read null .* process 0 wrote "a" .* had completed before it began/,
    );
    expect(both.properties.filter(({ status }) => status === 'violated').map(({ name }) => name)).toEqual([
      'linearizable',
    ]);
    expect(both.properties.find(({ kind }) => kind === 'reachable')?.status).toBe('holds');
  });
});
