import { caseStudy, messageTraceOf, reasonOf, threeNodeEventTrace } from 'holdfast';
import experiments from './experiment.ts';

const NEWER = 'causally newer edits lost';
const CONCURRENT = 'concurrent edits lost';
const TOLD = 'concurrent pairs told apart, %';
const BYTES = 'bytes of ordering per edit';

const row = (name: string, experiment: string, gain: string, cost: string) => ({
  name,
  experiment,
  gain,
  cost,
});

export default caseStudy({
  name: 'wall-clock',
  title: 'A wall clock taken for causal truth',
  scenario:
    'A collaborative editor takes edits in several regions, and of two edits keeps the one with the larger updated_at. The clock of one region jumps ' +
    'forward after a synchronisation. Its old edit now wins over edits that were made later, by people who had read it.',
  anchor: 'lamport-1978',
  capstone: 'ordering-model',
  failureModel: [
    'The wall clock of one region jumps forward by five seconds. Others are right.',
    'Packets are lost, doubled and late; replicas restart with what they had stored. They never lie.',
  ],
  picture:
    'An edit reaches another region and is answered there by a newer one, whose timestamp is smaller: it vanishes at once.',
  mechanisms: ['logical clock', 'vector clock'],
  guaranteed: [
    'An edit whose author had read another one is never decided against it.',
    'Of edits made without knowledge of each other none is thrown away: all are shown until somebody who has seen them decides.',
    'Once everything has been told all replicas show the same.',
  ],
  bestEffort: [
    'How many versions stand side by side, and for how long: that depends on how often people edit at once.',
    'A sorting by time for display: good enough to look at, never to decide by.',
  ],
  wrong: {
    belief: 'NTP keeps clocks synchronised, so timestamps tell which edit was last.',
    breaks: 'no causally newer edit lost',
    seen: (result) => {
      const reason = reasonOf(result, 'no causally newer edit lost');
      const skewMs = result.metrics['worstSkewMs'] ?? 0;
      if (reason === undefined || skewMs === 0) return undefined;
      return `the wall clocks of the regions were up to ${skewMs} ms apart, and the later edit had the smaller timestamp: ${reason}`;
    },
  },
  better:
    'Each version carries a version vector: it tells older, newer and concurrent apart exactly, and what is concurrent is kept.',
  experiments,
  seeds: { first: 1, count: 20 },
  tradeoffs: {
    columns: [
      { name: NEWER, combine: 'sum' },
      { name: CONCURRENT, combine: 'sum' },
      { name: TOLD, combine: 'mean' },
      { name: BYTES, combine: 'mean' },
    ],
    choices: [
      row('wall clock, last write wins, 3 writers', 'wall-3', 'simple', 'loses causality, and valid edits'),
      row('wall clock, last write wins, 50 writers', 'wall-50', 'the same few bytes', 'the same losses'),
      row(
        'Lamport clock, 3 writers',
        'lamport-3',
        'follows happens-before',
        'tells concurrency only where stamps are equal',
      ),
      row(
        'Lamport clock, 50 writers',
        'lamport-50',
        'follows happens-before',
        'one of two concurrent edits is lost',
      ),
      row(
        'hybrid clock, 3 writers',
        'hybrid-3',
        'follows happens-before, near to wall time',
        'one of two concurrent edits is lost',
      ),
      row('hybrid clock, 50 writers', 'hybrid-50', 'the same', 'the same'),
      row('version vector, 3 writers', 'versions-3', 'detects concurrent edits', 'somebody must merge them'),
      row(
        'version vector, 50 writers',
        'versions-50',
        'detects concurrent edits',
        'metadata grows with the writers',
      ),
      row('CRDT, 3 writers', 'crdt-3', 'keeps concurrent work', 'a data type for each kind of field'),
      row('CRDT, 50 writers', 'crdt-50', 'keeps concurrent work', 'a data type for each kind of field'),
    ],
    seeds: [1, 2],
    measure: ({ metrics }) => ({
      [NEWER]: metrics['lostNewer'] ?? Number.NaN,
      [CONCURRENT]: metrics['lostConcurrent'] ?? Number.NaN,
      [TOLD]:
        (100 * (metrics['concurrentTold'] ?? Number.NaN)) / Math.max(1, metrics['concurrentPairs'] ?? 0),
      [BYTES]: metrics['bytesPerEdit'] ?? Number.NaN,
    }),
    claims: [
      {
        sentence: 'only the wall clock loses edits to older ones',
        holds: (rows) =>
          Object.entries(rows).every(([name, each]) => name.startsWith('wall') || each[NEWER] === 0) &&
          (rows['wall clock, last write wins, 3 writers']?.[NEWER] ?? 0) > 0,
      },
      {
        sentence:
          'every clock that makes one order of all loses concurrent edits; version vectors and CRDTs lose none',
        holds: (rows) =>
          Object.entries(rows).every(([name, each]) => {
            const keepsAll = name.startsWith('version') || name.startsWith('CRDT');
            return keepsAll === (each[CONCURRENT] === 0);
          }),
      },
      {
        sentence: 'only version vectors tell every concurrent pair, however many write',
        holds: (rows) => {
          const told = (name: string): number[] =>
            [3, 50].map((writers) => rows[`${name}, ${writers} writers`]?.[TOLD] ?? Number.NaN);
          const others = ['wall clock, last write wins', 'Lamport clock', 'hybrid clock', 'CRDT'];
          return (
            Math.min(...told('version vector')) === 100 &&
            others.every((name) => Math.min(...told(name)) < 100)
          );
        },
      },
      {
        sentence:
          'from 3 to 50 writers the metadata of version vectors grows at least threefold, that of the others not by half',
        holds: (rows) => {
          const growth = (name: string): number =>
            (rows[`${name}, 50 writers`]?.[BYTES] ?? 0) / (rows[`${name}, 3 writers`]?.[BYTES] ?? 1);
          const others = ['wall clock, last write wins', 'Lamport clock', 'hybrid clock', 'CRDT'];
          return growth('version vector') >= 3 && others.every((name) => growth(name) < 1.5);
        },
      },
    ],
  },
  documents: [
    threeNodeEventTrace(
      'three-nodes',
      'Version vectors: an edit replaces what its author was shown; concurrent edits stand side by side until one who sees both edits again',
    ),
    messageTraceOf('three-nodes'),
  ],
});
