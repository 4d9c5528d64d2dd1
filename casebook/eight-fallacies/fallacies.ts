import type { CasePair } from 'holdfast';
import type experiments from './experiment.ts';
import { KEPT } from './patterns/administrators.ts';
import { FRESH } from './patterns/bandwidth.ts';
import { SEEN } from './patterns/cost.ts';
import { SAME } from './patterns/encodings.ts';
import { SOON } from './patterns/latency.ts';
import { ONCE } from './patterns/reliable.ts';
import { ASKED } from './patterns/secure.ts';
import { FOUND } from './patterns/topology.ts';

type Key = keyof typeof experiments;

function pair(
  key: Key,
  texts: Pick<CasePair, 'name' | 'approach' | 'trouble' | 'defence' | 'breaks'>,
): CasePair {
  return { ...texts, wrong: key, better: `${key}-defended`, calm: `${key}-while-true` };
}

/** The eight, in their usual order. */
export const FALLACIES: readonly CasePair[] = [
  pair('reliable', {
    name: 'The network is reliable',
    approach: 'a shop tells its warehouse once what to ship, and tells the customer that it is done',
    trouble: 'one message in four is lost, one in five comes twice',
    defence: 'the shop tells it again until it is acknowledged, and the warehouse knows what it has shipped',
    breaks: ONCE,
  }),
  pair('zero-latency', {
    name: 'Latency is zero',
    approach: 'a page asks for its twenty items one after the other',
    trouble: 'the catalogue is thirty times as far away: 18 ms each way',
    defence: 'the page asks for all of them at once',
    breaks: SOON,
  }),
  pair('infinite-bandwidth', {
    name: 'Bandwidth is infinite',
    approach: 'a primary sends its replica everything it has, ten times a second',
    trouble: 'the link carries two million bits a second, and messages queue',
    defence: 'the primary sends what has changed',
    breaks: FRESH,
  }),
  pair('secure', {
    name: 'The network is secure',
    approach: 'a bank pays what a message from its branch says',
    trouble: 'whoever owns the relay between them writes in other amounts',
    defence: 'branch and bank share a secret, and a message whose seal does not match is none',
    breaks: ASKED,
  }),
  pair('fixed-topology', {
    name: 'Topology does not change',
    approach: 'a caller asks at its start where the service is, and keeps the address',
    trouble: 'that server is taken away, and the service goes on at another address',
    defence: 'the caller asks again when it hears nothing',
    breaks: FOUND,
  }),
  pair('one-administrator', {
    name: 'There is one administrator',
    approach: 'a console loads the settings, changes one, and saves them all',
    trouble: 'a second administrator does the same at another console',
    defence:
      'a save names the version it changes, and is done again upon the newer one when that is not the last',
    breaks: KEPT,
  }),
  pair('free-transport', {
    name: 'Transport cost is zero',
    approach: 'three watchers ask a hundred times a second whether anything has changed',
    trouble: 'each message costs the processor 4 ms',
    defence: 'the source tells them when something changes, and reminds them once a second',
    breaks: SEEN,
  }),
  pair('homogeneous', {
    name: 'The network is homogeneous',
    approach: 'numbers are sent as they lie in memory',
    trouble: 'the reader moves to a machine with the other byte order',
    defence:
      'the format on the wire has a version and an order of its own, and what is not known is not guessed at',
    breaks: SAME,
  }),
];
