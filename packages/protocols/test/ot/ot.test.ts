import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  applyOperation,
  breakTP1,
  breakTP2,
  type ClientDocument,
  composeOperations,
  type Edit,
  editLocally,
  HISTORY_LIMIT,
  operationLengths,
  parseOperation,
  receiveAcknowledgement,
  receiveEdit,
  receiveRemote,
  startClientDocument,
  startServerDocument,
  textEdit,
  type TextOperation,
  TextOperationError,
  type Transform,
  transformOperations,
} from '../../src/ot/index.ts';
import { Draws } from '../clocks/executions.ts';

/** Any operation on a text of this length, with several edits in it. */
function anyOperation(length: number, draws: Draws): TextOperation {
  const parts: (number | string)[] = [];
  let left = length;
  while (left > 0) {
    const kind = draws.below(3);
    const count = 1 + draws.below(left);
    if (kind === 0) parts.push('pqrs'[draws.below(4)] ?? 'p');
    else {
      parts.push(kind === 1 ? count : -count);
      left -= count;
    }
  }
  if (draws.below(2) === 0) parts.push('end');
  return parseOperation(parts);
}

const seeds = fc.integer({ min: 0, max: 10_000_000 });

describe('S1.100 operational transform', () => {
  test('S1.100 TP1: two concurrent edits converge, whatever they are', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const draws = new Draws(seed);
        const text = 'abcdefgh'.slice(0, draws.below(9));
        const a = anyOperation(text.length, draws);
        const b = anyOperation(text.length, draws);
        expect(breakTP1(transformOperations, text, a, b)).toBeUndefined();
        const [aAfterB, bAfterA] = transformOperations(a, b);
        expect([parseOperation(aAfterB), parseOperation(bAfterA)]).toEqual([aAfterB, bAfterA]);
      }),
      { seed: 1_100, numRuns: 3_000 },
    );
  });

  test('S1.100 TP1 is broken by a transform in which both inserts at one place go first', () => {
    const rude: Transform = (a, b) => [transformOperations(a, b)[0], transformOperations(b, a)[0]];
    const broken = breakTP1(rude, 'ab', textEdit(2, 1, 0, 'x'), textEdit(2, 1, 0, 'y'));
    expect(broken).toEqual({ left: 'ayxb', right: 'axyb' });
    expect(breakTP1(rude, 'ab', textEdit(2, 0, 0, 'x'), textEdit(2, 1, 1, ''))).toBeUndefined();
  });

  test('S1.100 catalogue 115: TP2 fails; the smallest counterexample is found by search', () => {
    const text = 'a';
    const edits = [
      textEdit(1, 0, 1, ''),
      ...['x', 'y', 'z'].flatMap((ch) => [textEdit(1, 0, 0, ch), textEdit(1, 1, 0, ch)]),
    ];
    const found: string[] = [];
    for (const a of edits) {
      for (const b of edits) {
        for (const c of edits) {
          for (const moved of [0, 1, 2] as const) {
            const broken = breakTP2(transformOperations, text, [a, b, c], moved);
            if (broken)
              found.push(`${JSON.stringify([a, b, c])} moving ${moved}: ${broken.left} or ${broken.right}`);
          }
        }
      }
    }
    // Site 1 deletes the only character, site 2 inserts after it and site 3 before it: with the character gone both
    // inserts stand at one place, and the two routes disagree about who was left of whom.
    expect(found[0]).toBe('[[-1],[1,"x"],["y",1]] moving 1: xy or yx');
  });

  test('composing is the same as applying one after the other', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const draws = new Draws(seed);
        const text = 'abcdefgh'.slice(0, draws.below(9));
        const first = anyOperation(text.length, draws);
        const second = anyOperation(operationLengths(first).after, draws);
        const composed = composeOperations(first, second);
        expect(applyOperation(text, composed)).toBe(applyOperation(applyOperation(text, first), second));
        expect(parseOperation(composed)).toEqual(composed);
      }),
      { seed: 1_101, numRuns: 2_000 },
    );
  });

  for (const clients of [2, 3]) {
    test(`S1.100 ${clients} clients and a server converge, and every client sees its edits at once`, () => {
      for (let seed = 0; seed < 200; seed++) {
        const { texts, server } = collaborate(seed, clients, 60);
        expect(new Set([...texts, server])).toEqual(new Set([server]));
      }
    });
  }

  test('S1.100 three peers without a common order diverge on the counterexample', () => {
    const [a, b, c] = [textEdit(1, 0, 1, ''), textEdit(1, 1, 0, 'x'), textEdit(1, 0, 0, 'y')] as const;
    expect(breakTP2(transformOperations, 'a', [a, b, c], 1)).toEqual({ left: 'xy', right: 'yx' });
  });

  test('the server keeps a bounded history and refuses an edit from before it', () => {
    const server = startServerDocument('');
    const late = startClientDocument(server);
    for (let i = 0; i <= HISTORY_LIMIT; i++)
      receiveEdit(server, { revision: i, operation: i === 0 ? ['a'] : [1] });
    expect([server.dropped, server.history.length]).toEqual([1, HISTORY_LIMIT]);
    expect(() => receiveEdit(server, editLocally(late, ['b']))).toThrow(/revision from 1 to 10001/);
    expect(receiveEdit(server, editLocally(startClientDocument(server), ['b', 1]))).toEqual(['b', 1]);
  });

  test('malformed edits are refused and the document stays', () => {
    const server = startServerDocument('abc');
    receiveEdit(server, { revision: 0, operation: textEdit(3, 3, 0, 'd') });
    const before = JSON.stringify(server);
    const bad = [
      null,
      {},
      { revision: 2, operation: [4] },
      { revision: -1, operation: [3] },
      { revision: 1, operation: [3] },
      { revision: 0, operation: [4] },
      { revision: 1, operation: [0, 4] },
      { revision: 1, operation: [1.5, 2.5] },
      { revision: 1, operation: 'text' },
      { revision: 1, operation: [100_000_001] },
    ];
    for (const edit of bad) {
      expect(() => receiveEdit(server, edit)).toThrow(expect.objectContaining({ code: 'TEXT_OPERATION' }));
    }
    expect(JSON.stringify(server)).toBe(before);
    expect(server.text).toBe('abcd');
    const client = startClientDocument(server);
    expect(() => receiveRemote(client, [7])).toThrow(TextOperationError);
    expect(() => receiveAcknowledgement(client)).toThrow(TextOperationError);
    expect(() => textEdit(3, 2, 2, '')).toThrow(TextOperationError);
    expect(() => composeOperations([1], [2])).toThrow(/compose/);
    expect(client).toEqual({ text: 'abcd', revision: 1, sent: null, waiting: null });
  });
});

