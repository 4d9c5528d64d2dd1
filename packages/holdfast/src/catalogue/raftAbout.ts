import type { RaftDefect } from '@holdfast/protocols';

/** What each broken twin of Raft does, in one line for people. */
export const RAFT_ABOUT: Readonly<Record<RaftDefect, string>> = {
  'vote-not-persisted': 'answers a vote request before the vote is durable, and votes twice after a crash',
  'no-up-to-date-check': 'votes for candidates whose log lacks committed entries',
  'commit-older-term-by-counting':
    'commits entries of older terms by counting copies (figure 8 of the Raft paper)',
  'no-previous-entry-check': 'appends without comparing the entry before',
  'deletes-own-entries': 'cuts its own log as leader where a follower refuses an append',
  'ack-on-append': 'answers clients once the leader has appended, before a majority has',
  'local-read': 'serves reads from whoever believes to lead, without asking a majority',
  'lease-beyond-drift': 'serves reads under a lease longer than any drift of clocks allows',
  'no-dedup': 'applies a retried command twice',
  'snapshot-without-term': 'forgets the term of the last entry a snapshot covers',
  'direct-membership-switch': 'switches to new members at once, without joint consensus',
  'reply-before-fsync': 'acknowledges entries before they are durable',
  'forgets-on-restart': 'comes back from a crash without its log and vote',
};

/** The real bug each stands for, in the catalogue of `docs/mutants.md`. */
export const RAFT_CATALOGUE: Readonly<Record<RaftDefect, number | undefined>> = {
  'vote-not-persisted': 2,
  'no-up-to-date-check': 24,
  'commit-older-term-by-counting': 1,
  'no-previous-entry-check': 18,
  'deletes-own-entries': undefined,
  'ack-on-append': undefined,
  'local-read': 41,
  'lease-beyond-drift': 52,
  'no-dedup': 58,
  'snapshot-without-term': undefined,
  'direct-membership-switch': undefined,
  'reply-before-fsync': 28,
  'forgets-on-restart': 38,
};
