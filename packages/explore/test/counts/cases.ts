import type { Bounds, CoreModel, Explorable, ExploreOptions, ExploreResult, Spec } from '@holdfast/explore';
import {
  abdRegister,
  atomicCommitment,
  commitWithBackup,
  explorable,
  explore,
  paxosCommit,
  registerSystem,
  ringElection,
  singleCopyRegister,
  singleDecreePaxos,
  terminationDetection,
  transactionCommit,
  twoPhaseCommit,
} from '@holdfast/explore';
import { lamportMutex } from '../../src/models/lamportMutex.ts';
import { multiPaxosCommands } from '../../src/models/multiPaxosCommands.ts';
import { paxosConsensus } from '../../src/models/paxosConsensus.ts';
import { pingPong } from './pingPong.ts';

/** A model whose numbers others have published or measured, and what they are. */
export interface CountCase {
  readonly name: string;
  readonly model: Explorable;
  readonly symmetry: boolean;
  readonly states: number;
  /** Initial states and steps; absent where no judge gives it. */
  readonly generated?: number;
  readonly depth?: number;
  /** Who found these numbers. */
  readonly judges: string;
  /** Where ours differs from a judge's on purpose. */
  readonly note?: string;
  /** How much work it is: `small` runs in the test suite, `long` takes a minute or more. */
  readonly size: 'small' | 'medium' | 'long';
}

type Size = CountCase['size'];
type Numbers = readonly [states: number, generated?: number | undefined, depth?: number];

/** Explores a case; options may change how, not what. */
export function exploreCase({ model, symmetry }: CountCase, options: ExploreOptions = {}): ExploreResult {
  return explore(model, undefined, { ...options, symmetry });
}

function counted(
  [states, generated, depth]: Numbers,
  judges: string,
  size: Size,
  model: Explorable,
  { symmetry = false, note }: { readonly symmetry?: boolean; readonly note?: string | undefined } = {},
): CountCase {
  return {
    name: symmetry ? `${model.name}, symmetric` : model.name,
    model,
    symmetry,
    states,
    ...(generated === undefined ? {} : { generated }),
    ...(depth === undefined ? {} : { depth }),
    judges,
    ...(note === undefined ? {} : { note }),
    size,
  };
}

function spec<S extends object>(
  numbers: Numbers,
  judges: string,
  size: Size,
  model: Spec<S>,
  note?: string,
): CountCase {
  return counted(numbers, judges, size, explorable(model), { note });
}

function orbits<S extends object>(
  numbers: Numbers,
  judges: string,
  model: Spec<S>,
  note?: string,
  size: Size = 'small',
): CountCase {
  return counted(numbers, judges, size, explorable(model), { symmetry: true, note });
}

function system<M, C, R>(
  numbers: Numbers,
  judges: string,
  size: Size,
  model: CoreModel<M, C, R>,
  bounds: Bounds = {},
): CountCase {
  return counted(numbers, judges, size, explorable(model, bounds));
}

const TLC = 'TLC';
const STATERIGHT = 'Stateright';
const MANIFEST = 'TLC (tlaplus/Examples)';
const NOT_CANONICAL =
  'true orbits, as TLC counts them; Stateright counts more, as it sorts by a part of the state only';

