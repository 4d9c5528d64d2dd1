import type { ConsistencyName } from './spectrum.ts';

/** A small history that everybody who knows the models can judge by hand. */
export interface Litmus {
  readonly name: string;
  /** What it shows, in a sentence. */
  readonly about: string;
  /** Its operations, as `readLitmus` takes them. */
  readonly lines: readonly string[];
  /** The models that reject it; all others accept it. Bounds are those of `LITMUS_BOUNDS`. */
  readonly rejectedBy: readonly ConsistencyName[];
}

/** The bounds under which litmus histories are judged: at most so many versions, and so many microseconds, behind. */
export const LITMUS_BOUNDS: { readonly versions: number; readonly within: number } = {
  versions: 1,
  within: 30,
};

const REAL_TIME: readonly ConsistencyName[] = [
  'linearizable',
  'regular',
  'safe',
  'bounded-versions',
  'bounded-time',
];

/** The textbook histories. All registers hold null at first. */
export const litmusHistories: readonly Litmus[] = [
  {
    name: 'overlapping write',
    about: 'Reads during a write may see it or not, as long as they do not go back.',
    lines: ['0 w x 1 @0-50', '1 r x - @10-15', '1 r x 1 @20-25'],
    rejectedBy: [],
  },
  {
    name: 'stale read',
    about: 'Another process does not see a write that was over.',
    lines: ['0 w x 1', '1 r x -'],
    rejectedBy: ['linearizable', 'regular', 'safe'],
  },
  {
    name: 'very stale read',
    about: 'A value three versions and 55 us old.',
    lines: ['0 w x 1', '0 w x 2', '0 w x 3', '0 w x 4', '1 r x 1 @70-75'],
    rejectedBy: REAL_TIME,
  },
  {
    name: 'two versions behind',
    about: 'The last two versions are missing, but not for long.',
    lines: ['0 w x 1', '0 w x 2', '0 w x 3', '1 r x 1'],
    rejectedBy: ['linearizable', 'regular', 'safe', 'bounded-versions'],
  },
  {
    name: 'long behind',
    about: 'Only the last version is missing, but for long.',
    lines: ['0 w x 1', '0 w x 2', '1 r x 1 @60-65'],
    rejectedBy: ['linearizable', 'regular', 'safe', 'bounded-time'],
  },
  {
    name: 'read from the future',
    about: 'A value is read before anybody begins to write it.',
    lines: ['1 r x 1', '0 w x 1'],
    rejectedBy: REAL_TIME,
  },
  {
    name: 'new-old inversion',
    about: 'During one write a first reader sees the new value and a later one the old.',
    lines: ['0 w x 1', '0 w x 2 @10-60', '1 r x 2', '2 r x 1'],
    rejectedBy: ['linearizable'],
  },
  {
    name: 'garbage during a write',
    about: 'A read that overlaps a write returns what nobody wrote.',
    lines: ['0 w x 1 @0-50', '1 r x 7'],
    rejectedBy: [
      'linearizable',
      'sequential',
      'causal-convergence',
      'causal-memory',
      'causal',
      'pram',
      'writes-follow-reads',
      'monotonic-writes',
      'monotonic-reads',
      'read-your-writes',
      'regular',
      'bounded-versions',
      'bounded-time',
      'eventual',
    ],
  },
  {
    name: 'store buffering',
    about: "Two processes each write and then do not see the other's write.",
    lines: ['0 w x 1 @0-5', '1 w y 1 @0-5', '0 r y - @10-15', '1 r x - @10-15'],
    rejectedBy: ['linearizable', 'sequential', 'regular', 'safe'],
  },
  {
    name: 'independent reads of independent writes',
    about: 'Two readers see two unrelated writes in different orders.',
    lines: ['0 w x 1 @0-50', '1 w y 1 @0-50', '2 r x 1', '2 r y -', '3 r y 1', '3 r x -'],
    rejectedBy: ['linearizable', 'sequential'],
  },
  {
    name: 'two readers disagree',
    about: 'Two readers see two writes of one register in different orders.',
    lines: ['0 w x 1 @0-70', '1 w x 2 @0-70', '2 r x 1', '2 r x 2', '3 r x 2', '3 r x 1'],
    rejectedBy: ['linearizable', 'sequential', 'causal-convergence'],
  },
  {
    name: 'flip-flop',
    about: 'One reader sees one value, another, and the first again.',
    lines: ['0 w x 1 @0-70', '1 w x 2 @0-70', '2 r x 1', '2 r x 2', '2 r x 1'],
    rejectedBy: [
      'linearizable',
      'sequential',
      'causal-convergence',
      'causal-memory',
      'pram',
      'monotonic-reads',
    ],
  },
  {
    name: 'overwritten from afar',
    about: "A session's own write wins over a remote one it has in effect already seen.",
    lines: [
      '0 w z 1 @0-99',
      '1 w x 2 @0-99',
      '0 w x 1 @100-200',
      '1 r z - @110-115',
      '0 w y 1 @210-290',
      '1 r y 1 @220-225',
      '1 r x 2 @226-230',
    ],
    rejectedBy: ['linearizable', 'sequential', 'causal-memory', 'pram', 'regular', 'safe'],
  },
  {
    name: 'message passing',
    about: 'A reader sees the flag but not the data that its writer wrote first.',
    lines: ['0 w x 1', '0 w y 1', '1 r y 1', '1 r x -'],
    rejectedBy: [
      'linearizable',
      'sequential',
      'causal-convergence',
      'causal-memory',
      'causal',
      'pram',
      'monotonic-writes',
      'regular',
      'safe',
    ],
  },
  {
    name: 'reply before post',
    about: 'A reader sees the reply but not the post it answers.',
    lines: ['0 w x 1 @0-50', '1 r x 1', '1 w y 1', '2 r y 1', '2 r x -'],
    rejectedBy: [
      'linearizable',
      'sequential',
      'causal-convergence',
      'causal-memory',
      'causal',
      'writes-follow-reads',
    ],
  },
  {
    name: 'reader goes back',
    about: 'One session reads a newer and then an older version.',
    lines: ['0 w x 1', '0 w x 2 @10-60', '1 r x 2', '1 r x 1'],
    rejectedBy: [
      'linearizable',
      'sequential',
      'causal-convergence',
      'causal-memory',
      'causal',
      'pram',
      'monotonic-reads',
    ],
  },
  {
    name: 'own write unread',
    about: 'A session writes and then reads the value before.',
    lines: ['0 w x 1', '0 r x -'],
    rejectedBy: [
      'linearizable',
      'sequential',
      'causal-convergence',
      'causal-memory',
      'causal',
      'pram',
      'read-your-writes',
      'regular',
      'safe',
    ],
  },
  {
    name: 'load buffering',
    about: 'Two processes each read what the other writes only afterwards.',
    lines: ['0 r x 1 @0-50', '1 r y 1 @0-50', '0 w y 1 @60-65', '1 w x 1 @60-65'],
    rejectedBy: [
      'linearizable',
      'sequential',
      'causal-convergence',
      'causal-memory',
      'causal',
      'regular',
      'safe',
      'bounded-versions',
      'bounded-time',
    ],
  },
  {
    name: 'writes that never settle',
    about: 'Three writes overlapped; long after that, readers still see each of them.',
    lines: [
      '0 w x 1 @0-20',
      '1 w x 2 @0-20',
      '2 w x 3 @0-20',
      '3 r x 1 @60-65',
      '4 r x 2 @70-75',
      '5 r x 3 @80-85',
    ],
    rejectedBy: ['linearizable', 'bounded-versions', 'bounded-time'],
  },
  {
    name: 'to and fro between writers',
    about: "Each flag a reader sees says that another writer's value must have been seen before.",
    lines: [
      '0 w x 1 @0-20',
      '1 w x 2 @0-20',
      '0 w y 1 @30-35',
      '1 w z 1 @30-35',
      '2 r y 1',
      '2 r x 2',
      '2 r z 1',
      '2 r x 1',
    ],
    rejectedBy: [
      'linearizable',
      'sequential',
      'causal-convergence',
      'causal-memory',
      'pram',
      'monotonic-writes',
    ],
  },
  {
    name: 'to and fro between posts',
    about: 'Each reply a reader sees says that another post must have been seen before.',
    lines: [
      '0 w x 1 @0-20',
      '1 w x 2 @0-20',
      '3 r x 1 @25-26',
      '4 r x 2 @25-26',
      '3 w y 1 @30-35',
      '4 w z 1 @30-35',
      '2 r y 1',
      '2 r x 2',
      '2 r z 1',
      '2 r x 1 @90-95',
    ],
    rejectedBy: [
      'linearizable',
      'sequential',
      'causal-convergence',
      'causal-memory',
      'writes-follow-reads',
      'bounded-time',
    ],
  },
  {
    name: 'lost update',
    about: 'Two processes read the same and both write: no register is told that they meant to add.',
    lines: ['0 r x -', '1 r x -', '0 w x 1', '1 w x 2', '2 r x 2'],
    rejectedBy: [],
  },
  {
    name: 'write skew',
    about:
      'Two processes read both registers and each writes one: single operations promise nothing about two.',
    lines: ['0 r x -', '0 r y -', '1 r x -', '1 r y -', '0 w x 1', '1 w y 1'],
    rejectedBy: [],
  },
];
