import type { CommitDefect } from '@holdfast/protocols';
import type { Bounds } from '../bounds/bounds.ts';
import { commitSystem } from '../models/commitSystem.ts';
import { broken, correct, type NamedModel } from './named.ts';

const family = 'commit';
const ONE_TIMEOUT: Bounds = { timers: { '*': 1 }, crashes: 1 };
/** Three-phase commit assumes that no timer runs out while everybody is up. */
const NO_TIMEOUT: Bounds = { timers: { '*': 0 }, crashes: 1 };

const TWINS: readonly [CommitDefect, string, Bounds][] = [
  ['prepares-in-memory', 'says yes without a durable record', { timers: { '*': 1 }, crashes: 1 }],
  ['aborts-alone-after-yes', 'gives up waiting after a yes, and aborts', { timers: { '*': 1 } }],
  ['answers-before-forcing-log', 'announces commit before it is durable', { timers: { '*': 1 }, crashes: 1 }],
];

/** The cores of atomic commit and their broken twins. */
export const COMMIT_MODELS: readonly NamedModel[] = [
  correct({
    name: 'commit-two-phase',
    family,
    size: 'medium',
    about: 'two-phase commit, 2 participants, a crash at any point, each timer once',
    bounds: ONE_TIMEOUT,
    model: (name) => commitSystem({ name, protocol: 'two-phase', participants: 2 }),
  }),
  correct({
    name: 'commit-two-phase-refused',
    family,
    about: 'the same when one participant votes no',
    bounds: ONE_TIMEOUT,
    model: (name) => commitSystem({ name, protocol: 'two-phase', participants: 2, refusing: 1 }),
  }),
  correct({
    name: 'commit-three-phase',
    family,
    about: 'three-phase commit, 2 participants, a crash at any point, no timer before its time',
    bounds: NO_TIMEOUT,
    model: (name) => commitSystem({ name, protocol: 'three-phase', participants: 2 }),
  }),
  correct({
    name: 'commit-consensus',
    family,
    about: 'commit by consensus, 2 participants, a crash at any point',
    bounds: NO_TIMEOUT,
    model: (name) => commitSystem({ name, protocol: 'consensus', participants: 2 }),
  }),
  broken('atomicity', {
    name: 'commit-three-phase-late',
    family,
    about: 'three-phase commit where messages may be later than timers: its assumption does not hold',
    bounds: { timers: { '*': 2 } },
    size: 'medium',
    model: (name) => commitSystem({ name, protocol: 'three-phase', participants: 2 }),
  }),
  ...TWINS.map(([defect, about, bounds]) =>
    broken('atomicity', {
      name: `commit-${defect}`,
      family,
      about,
      bounds,
      model: (name) => commitSystem({ name, protocol: 'two-phase', participants: 2, defect }),
    }),
  ),
];
