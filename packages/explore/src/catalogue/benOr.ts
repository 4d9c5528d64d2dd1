import type { BenOrDefect } from '@holdfast/protocols';
import type { Bounds } from '../bounds/bounds.ts';
import { benOrSystem } from '../models/benOrSystem.ts';
import { broken, correct, type NamedModel } from './named.ts';

const family = 'ben-or';

/** Rounds never end by themselves: so many steps are looked at. */
const STEPS: Bounds = { timers: { '*': 0 }, rounds: 12, storage: 'at-once' };
const CRASH: Bounds = { ...STEPS, rounds: 10, crashes: 1 };
const PROPOSALS = [0, 0, 1] as const;

const TWINS: readonly [BenOrDefect, string, Bounds, NamedModel['size']][] = [
  ['decides-on-one-proposal', 'decides as soon as it sees one proposal', STEPS, 'medium'],
  ['tosses-though-proposed', 'tosses a coin though it saw a proposal', STEPS, 'medium'],
  ['forgets-on-restart', 'comes back from a crash without what it said', CRASH, 'medium'],
];

/** The Ben-Or core and its broken twins. */
export const BEN_OR_MODELS: readonly NamedModel[] = [
  correct({
    name: 'ben-or',
    family,
    size: 'medium',
    about: 'Ben-Or, 3 nodes that propose 0, 0 and 1, whatever the coins show',
    bounds: STEPS,
    model: (name) => benOrSystem({ name, proposals: PROPOSALS }),
  }),
  correct({
    name: 'ben-or-crash',
    family,
    size: 'medium',
    about: 'the same with a crash at any point',
    bounds: CRASH,
    model: (name) => benOrSystem({ name, proposals: PROPOSALS }),
  }),
  ...TWINS.map(([defect, about, bounds, size]) =>
    broken('agreement', {
      name: `ben-or-${defect}`,
      family,
      about,
      bounds,
      size,
      model: (name) => benOrSystem({ name, proposals: PROPOSALS, options: { defect } }),
    }),
  ),
];
