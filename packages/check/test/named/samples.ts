import { type History, HistoryBuilder } from '@holdfast/check';
import type { Plain } from '@holdfast/plain';

/** `[process, f, input, output, key?]`: operations one after the other, all `ok`. */
type Line = readonly [process: number, f: string, input: Plain, output: Plain, key?: string];

/** A history of operations one after the other, 10 us apart and 5 us long. */
export function oneAfterTheOther(lines: readonly Line[]): History {
  const builder = new HistoryBuilder();
  for (const [at, [process, f, input, output, key]] of lines.entries()) {
    const id = builder.invoke(process, f, input, at * 10, key === undefined ? undefined : { key });
    builder.complete(id, 'ok', output, at * 10 + 5);
  }
  return builder.finish(lines.length * 10);
}

/** A sample that every checker named holds on, and one that it finds violated, by kind of operations. */
export const SAMPLES: Readonly<Record<string, readonly [holds: readonly Line[], violated: readonly Line[]]>> =
  {
    register: [
      [
        [0, 'write', 1, null, 'x'],
        [1, 'read', null, 1, 'x'],
      ],
      // Each of its own writes is missed, twice over, and long ago; and the value of the second read was never written.
      [
        [0, 'write', 1, null, 'x'],
        [0, 'write', 2, null, 'x'],
        [0, 'read', null, 1, 'x'],
        [0, 'read', null, 7, 'x'],
      ],
    ],
    'cas-register': [
      [
        [0, 'write', 1, null],
        [1, 'cas', [1, 2], null],
        [0, 'read', null, 2],
      ],
      [
        [0, 'write', 1, null],
        [1, 'cas', [2, 3], null],
      ],
    ],
    kv: [
      [
        [0, 'put', 'a', null, 'x'],
        [1, 'append', 'b', null, 'x'],
        [0, 'get', null, 'ab', 'x'],
      ],
      [
        [0, 'put', 'a', null, 'x'],
        [0, 'get', null, 'b', 'x'],
      ],
    ],
    'multi-register': [
      [
        [
          0,
          'txn',
          [
            ['w', 'x', 1],
            ['w', 'y', 1],
          ],
          [
            ['w', 'x', 1],
            ['w', 'y', 1],
          ],
        ],
        [
          1,
          'txn',
          [
            ['r', 'x', null],
            ['r', 'y', null],
          ],
          [
            ['r', 'x', 1],
            ['r', 'y', 1],
          ],
        ],
      ],
      [
        [
          0,
          'txn',
          [
            ['w', 'x', 1],
            ['w', 'y', 1],
          ],
          [
            ['w', 'x', 1],
            ['w', 'y', 1],
          ],
        ],
        [
          1,
          'txn',
          [
            ['r', 'x', null],
            ['r', 'y', null],
          ],
          [
            ['r', 'x', 1],
            ['r', 'y', null],
          ],
        ],
      ],
    ],
    counter: [
      [
        [0, 'add', 2, null],
        [0, 'read', null, 2],
      ],
      [
        [0, 'add', 2, null],
        [0, 'read', null, 5],
      ],
    ],
    set: [
      [
        [0, 'add', 1, null],
        [1, 'read', null, [1]],
      ],
      [
        [0, 'add', 1, null],
        [1, 'read', null, []],
      ],
    ],
    'fifo-queue': [
      [
        [0, 'enqueue', 1, null],
        [1, 'dequeue', null, 1],
      ],
      [
        [0, 'enqueue', 1, null],
        [1, 'dequeue', null, 1],
        [1, 'dequeue', null, 1],
      ],
    ],
    stack: [
      [
        [0, 'push', 1, null],
        [0, 'push', 2, null],
        [1, 'pop', null, 2],
      ],
      [
        [0, 'push', 1, null],
        [0, 'push', 2, null],
        [1, 'pop', null, 1],
      ],
    ],
    'priority-queue': [
      [
        [0, 'insert', 2, null],
        [0, 'insert', 1, null],
        [1, 'delete-min', null, 1],
      ],
      [
        [0, 'insert', 2, null],
        [0, 'insert', 1, null],
        [1, 'delete-min', null, 2],
      ],
    ],
    mutex: [
      [
        [0, 'acquire', null, null],
        [0, 'release', null, null],
        [1, 'acquire', null, null],
      ],
      [
        [0, 'acquire', null, null],
        [1, 'acquire', null, null],
      ],
    ],
    'fenced-lock': [
      [
        [0, 'acquire', null, 1],
        [0, 'release', null, null],
        [1, 'acquire', null, 2],
      ],
      [
        [0, 'acquire', null, 2],
        [0, 'release', null, null],
        [1, 'acquire', null, 1],
      ],
    ],
    'unique-ids': [
      [
        [0, 'generate', null, 'a'],
        [1, 'generate', null, 'b'],
      ],
      [
        [0, 'generate', null, 'a'],
        [1, 'generate', null, 'a'],
      ],
    ],
    'append-log': [
      [
        [0, 'append', 'a', 0],
        [1, 'read', null, ['a']],
      ],
      [
        [0, 'append', 'a', 0],
        [1, 'read', null, []],
      ],
    ],
    bank: [
      [
        [0, 'read', null, { a: 5, b: 5 }],
        [0, 'transfer', { from: 'a', to: 'b', amount: 1 }, null],
        [0, 'read', null, { a: 4, b: 6 }],
      ],
      [
        [0, 'read', null, { a: 5, b: 5 }],
        [0, 'transfer', { from: 'a', to: 'b', amount: 1 }, null],
        [0, 'read', null, { a: 4, b: 5 }],
      ],
    ],
    'long-fork': [
      [
        [0, 'txn', [['w', 'x', 1]], [['w', 'x', 1]]],
        [1, 'txn', [['w', 'y', 1]], [['w', 'y', 1]]],
        [
          2,
          'txn',
          [
            ['r', 'x', null],
            ['r', 'y', null],
          ],
          [
            ['r', 'x', 1],
            ['r', 'y', 1],
          ],
        ],
      ],
      [
        [0, 'txn', [['w', 'x', 1]], [['w', 'x', 1]]],
        [1, 'txn', [['w', 'y', 1]], [['w', 'y', 1]]],
        [
          2,
          'txn',
          [
            ['r', 'x', null],
            ['r', 'y', null],
          ],
          [
            ['r', 'x', 1],
            ['r', 'y', null],
          ],
        ],
        [
          3,
          'txn',
          [
            ['r', 'x', null],
            ['r', 'y', null],
          ],
          [
            ['r', 'x', null],
            ['r', 'y', 1],
          ],
        ],
      ],
    ],
    log: [
      [
        [0, 'send', 'a', 0, 'k'],
        [1, 'poll', null, [[0, 'a']], 'k'],
      ],
      [
        [0, 'send', 'a', 0, 'k'],
        [0, 'send', 'b', 1, 'k'],
        [1, 'poll', null, [[1, 'b']], 'k'],
      ],
    ],
    'list-append': [
      [
        [0, 'txn', [['append', 'x', 1]], [['append', 'x', 1]]],
        [1, 'txn', [['r', 'x', null]], [['r', 'x', [1]]]],
      ],
      // An aborted read and more: nobody appended 9.
      [
        [0, 'txn', [['append', 'x', 1]], [['append', 'x', 1]]],
        [1, 'txn', [['r', 'x', null]], [['r', 'x', [1, 9]]]],
      ],
    ],
  };

/** The sample of that name. */
export function sampleOf(name: string): readonly [holds: readonly Line[], violated: readonly Line[]] {
  const sample = SAMPLES[name];
  if (sample === undefined) throw new RangeError(`Cannot take a sample of '${name}': there is none`);
  return sample;
}
