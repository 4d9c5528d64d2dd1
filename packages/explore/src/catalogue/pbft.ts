import type { PbftDefect } from '@holdfast/protocols';
import type { Bounds } from '../bounds/bounds.ts';
import { LIAR_TELLS_ANYTHING, type LiarTells, pbftLyingPrimary } from '../models/pbftLyingPrimary.ts';
import { broken, correct, type NamedModel } from './named.ts';

const family = 'pbft';
const BOUNDS: Bounds = { storage: 'at-once', timers: { speak: 1 } };

/** Nodes 2 and 3 hear two stories, node 4 anything. */
const TWO_STORIES: readonly (readonly LiarTells[])[] = [[[0, 0]], [[1, 1]], LIAR_TELLS_ANYTHING];

const TWINS: readonly [PbftDefect, string, NamedModel['size']][] = [
  ['quorum-2f', 'takes 2f nodes for a quorum', 'short'],
  ['counts-messages', 'counts messages, not their different senders', 'medium'],
];

/** The PBFT core under a lying primary, and its broken twins. */
export const PBFT_MODELS: readonly NamedModel[] = [
  correct({
    name: 'pbft',
    family,
    size: 'long',
    about: 'PBFT, 4 replicas, whatever a lying primary tells each backup of one sequence number',
    bounds: BOUNDS,
    model: (name) => pbftLyingPrimary({ name }),
  }),
  correct({
    name: 'pbft-two-stories',
    family,
    about: 'the same when two backups hear different stories and the third anything',
    bounds: BOUNDS,
    model: (name) => pbftLyingPrimary({ name, tells: TWO_STORIES }),
  }),
  ...TWINS.map(([defect, about, size]) =>
    broken('agreement', {
      name: `pbft-${defect}`,
      family,
      about,
      bounds: BOUNDS,
      size,
      model: (name) => pbftLyingPrimary({ name, tells: TWO_STORIES, defect }),
    }),
  ),
];
