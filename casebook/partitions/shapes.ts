import type { CasePair } from 'holdfast';
import { CALM_LEADERSHIP } from './systems/bridge.ts';
import { MODEST } from './systems/far.ts';
import { ONE_LEADER } from './systems/leaders.ts';
import { GOES_ON } from './systems/names.ts';
import { HONEST } from './systems/replicas.ts';
import { ONE_OWNER } from './systems/slots.ts';
import { BACK } from './systems/workers.ts';

/** Eight shapes of partition. */
export const SHAPES: readonly CasePair[] = [
  {
    name: 'Clean partition',
    approach: 'a server gives a slot away when nobody it can reach objects',
    trouble: 'nothing passes between {A,B} and {C,D,E}',
    defence: 'it needs a majority of all five: {A,B} has none',
    breaks: ONE_OWNER,
    wrong: 'clean',
    better: 'clean-defended',
    calm: 'clean-whole',
  },
  {
    name: 'Asymmetric reachability',
    approach: 'a leader that hears the other one takes it that it is heard',
    trouble: "A's words do not reach B, while B's reach A",
    defence: 'it needs an echo of its own words, and stops without one before the other takes over',
    breaks: ONE_LEADER,
    wrong: 'one-way',
    better: 'one-way-defended',
    calm: 'one-way-whole',
  },
  {
    name: 'Partial port failure',
    approach: 'a replica is healthy when its process answers',
    trouble: 'the port that replicates is shut, and the one that answers is open',
    defence: 'health knows the lag, and an alert tells it',
    breaks: HONEST,
    wrong: 'one-port',
    better: 'one-port-defended',
    calm: 'one-port-whole',
  },
  {
    name: 'DNS partition',
    approach: 'a name is forgotten when its time is over',
    trouble: 'names are not resolved, while addresses work',
    defence: 'a name whose time is over is used until there is a newer one',
    breaks: GOES_ON,
    wrong: 'names',
    better: 'names-defended',
    calm: 'names-whole',
  },
  {
    name: 'Regional isolation',
    approach: 'an isolated region decides on everything by itself',
    trouble: 'a region cannot reach the other one',
    defence: 'what concerns it alone goes on, and what concerns an invariant of all is refused',
    breaks: 'no seat is given twice',
    wrong: 'region',
    better: 'region-defended',
  },
  {
    name: 'Packet loss with high latency',
    approach: 'a caller asks again after a wait that was good enough at home',
    trouble: 'the server is 90 ms away, and a tenth of what is sent is lost',
    defence: 'the wait fits the distance',
    breaks: MODEST,
    wrong: 'far',
    better: 'far-defended',
    calm: 'far-whole',
  },
  {
    name: 'Black hole',
    approach: 'eight workers wait for their answers',
    trouble: 'what is sent is taken and never answered',
    defence: 'a worker gives up after 300 ms',
    breaks: BACK,
    wrong: 'hole',
    better: 'hole-defended',
    calm: 'hole-whole',
  },
  {
    name: 'Bridge',
    approach: 'a Raft server that hears no leader begins an election',
    trouble: 'of the links between five servers only A-B, A-C, C-D and D-E remain',
    defence: 'it asks first whether it would be elected, and whoever hears a leader says no',
    breaks: CALM_LEADERSHIP,
    wrong: 'bridge',
    better: 'bridge-defended',
    calm: 'bridge-whole',
  },
];
