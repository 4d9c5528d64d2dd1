import type { AbdDefect } from '@holdfast/protocols';
import type { Bounds } from '../bounds/bounds.ts';
import { type AbdSystem, abdSystem } from '../models/abdSystem.ts';
import { broken, correct, type NamedModel } from './named.ts';

const family = 'abd';
const CALM: Bounds = { timers: { '*': 0 }, storage: 'at-once' };
/** A crash at any point, before and after a store is durable; messages may be lost, two are in flight at most. */
const CRASH: Bounds = { timers: { '*': 0 }, crashes: 1, drops: Infinity, inFlight: 2 };

const ONE_WRITES: AbdSystem['clients'] = [
  { of: 1, asks: ['a'] },
  { of: 2, asks: ['read', 'read'] },
];
const TWO_WRITE: AbdSystem['clients'] = [
  { of: 1, asks: ['a', 'read'] },
  { of: 2, asks: ['b', 'read'] },
];
const WRITES_TWICE: AbdSystem['clients'] = [
  { of: 1, asks: ['a', 'b'] },
  { of: 2, asks: ['read', 'read'] },
];

interface Twin {
  readonly defect: AbdDefect;
  readonly about: string;
  readonly nodes?: number;
  readonly clients: AbdSystem['clients'];
  readonly bounds: Bounds;
}

const TWINS: readonly Twin[] = [
  {
    defect: 'no-write-back',
    about: 'answers a read without storing what it returns',
    clients: ONE_WRITES,
    bounds: CALM,
  },
  {
    defect: 'no-query',
    about: 'numbers its writes by itself, not above what others have written',
    clients: TWO_WRITE,
    bounds: CALM,
  },
  {
    defect: 'tags-without-writer',
    about: 'two writers can give one tag to two values',
    nodes: 2,
    clients: TWO_WRITE,
    bounds: CALM,
  },
  {
    defect: 'forgets-on-restart',
    about: 'a replica boots empty and keeps its name',
    clients: WRITES_TWICE,
    bounds: { ...CRASH, storage: 'at-once' },
  },
  {
    defect: 'acks-before-fsync',
    about: 'a replica acknowledges what is in its memory only',
    clients: ONE_WRITES,
    bounds: CRASH,
  },
];

/** The ABD core and its broken twins. */
export const ABD_MODELS: readonly NamedModel[] = [
  correct({
    name: 'abd',
    family,
    size: 'medium',
    about: 'the ABD core, 3 replicas, a write and two reads, linearizable',
    bounds: CALM,
    model: (name) => abdSystem({ name, nodes: 3, clients: ONE_WRITES }),
  }),
  correct({
    name: 'abd-writers',
    family,
    about: 'the ABD core, 2 replicas, two writers that read',
    bounds: CALM,
    model: (name) => abdSystem({ name, nodes: 2, clients: TWO_WRITE }),
  }),
  correct({
    name: 'abd-crash',
    family,
    size: 'medium',
    about: 'the ABD core, 3 replicas, a write and two reads, a crash at any point',
    bounds: CRASH,
    model: (name) => abdSystem({ name, nodes: 3, clients: ONE_WRITES }),
  }),
  ...TWINS.map(({ defect, about, nodes = 3, clients, bounds }) =>
    broken('linearizable', {
      name: `abd-${defect}`,
      family,
      about,
      bounds,
      model: (name) => abdSystem({ name, nodes, clients, options: { defect } }),
    }),
  ),
];