/** Clients edit at random over ordered channels with any delay; gives the texts when all has arrived. */
function collaborate(seed: number, count: number, steps: number): { texts: string[]; server: string } {
  const draws = new Draws(seed);
  const server = startServerDocument('hello');
  const clients: ClientDocument[] = Array.from({ length: count }, () => startClientDocument(server));
  const toServer: Edit[][] = clients.map(() => []);
  const toClient: ((client: ClientDocument) => Edit | undefined)[][] = clients.map(() => []);
  const deliver = (at: number): void => {
    const edit = toServer[at]?.shift();
    if (!edit) return;
    const placed = receiveEdit(server, JSON.parse(JSON.stringify(edit)));
    clients.forEach((_, to) => {
      const remote = (client: ClientDocument) => {
        receiveRemote(client, placed);
        return undefined;
      };
      toClient[to]?.push(to === at ? receiveAcknowledgement : remote);
    });
  };
  const hear = (at: number): void => {
    const client = clients[at];
    const next = client && toClient[at]?.shift()?.(client);
    if (next) toServer[at]?.push(next);
  };
  for (let i = 0; i < steps; i++) {
    const at = draws.below(count);
    const client = clients[at] as ClientDocument;
    const kind = draws.below(3);
    if (kind === 0) deliver(at);
    else if (kind === 1) hear(at);
    else {
      const expected = anyOperation(client.text.length, draws);
      const shown = applyOperation(client.text, expected);
      const edit = editLocally(client, expected);
      if (client.text !== shown) throw new Error('a local edit does not show');
      if (edit) toServer[at]?.push(edit);
    }
  }
  while (toServer.some((queue) => queue.length > 0) || toClient.some((queue) => queue.length > 0)) {
    for (let at = 0; at < count; at++) {
      deliver(at);
      hear(at);
    }
  }
  return { texts: clients.map(({ text }) => text), server: server.text };
}
