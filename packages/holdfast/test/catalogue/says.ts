import type { RaftDefect } from '@holdfast/protocols';
import { brokenRules, type RunResult } from 'holdfast';

/** What the reason of each twin's small run must say for its planted fault to be named. */
export const SAYS: Readonly<Record<RaftDefect, RegExp>> = {
  'vote-not-persisted':
    /voted for N\d and for N\d in term \d+|of its vote in the step in which it was written/,
  'no-up-to-date-check':
    /voted for N\d in term \d+, whose log ends with entry \d+ of term \d+, though its own ends/,
  'commit-older-term-by-counting':
    /counted copies of entry \d+, which is of the older term \d+, and took it for committed/,
  'no-previous-entry-check':
    /appended what was to follow entry \d+ of term \d+, though its log ends|after an entry of term \d+, another node after one/,
  'deletes-own-entries': /leading in term \d+, cut its own log from entry \d+ back to entry \d+/,
  'ack-on-append': /answered the write of C\d+ before a majority had it/,
  'local-read': /answered a read of C\d+ in the step in which it was asked, without asking a majority/,
  'lease-beyond-drift':
    /under its lease of term \d+, though N\d leads in term \d+: the lease outlived the leadership/,
  'no-dedup': /carried out command \d+ of client \d+ twice/,
  'snapshot-without-term':
    /snapshot whose last entry, \d+, it takes to be of term \d+, where another node had committed one of term \d+/,
  'direct-membership-switch':
    /without a joint configuration|as one of the first configuration: they have none in common|none in common/,
  'reply-before-fsync': /in the step in which it was written, before the disk had made it durable/,
  'forgets-on-restart':
    /came back from a crash in term \d+ with a log up to entry \d+, though term \d+ and entry \d+ were durable/,
};

/** The reason of a run in sentences: that of the promise, and the rules it went against. */
export function reasonOf({ trace, verdicts }: RunResult, promise: string): string {
  const verdict = verdicts.find((each) => each.promise === promise);
  const rules = trace === undefined ? [] : brokenRules(trace, true);
  return [verdict?.reason ?? '', ...rules.map(({ sentence }) => sentence)].join('\n');
}