/** All of them. What is expected stands here and nowhere else; what we find comes from searching. */
export const COUNT_CASES: readonly CountCase[] = [
  spec([34, 94, 7], MANIFEST, 'small', transactionCommit(3)),
  spec([288, 1_146, 11], `${TLC}, ${STATERIGHT}, Spin`, 'small', twoPhaseCommit(3)),
  spec([8_832], STATERIGHT, 'small', twoPhaseCommit(5)),
  spec([296_448, 2_744_706, 23], `${TLC}, ${STATERIGHT}, Spin`, 'medium', twoPhaseCommit(7)),
  spec([1_745_408, 18_507_778, 26], `${TLC}, ${STATERIGHT}, Spin`, 'medium', twoPhaseCommit(8)),
  spec([10_340_352, 123_558_402, 29], `${TLC}, ${STATERIGHT}, Spin`, 'medium', twoPhaseCommit(9)),
  spec([61_515_776], STATERIGHT, 'long', twoPhaseCommit(10)),
  orbits([80, 318], TLC, twoPhaseCommit(3)),
  orbits([314, 2_048], TLC, twoPhaseCommit(5), `${NOT_CANONICAL} (665)`),
  orbits([920, 8_410], TLC, twoPhaseCommit(7), `${NOT_CANONICAL} (3,346)`),
  orbits([2_232], 'a hand-packed search', twoPhaseCommit(9), `${NOT_CANONICAL} (19,512)`),
  orbits([3_300], 'a hand-packed search', twoPhaseCommit(10)),
  spec(
    [1_245, undefined, 15],
    MANIFEST,
    'small',
    commitWithBackup(3),
    'the manifest gives 5,841 steps, ours are 5,343: TLC counts a step once for each way in which its condition holds',
  ),
  spec([54_944, 218_352, 21], MANIFEST, 'medium', atomicCommitment(3, 'simple')),
  spec([4_284, 23_988, 19], MANIFEST, 'small', atomicCommitment(2, 'forwards-first')),
  spec([1_321_761, 16_959_159, 28], MANIFEST, 'medium', paxosCommit(2, 2)),
  orbits([25, 82, 9], MANIFEST, paxosConsensus(3, 2, 1)),
  orbits(
    [343_796, 736_012, 28],
    MANIFEST,
    multiPaxosCommands({ replicas: 3, writes: 1, reads: 1, ballots: 2 }),
    undefined,
    'medium',
  ),
  spec(
    [724_274, undefined, 61],
    MANIFEST,
    'medium',
    lamportMutex(3, 6),
    'the manifest gives 2,729,079 steps, ours are 2,496,351: TLC also counts those beyond the highest clock, and goes no further',
  ),
  spec([137, 227, 10], MANIFEST, 'small', ringElection(3)),
  spec([302, 2_001], MANIFEST, 'small', terminationDetection(3), 'the manifest gives depth 10; it is 9'),
  spec([1_566, 15_986, 12], MANIFEST, 'small', terminationDetection(4)),
  system(
    [16_668, 32_971, 21],
    STATERIGHT,
    'small',
    registerSystem({
      name: 'single-decree Paxos, 3 servers, 2 clients',
      servers: 3,
      clients: 2,
      server: singleDecreePaxos,
    }),
  ),
  system(
    [1_194_428, 2_420_477, 28],
    STATERIGHT,
    'medium',
    registerSystem({
      name: 'single-decree Paxos, 3 servers, 3 clients',
      servers: 3,
      clients: 3,
      server: singleDecreePaxos,
    }),
  ),
  system(
    [544],
    STATERIGHT,
    'small',
    registerSystem({
      name: 'ABD register, 2 servers, 2 clients',
      servers: 2,
      clients: 2,
      server: abdRegister,
    }),
  ),
  system(
    [1_212_979, 4_730_934, 41],
    STATERIGHT,
    'medium',
    registerSystem({
      name: 'ABD register, 3 servers, 2 clients, ordered network',
      servers: 3,
      clients: 2,
      network: 'ordered',
      server: abdRegister,
    }),
  ),
  system(
    [93],
    STATERIGHT,
    'small',
    registerSystem({
      name: 'single-copy register, 1 server, 2 clients',
      servers: 1,
      clients: 2,
      server: () => singleCopyRegister(),
    }),
  ),
  system([14], STATERIGHT, 'small', pingPong(1, 'unordered-duplicating', 'lossy and duplicating network'), {
    drops: Infinity,
  }),
  system(
    [4_094],
    STATERIGHT,
    'small',
    pingPong(5, 'unordered-duplicating', 'lossy and duplicating network'),
    {
      drops: Infinity,
    },
  ),
  system([11], STATERIGHT, 'small', pingPong(5, 'unordered', 'each message delivered once')),
];

/** What of a result is not as expected, in words; empty when all is. */
export function differences(expected: CountCase, found: ExploreResult): string[] {
  const wrong: string[] = [];
  if (found.end !== 'complete') wrong.push(`the search ended early: ${found.reason}`);
  if (found.status !== 'holds') wrong.push(`it is ${found.status}`);
  for (const key of ['states', 'generated', 'depth'] as const) {
    const number = expected[key];
    // Depth first the longest run counts, which nobody else has measured.
    if (key === 'depth' && found.search === 'depth') continue;
    if (number !== undefined && number !== found[key])
      wrong.push(`${key} ${found[key]} instead of ${number}`);
  }
  return wrong;
}

/** All models by the names of their cases, for threads that load them from here. */
export default Object.fromEntries(COUNT_CASES.map(({ name, model }) => [name, model])) as Readonly<
  Record<string, Explorable>
>;
