import type { Core } from '@holdfast/protocols';
import { describe, expect, it } from 'vitest';
import { type CoreModel, explore, ofNodes, traceText } from '../../src/index.ts';
import { journal } from './journal.ts';

type Log = Core<{ got: string[] }, string, never, never>;

/** Sends words to node 2, which keeps them in the order of arrival. */
function postman(
  words: readonly string[],
  network: CoreModel<string, never, never>['network'],
): CoreModel<string, never, never> {
  const core: Log = {
    name: 'postman',
    boot({ self }, out): { got: string[] } {
      if (self === 1) for (const word of words) out.send(2, word);
      return { got: [] };
    },
    step(state, event): void {
      if (event.kind === 'message' && state.got.length < 3) state.got.push(event.message);
    },
    messageType: (word) => word,
    view: ({ got }) => ({ got: got.join('') }),
  };
  const arrives = (text: string): ReturnType<typeof ofNodes> =>
    ofNodes<{ got: string[] }, string>({
      name: `"${text}" arrives`,
      kind: 'reachable',
      view: ({ state }) => state?.got.join('') ?? '',
      holds: ([, second]) => second === text,
    });
  return {
    name: 'postman',
    nodes: [
      { id: 1, core },
      { id: 2, core },
    ],
    ...(network === undefined ? {} : { network }),
    properties: ['ab', 'ba', 'aa', 'b'].map(arrives),
  };
}

function reached(model: CoreModel<string, never, never>, bounds: Parameters<typeof explore>[1]): string[] {
  const { properties } = explore(model, bounds, { stopAtViolation: false });
  return properties.filter(({ status }) => status === 'holds').map(({ name }) => name);
}

describe('networks', () => {
  it('S3.23 an unordered network delivers in every order, each message once', () => {
    expect(reached(postman(['a', 'b'], 'unordered'), {})).toEqual([
      '"ab" arrives',
      '"ba" arrives',
      '"b" arrives',
    ]);
  });

  it('S3.23 an ordered network keeps the order', () => {
    expect(reached(postman(['a', 'b'], 'ordered'), {})).toEqual(['"ab" arrives']);
  });

  it('S3.23 an ordered network that loses one message can lose the first', () => {
    expect(reached(postman(['a', 'b'], 'ordered'), { drops: 1 })).toEqual(['"ab" arrives', '"b" arrives']);
  });

  it('S3.23 a duplicate lets a message arrive twice', () => {
    expect(reached(postman(['a'], 'unordered'), {})).toEqual([]);
    expect(reached(postman(['a'], 'unordered'), { duplicates: 1 })).toEqual(['"aa" arrives']);
  });

  it('S3.23 a duplicating network needs no bound for that', () => {
    expect(reached(postman(['a'], 'unordered-duplicating'), {})).toEqual(['"aa" arrives']);
  });
});

describe('crashes', () => {
  it('S3.23 a crash before a store is durable loses it: found with the shortest run', () => {
    const result = explore(journal(true), { crashes: 1 });
    expect(result.status).toBe('violated');
    expect(traceText(result.counterexample ?? { initial: null, steps: [], seen: '' })).toBe(
      '1. client 1 asks N1 {"value":1}\n2. N1 crashes',
    );
  });

  it('S3.23 an answer that waits for the store raises no alarm, crash or not', () => {
    const result = explore(journal(false), { crashes: 2 });
    expect(result).toMatchObject({ status: 'holds', end: 'complete' });
    expect(result.states).toBeGreaterThan(50);
  });

  it('S3.23 the early answer goes unnoticed where stores are durable at once, or nothing crashes', () => {
    expect(explore(journal(true), { crashes: 2, storage: 'at-once' }).status).toBe('holds');
    expect(explore(journal(true), {}).status).toBe('holds');
  });

  it('S3.23 a crash can tear a store between its records, and only in their order', () => {
    const core: Core<{ pair: string }, never, never, never> = {
      name: 'torn',
      boot({ records }, out): { pair: string } {
        const pair = `${records['a'] === 1 ? 'a' : '-'}${records['b'] === 1 ? 'b' : '-'}`;
        if (pair === '--')
          out.store([
            { key: 'a', value: 1 },
            { key: 'b', value: 1 },
          ]);
        return { pair };
      },
      step: () => undefined,
      messageType: () => '',
      view: ({ pair }) => ({ pair }),
    };
    const restartsWith = (pair: string): ReturnType<typeof ofNodes> =>
      ofNodes<{ pair: string }, string>({
        name: pair,
        kind: 'reachable',
        view: ({ state }) => state?.pair ?? '',
        holds: ([seen]) => seen === pair,
      });
    const properties = ['--', 'a-', '-b', 'ab'].map(restartsWith);
    const { properties: found } = explore(
      { name: 'torn', nodes: [{ id: 1, core }], properties },
      { crashes: 1 },
    );
    expect(found.map(({ name, status }) => `${name} ${status}`)).toEqual([
      '-- holds',
      'a- holds',
      '-b violated',
      'ab holds',
    ]);
  });

  it('S3.23 a node that may not crash does not', () => {
    const model = journal(true);
    const nodes = model.nodes.map((node) => ({ ...node, mayCrash: false }));
    expect(explore({ ...model, nodes }, { crashes: 1 }).status).toBe('holds');
  });
});

describe('timers and choices', () => {
  const dice: Core<{ sum: number }, never, never, never> = {
    name: 'dice',
    boot(_, out): { sum: number } {
      out.setTimer('roll', 1);
      out.setTimer('rest', 5);
      return { sum: 0 };
    },
    step(state, event, out): void {
      if (event.kind !== 'timer' || event.timer !== 'roll') return;
      state.sum += 10 * out.choose('first', 2) + out.choose('second', 3);
      out.setTimer('roll', 1);
    },
    messageType: () => '',
    view: ({ sum }) => ({ sum }),
  };
  const model = (sum: number): CoreModel<never, never, never> => ({
    name: 'dice',
    nodes: [{ id: 1, core: dice }],
    properties: [
      ofNodes<{ sum: number }, number>({
        name: `never ${sum}`,
        view: ({ state }) => state?.sum ?? 0,
        holds: ([seen]) => seen !== sum,
      }),
    ],
  });

  it('S3.23 every answer to a choice is tried, and the run names the answers', () => {
    const result = explore(model(12), { timers: { roll: 1 } });
    expect(result.status).toBe('violated');
    expect(result.counterexample?.steps.map(({ text }) => text)).toEqual([
      'N1 timer roll goes off, choosing 1, 2',
    ]);
  });

  it('S3.23 timers go off as often as their bounds say', () => {
    expect(explore(model(20), { timers: { roll: 1 } }).status).toBe('holds');
    expect(explore(model(20), { timers: { roll: 2 } }).counterexample?.steps).toHaveLength(2);
    expect(explore(model(20), { timeouts: 1 }).status).toBe('holds');
    expect(explore(model(20), { timeouts: 2 }).status).toBe('violated');
    expect(explore(model(20), { timers: { '*': 1 } }).status).toBe('holds');
    expect(explore(model(20), { timers: { '*': 1, roll: 2 } }).status).toBe('violated');
  });
});
