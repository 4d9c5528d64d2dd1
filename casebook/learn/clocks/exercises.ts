import {
  bareTrace,
  CODED_CLOCKS_BLANK,
  completed,
  Draws,
  DURATION_BLANK,
  type Exercise,
  exercise,
  generatedTrace,
  gradeClocks,
  gradeDurations,
  gradeLastWrite,
  LAST_WRITE_BLANK,
  layoutMessageDrawing,
  type Mark,
  markConcurrent,
  markConverse,
  markLamports,
  markRelation,
  markText,
  markVectors,
  type MessageDrawing,
  numberIn,
  quiz,
  recordOf,
  sceneToSvgFile,
  SIZE_ACTORS,
  sizeCurveSvg,
  stampSizes,
  traceText,
} from 'holdfast';

const MESSAGE_BYTES = 1_000;
const PAIRS = 12;

const pictureOf = (trace: MessageDrawing): Readonly<Record<string, string>> => ({
  'trace.svg': sceneToSvgFile(layoutMessageDrawing(bareTrace(trace))),
});
const solved = (trace: MessageDrawing): Readonly<Record<string, string>> => ({
  'solved.svg': sceneToSvgFile(layoutMessageDrawing(completed(trace))),
});
const blankStamps = (trace: MessageDrawing, blank: null | null[]): Record<string, null | null[]> =>
  Object.fromEntries(
    trace.events.map(({ name }) => [name, blank] as const).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
const FIRST = 'Each process counts from 0 and its first event is 1.';

const lamport: Exercise = exercise({
  name: 'lamport-by-hand',
  title: 'Lamport timestamps by hand',
  about: 'Stamps a trace of three processes, and finds the pair that shows what the stamps do not tell.',
  topic: 'clocks',
  answers: 'file',
  task: (seed) => {
    const trace = generatedTrace(seed);
    return {
      text: [
        `Three processes; time runs to the right on each, and nothing is known between them but the messages.\n\n${traceText(trace)}\n`,
        `Give each event its Lamport timestamp. ${FIRST}`,
        'If a happened before b, the stamp of a is smaller. The converse is false: under "converse", write two events, the smaller stamp first, of which',
        'neither happened before the other.',
      ].join('\n'),
      pictures: pictureOf(trace),
      blank: { ...blankStamps(trace, null), converse: [null, null] },
      grade: (answers) => {
        const given = recordOf(answers);
        return {
          marks: [...markLamports(trace, given), markConverse(trace, given)],
          artefacts: solved(trace),
        };
      },
    };
  },
});

const vectors: Exercise = exercise({
  name: 'vectors-by-hand',
  title: 'Vector timestamps by hand',
  about: 'Stamps the same trace with vectors, lists exactly the concurrent pairs, and says what that costs.',
  topic: 'clocks',
  answers: 'file',
  task: (seed) => {
    const trace = generatedTrace(seed);
    return {
      text: [
        `The trace of lamport-by-hand, seed ${seed}:\n\n${traceText(trace)}\n`,
        `Give each event its vector timestamp: a list of counts, in the order ${trace.nodes.join(', ')}. ${FIRST}`,
        'Under "concurrent", list every pair of events of which neither happened before the other, as [["a1", "b2"], ...]: all of them, and no other.',
        `What does it cost? A vector has an entry for each actor it has heard of. Under "actors", write the first of ${SIZE_ACTORS.join(', ')} at which`,
        `the vector alone is larger than a message of ${MESSAGE_BYTES} bytes, and under "lamport" the same for a Lamport stamp, or 0 when there is none.`,
      ].join('\n'),
      pictures: pictureOf(trace),
      blank: {
        ...blankStamps(
          trace,
          trace.nodes.map(() => null),
        ),
        concurrent: [],
        actors: null,
        lamport: null,
      },
      grade: (answers) => {
        const given = recordOf(answers);
        return {
          marks: [...markVectors(trace, given), ...markConcurrent(trace, given), ...costMarks(given)],
          artefacts: { ...solved(trace), 'stamp-sizes.svg': sizeCurveSvg() },
          told: stampSizes().map(
            (size) =>
              `${size.actors} actors: Lamport stamp ${size.lamport} bytes, vector ${size.vector} bytes`,
          ),
        };
      },
    };
  },
});

function costMarks(given: Readonly<Record<string, unknown>>): Mark[] {
  const first = (of: 'vector' | 'lamport'): number =>
    stampSizes().find((size) => size[of] > MESSAGE_BYTES)?.actors ?? 0;
  return [
    markText('actors at which a vector outgrows the message', String(numberIn(given, 'actors') ?? ''), {
      expected: String(first('vector')),
      because: 'a vector grows by an entry for each actor, see the table',
      beliefs: [
        { answer: '0', belief: 'a vector is a few bytes: it has an entry for everybody who ever wrote' },
      ],
    }),
    markText('the same for a Lamport stamp', String(numberIn(given, 'lamport') ?? ''), {
      expected: String(first('lamport')),
      because: 'a Lamport stamp is one counter and a name, whoever takes part',
      beliefs: SIZE_ACTORS.map((actors) => ({
        answer: String(actors),
        belief: 'a Lamport stamp grows with the actors: it is one counter',
      })),
    }),
  ];
}

const pairs: Exercise = exercise({
  name: 'pairs-by-hand',
  title: 'Ordered or concurrent',
  about: 'Stamps a trace both ways and tells ordered pairs of events from concurrent ones.',
  topic: 'clocks',
  answers: 'file',
  task: (seed) => {
    const trace = generatedTrace(seed + 1_000_000);
    const names = trace.events.map(({ name }) => name);
    const drawn = new Draws(seed, 'pairs').shuffled(
      names.flatMap((a, i) => names.slice(i + 1).map((b): readonly [string, string] => [a, b])),
    );
    const asked = drawn.slice(0, PAIRS);
    return {
      text: [
        `Three processes:\n\n${traceText(trace)}\n`,
        'Under "lamport", give each event its Lamport timestamp, and under "vector" its vector timestamp',
        `(counts in the order ${trace.nodes.join(', ')}). Under "pairs", say of each pair whether the first happened "before" the second, "after" it, or whether`,
        'they are "concurrent".',
      ].join('\n'),
      pictures: pictureOf(trace),
      blank: {
        lamport: blankStamps(trace, null),
        vector: blankStamps(
          trace,
          trace.nodes.map(() => null),
        ),
        pairs: Object.fromEntries(asked.map(([a, b]) => [`${a} ${b}`, null])),
      },
      grade: (answers) => {
        const given = recordOf(answers);
        const part = (name: string): Readonly<Record<string, unknown>> =>
          recordOf(given[name] ?? {}, `'${name}'`);
        return {
          marks: [
            ...markLamports(trace, part('lamport')),
            ...markVectors(trace, part('vector')),
            ...asked.map((pair) => markRelation(trace, pair, part('pairs'))),
          ],
          artefacts: solved(trace),
        };
      },
    };
  },
});

const coded: Exercise = exercise({
  name: 'clocks-in-code',
  title: 'Time and ordering lab',
  about: 'Simulates Lamport and vector clocks on a small system, and classifies every pair of its events.',
  topic: 'clocks',
  answers: 'code',
  task: (seed) => ({
    text: [
      'Write both clocks. They are run on five generated traces of three processes; every stamp and every pair must be right. `next` is called for a local event',
      'and for a sending, `receive` for a receipt; `me` is the position of the process. When the first trace is right it is kept as a picture with your stamps, and as',
      'a drawing that `holdfast verify` judges.',
    ].join('\n'),
    blank: CODED_CLOCKS_BLANK,
    grade: (submitted) => gradeClocks(submitted, seed),
  }),
});

const durations: Exercise = exercise({
  name: 'negative-duration',
  title: 'A call that took less than nothing',
  about: 'Mends a duration that is measured by the wall clock.',
  topic: 'clocks',
  answers: 'code',
  task: () => ({
    text: 'The file measures how long a call took. Grade it as it is: the runs show the bug. Then mend it.',
    blank: DURATION_BLANK,
    grade: (submitted) => gradeDurations(submitted),
  }),
});

const lastWrite: Exercise = exercise({
  name: 'lost-edit',
  title: 'The edit that lost to an older one',
  about: 'Mends a store in which the largest wall-clock time wins.',
  topic: 'clocks',
  answers: 'code',
  task: (seed) => ({
    text: [
      'Three replicas take edits; the clock of one is five seconds ahead. Grade the file as it is: the runs show the bug. Then mend it: an edit gives way only to',
      'one whose author had read it, of edits that knew nothing of each other all are kept, and all replicas show the same in the end. A stamp may be any plain data.',
    ].join('\n'),
    blank: LAST_WRITE_BLANK,
    grade: (submitted) => gradeLastWrite(submitted, seed),
  }),
});

const times: Exercise = quiz({
  name: 'three-kinds-of-time',
  title: 'Wall-clock, monotonic and logical time',
  about: 'Takes the right kind of time for each use.',
  topic: 'clocks',
  intro: 'Each of these needs one kind of time.',
  questions: [
    {
      id: 'timeout',
      question: 'A call is given up after 200 ms. Which clock says when they have passed?',
      right: 'the monotonic clock',
      because: 'it is never set, so a difference of two readings is a duration',
      run: 'holdfast exercise show negative-duration',
      wrong: [
        { choice: 'the wall clock', belief: 'the wall clock measures durations: it is set while one lasts' },
        {
          choice: 'a Lamport clock',
          belief: 'logical time passes by itself: it counts events and knows no duration',
        },
      ],
    },
    {
      id: 'last-edit',
      question:
        'Two edits were made in two regions. Which time tells whether one was made by who had read the other?',
      right: 'a version vector',
      because: 'it names what had been read, and tells older, newer and concurrent apart',
      run: 'holdfast exercise show lost-edit',
      wrong: [
        {
          choice: 'the wall clock',
          belief: 'the larger wall-clock time is the later edit: a clock that is ahead makes an old edit win',
        },
        {
          choice: 'the monotonic clock',
          belief: 'monotonic readings of two hosts can be compared: each counts from an instant of its own',
        },
        {
          choice: 'a Lamport clock',
          belief: 'the smaller Lamport stamp happened before: concurrent edits have stamps, too',
        },
      ],
    },
    {
      id: 'invoice-date',
      question: 'An invoice has to carry a date. Which clock?',
      right: 'the wall clock',
      because: 'people ask for a date; nothing is decided by it, and a minute does not matter',
      wrong: [
        {
          choice: 'the monotonic clock',
          belief: 'the monotonic clock is the better wall clock: it counts from no date at all',
        },
        {
          choice: 'a version vector',
          belief: 'logical time tells when: it tells only what came before what',
        },
      ],
    },
    {
      id: 'lease',
      question:
        'A holder checks on its monotonic clock whether its lease still lasts, and then writes. What is missing?',
      right: 'a fencing token that the storage checks',
      because:
        'it may be paused between the check and the write, and on most systems that clock stands still while the host sleeps',
      run: 'holdfast casebook run split-brain',
      wrong: [
        {
          choice: 'nothing: the monotonic clock never goes back',
          belief: 'a monotonic clock makes a lease safe: it removes steps, and no pauses',
        },
        {
          choice: 'a better synchronised wall clock',
          belief: 'synchronised clocks keep a lease safe: no clock runs while its process is paused',
        },
      ],
    },
    {
      id: 'ntp',
      question:
        'Two hosts are synchronised to within 5 ms. Their events are stamped 2 ms apart. Which came first?',
      right: 'that cannot be told from the stamps',
      because: 'the uncertainty is larger than the difference',
      run: 'holdfast casebook run wall-clock',
      wrong: [
        {
          choice: 'the one with the smaller stamp',
          belief: 'synchronised clocks order events: only those further apart than the error',
        },
        {
          choice: 'neither: they are concurrent',
          belief: 'close in time is concurrent: one may have caused the other',
        },
      ],
    },
  ],
});

export default [lamport, vectors, pairs, coded, durations, lastWrite, times];
