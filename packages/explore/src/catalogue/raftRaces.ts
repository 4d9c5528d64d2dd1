import type { RaftFieldDefect, RaftMessage, RaftOptions } from '@holdfast/protocols';
import type { Bounds } from '../bounds/bounds.ts';
import {
  COMMIT_RISES,
  COMMITTED_STAYS,
  EMPTY_MEANS_END,
  LEADER_AHEAD,
  LEADER_KEEPS_VOTE,
  MATCH_RISES,
  NEXT_ABOVE_MATCH,
  ONE_COMMITTED,
  QUORUM_COMMITS,
  RAFT_ORDER,
  TERM_RISES,
} from '../models/raftOrder.ts';
import { type RaftSystem, raftSystem } from '../models/raftSystem.ts';
import type { CoreProperty } from '../properties/property.ts';
import { broken, correct, type NamedModel } from './named.ts';

const family = 'raft';

/** Where a bug shows itself: the system and the bounds. The correct core keeps every promise there. */
interface Setting {
  readonly name: string;
  readonly about: string;
  readonly bounds: Bounds;
  readonly size?: NamedModel['size'];
  readonly system: Omit<RaftSystem, 'name' | 'promises'>;
}

const ELECTIONS = { election: 1, '*': 0 };
const SNAPSHOTS: Partial<RaftOptions> = { snapshotEvery: 1, keepEntries: 0 };

const TWO_LEADERS: Setting = {
  name: 'raft-order-elections',
  about: 'what single variables promise, 3 Raft nodes, two elections',
  bounds: { timers: ELECTIONS, timeouts: 2, storage: 'at-once' },
  system: { nodes: 3 },
};
const AGAIN: Setting = {
  name: 'raft-order-elections-again',
  about: 'the same with three elections, two of them by one node',
  bounds: { timers: { election: 2, '*': 0 }, timeouts: 3, storage: 'at-once' },
  size: 'medium',
  system: { nodes: 3 },
};
const PIPELINE: Setting = {
  name: 'raft-order-pipeline',
  about: 'the same with 2 requests that are sent before earlier ones are acknowledged',
  bounds: { timers: ELECTIONS, timeouts: 1, drops: Infinity, inFlight: 3, storage: 'at-once' },
  size: 'medium',
  system: { nodes: 3, clients: 2, options: { maxEntriesPerAppend: 1 } },
};
const COMPACTED: Setting = {
  name: 'raft-order-snapshots',
  about: 'the same with two elections and a snapshot after each entry',
  bounds: { timers: ELECTIONS, timeouts: 2, storage: 'at-once' },
  size: 'medium',
  system: { nodes: 3, options: SNAPSHOTS },
};
const DOUBLED: Setting = {
  name: 'raft-order-duplicates',
  about: 'the same with one election, snapshots and a message doubled',
  bounds: { timers: ELECTIONS, timeouts: 1, duplicates: 1, storage: 'at-once' },
  system: { nodes: 3, options: SNAPSHOTS },
};
const HEARD_AGAIN: Setting = {
  name: 'raft-order-heartbeats',
  about: 'the same with two elections, snapshots and a heartbeat',
  bounds: { timers: { election: 1, heartbeat: 1, '*': 0 }, timeouts: 3, storage: 'at-once' },
  size: 'medium',
  system: { nodes: 3, options: SNAPSHOTS },
};
const PRE_VOTES: Setting = {
  name: 'raft-order-pre-vote',
  about: 'the same with pre-votes and a check for a quorum',
  bounds: { timers: ELECTIONS, timeouts: 2, storage: 'at-once' },
  size: 'medium',
  system: { nodes: 3, options: { preVote: true, checkQuorum: true } },
};

interface Race {
  readonly defect: RaftFieldDefect;
  readonly about: string;
  readonly setting: Setting;
  /** What it breaks. */
  readonly promise: CoreProperty<RaftMessage> | 'election safety';
  readonly size: NamedModel['size'];
}

function race(
  defect: RaftFieldDefect,
  setting: Setting,
  about: string,
  promise: CoreProperty<RaftMessage> | 'election safety',
  size: NamedModel['size'] = 'short',
): Race {
  return { defect, about, setting, promise, size };
}

const RACES: readonly Race[] = [
  race(
    'commit-index-goes-back',
    TWO_LEADERS,
    "takes over its leader's commit index, be it lower (PySyncObj)",
    COMMIT_RISES,
  ),
  race(
    'ack-keeps-next-index',
    PIPELINE,
    'moves what is sent next when it sends, and not when it hears (PySyncObj)',
    NEXT_ABOVE_MATCH,
  ),
  race(
    'match-index-goes-back',
    PIPELINE,
    'believes an acknowledgement that a later one has overtaken (PySyncObj)',
    MATCH_RISES,
  ),
  race('appends-after-compacted', DOUBLED, 'appends again what was compacted away (WRaft)', LEADER_AHEAD),
  race(
    'empty-append-for-snapshot',
    HEARD_AGAIN,
    'sends an empty append in place of a snapshot, and commits whatever it holds (WRaft)',
    ONE_COMMITTED,
  ),
  race('snapshot-sets-term', COMPACTED, "goes to the term of a snapshot's last entry (WRaft)", TERM_RISES),
  race(
    'retries-empty',
    COMPACTED,
    'answers a refusal with an append without entries (WRaft)',
    EMPTY_MEANS_END,
  ),
  race(
    'believes-stale-refusal',
    PIPELINE,
    'believes a refusal that an acknowledgement has overtaken (WRaft)',
    NEXT_ABOVE_MATCH,
  ),
  race(
    'leader-grants-votes',
    PRE_VOTES,
    'gives its pre-vote, as leader, to who wants to replace it (DaosRaft)',
    LEADER_KEEPS_VOTE,
  ),
  race(
    'acknowledges-log-end',
    PIPELINE,
    'acknowledges up to the end of its log, and believes the last it hears (RaftOS)',
    MATCH_RISES,
  ),
  race('erases-on-late-append', PIPELINE, 'erases what follows the entry before (RaftOS)', COMMITTED_STAYS),
  race(
    'commit-check-stops-early',
    TWO_LEADERS,
    'stops looking for what to commit at an entry of an earlier term (RaftOS)',
    QUORUM_COMMITS,
  ),
  race('counts-stale-votes', AGAIN, 'counts votes given to it in an earlier term (Xraft)', 'election safety'),
];

/** Bugs of other implementations in the Raft core, and the core without them where each shows. */
export const RAFT_RACES: readonly NamedModel[] = [
  ...[TWO_LEADERS, AGAIN, PIPELINE, COMPACTED, DOUBLED, HEARD_AGAIN, PRE_VOTES].map(
    ({ name, about, bounds, size = 'short', system }) =>
      correct({
        name,
        family,
        about,
        bounds,
        size,
        model: () => raftSystem({ ...system, name, promises: RAFT_ORDER }),
      }),
  ),
  ...RACES.map(({ defect, about, setting, promise, size }) =>
    broken(typeof promise === 'string' ? promise : promise.name, {
      name: `raft-${defect}`,
      family,
      about,
      bounds: setting.bounds,
      size,
      model: (name) => {
        const { system } = setting;
        const promises = typeof promise === 'string' ? [] : [promise];
        return raftSystem({ ...system, name, promises, options: { ...system.options, defect } });
      },
    }),
  ),
];
