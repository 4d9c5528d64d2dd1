import type { SwimDefect, SwimOptions } from '@holdfast/protocols';
import type { Bounds } from '../bounds/bounds.ts';
import { type SwimSystem, swimSystem } from '../models/swimSystem.ts';
import { broken, correct, type NamedModel } from './named.ts';

const family = 'swim';

/** Timers of any member, and messages that may be lost: a member is suspected by the third, given up by the fourth. */
const FOUR: Bounds = { timeouts: 4, drops: Infinity, inFlight: 3, storage: 'at-once' };
const LEAVES: SwimSystem['commands'] = [{ command: 'leave', to: 3 }];

const CORRECT: readonly NamedModel[] = [
  correct({
    name: 'swim',
    family,
    about: 'SWIM, 3 members, probes through others, suspicion and death',
    bounds: { ...FOUR, inFlight: 2 },
    model: (name) => swimSystem({ name, nodes: 3 }),
  }),
  correct({
    name: 'swim-refutation',
    family,
    size: 'long',
    about: 'the same with time and messages for an accusation and its refutation to cross',
    bounds: { ...FOUR, timeouts: 5 },
    model: (name) => swimSystem({ name, nodes: 3 }),
  }),
  correct({
    name: 'swim-leave',
    family,
    size: 'medium',
    about: 'the same when a member leaves',
    bounds: FOUR,
    model: (name) => swimSystem({ name, nodes: 3, commands: LEAVES }),
  }),
  correct({
    name: 'swim-exchange',
    family,
    size: 'medium',
    about: 'SWIM, 3 members that also exchange all they hold',
    bounds: FOUR,
    model: (name) => swimSystem({ name, nodes: 3, options: { syncEvery: 2 } }),
  }),
  correct({
    name: 'swim-lifeguard',
    family,
    size: 'medium',
    about: "SWIM with Lifeguard's local health, 3 members",
    bounds: FOUR,
    model: (name) => swimSystem({ name, nodes: 3, options: { lifeguard: true, suspicionStretch: 1 } }),
  }),
  correct({
    name: 'swim-crash',
    family,
    size: 'medium',
    about: 'SWIM, 3 members of which one crashes at any point',
    bounds: { timeouts: 4, crashes: 1, drops: Infinity, inFlight: 1 },
    model: (name) => swimSystem({ name, nodes: 3 }),
  }),
];

interface Twin {
  readonly defect: SwimDefect;
  readonly breaks: string;
  readonly about: string;
  readonly bounds?: Bounds;
  readonly commands?: SwimSystem['commands'];
  readonly options?: Partial<SwimOptions>;
  readonly size?: NamedModel['size'];
}

const TWINS: readonly Twin[] = [
  {
    defect: 'suspicion-without-incarnation',
    breaks: 'opinions only rise',
    about: 'takes a suspect or dead member for alive again on old news',
    options: { syncEvery: 2 },
    size: 'medium',
  },
  {
    defect: 'dead-overrides-newer',
    breaks: 'opinions only rise',
    about: 'believes a death though the member has taken a later incarnation since',
    bounds: { ...FOUR, timeouts: 5 },
    size: 'medium',
  },
  {
    defect: 'refutes-at-same-incarnation',
    breaks: 'an incarnation said again is a later one',
    about: 'answers an accusation without raising its incarnation',
  },
  {
    defect: 'raises-others',
    breaks: 'incarnations are their owners',
    about: 'clears a suspect it hears from with an incarnation that member never took',
  },
  {
    defect: 'believes-own-death',
    breaks: 'nobody goes but by its own will',
    about: 'believes that it is dead because the others say so',
    bounds: { ...FOUR, timeouts: 5 },
    size: 'medium',
  },
  {
    defect: 'forgets-incarnation',
    breaks: 'an incarnation said again is a later one',
    about: 'begins at incarnation 0 again after a crash',
    bounds: { timeouts: 1, crashes: 1, inFlight: 2 },
  },
  {
    defect: 'no-indirect-probe',
    breaks: 'others are asked first',
    about: 'suspects a member without asking others to probe it',
  },
  {
    defect: 'probes-at-random',
    breaks: 'everyone is probed in turn',
    about: 'picks whom to probe at random instead of in turn',
  },
  {
    defect: 'unbounded-piggyback',
    breaks: 'news is passed on boundedly',
    about: 'passes news on for ever',
    bounds: { ...FOUR, timeouts: 5 },
    commands: LEAVES,
    options: { retransmitFactor: 1 },
  },
  {
    defect: 'refutes-after-leaving',
    breaks: 'who left stays out',
    about: 'answers accusations though it has left',
    commands: LEAVES,
  },
];

/** The SWIM core and its broken twins. */
export const SWIM_MODELS: readonly NamedModel[] = [
  ...CORRECT,
  ...TWINS.map(({ defect, breaks, about, bounds = FOUR, commands = [], options = {}, size = 'short' }) =>
    broken(breaks, {
      name: `swim-${defect}`,
      family,
      about,
      bounds,
      size,
      model: (name) => swimSystem({ name, nodes: 3, commands, options: { ...options, defect } }),
    }),
  ),
];
