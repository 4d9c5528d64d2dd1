import type { RaftDefect } from '@holdfast/protocols';
import { flagship } from '../catalogue/flagship.ts';
import { RAFT_TWINS, raftTwin, raftTwinControl } from '../catalogue/twins.ts';
import type { Experiment } from '../experiment/experiment.ts';

/** An experiment that comes with Holdfast. */
export interface BuiltIn {
  readonly name: string;
  /** `correct` must hold, `broken` must be found violated, `control` is the correct protocol under a broken one's faults. */
  readonly kind: 'correct' | 'broken' | 'control';
  /** One line for people. */
  readonly about: string;
  load(): Experiment;
}

const DEFECTS: Readonly<Record<RaftDefect, string>> = {
  'vote-not-persisted': 'answers a vote request before the vote is durable, and votes twice after a crash',
  'no-up-to-date-check': 'votes for candidates whose log lacks committed entries',
  'commit-older-term-by-counting':
    'commits entries of older terms by counting copies (figure 8 of the Raft paper)',
  'no-previous-entry-check': 'appends without comparing the entry before',
  'ack-on-append': 'answers clients once the leader has appended, before a majority has',
  'local-read': 'serves reads from whoever believes to lead, without asking a majority',
  'lease-beyond-drift': 'serves reads under a lease longer than any drift of clocks allows',
  'no-dedup': 'applies a retried command twice',
  'snapshot-without-term': 'forgets the term of the last entry a snapshot covers',
  'direct-membership-switch': 'switches to new members at once, without joint consensus',
  'reply-before-fsync': 'acknowledges entries before they are durable',
  'forgets-on-restart': 'comes back from a crash without its log and vote',
};

/** All built-in experiments, in the order in which they are listed. */
export const BUILT_IN: readonly BuiltIn[] = [
  {
    name: 'raft-majority',
    kind: 'correct',
    about: 'a key-value store on five Raft nodes: {N1,N2} | {N3,N4,N5}, loss, crashes, pauses, clock skew',
    load: () => flagship('raft-majority'),
  },
  ...RAFT_TWINS.map(
    (defect): BuiltIn => ({
      name: `raft-${defect}`,
      kind: 'broken',
      about: DEFECTS[defect],
      load: () => raftTwin(defect),
    }),
  ),
  ...RAFT_TWINS.map(
    (defect): BuiltIn => ({
      name: `raft-${defect}-control`,
      kind: 'control',
      about: `correct Raft under the faults and options of raft-${defect}`,
      load: () => raftTwinControl(defect),
    }),
  ),
];
