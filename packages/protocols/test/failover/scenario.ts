import { guarded } from '../../src/core/guard.ts';
import {
  AuthorityMonitor,
  failover,
  type FailoverCommand,
  failoverConfig,
  type FailoverMessage,
  type FailoverOptions,
  type FailoverResult,
  type FailoverState,
  type SplitBrainFacts,
} from '../../src/failover/index.ts';
import { TimedGroup } from '../support/timedGroup.ts';

export type Group = TimedGroup<FailoverState, FailoverMessage, FailoverCommand, FailoverResult>;

/** Nodes: a pair, a witness, what both share, a power switch. */
export const NODES = {
  pair: [1, 2],
  witness: 3,
  shared: 4,
  powerSwitch: 5,
} as const satisfies Partial<FailoverOptions>;

const CUT_MS = 1_000;
const FORCE_MS = 1_300;
const HEAL_MS = 4_000;
const END_MS = 6_000;

/** What came of a cut between the leader and the rest, while both sides reach what they share and the power line holds. */
export interface Outcome {
  readonly monitor: AuthorityMonitor;
  readonly overlap: boolean;
  readonly harm: boolean;
  /** Acts accepted during the cut, by the node asked. */
  readonly duringCut: readonly [old: number, other: number];
  readonly facts: SplitBrainFacts;
  /** How the operator's order was answered. */
  readonly forced: FailoverResult | undefined;
}

export interface Scenario extends Partial<FailoverOptions> {
  /** An operator orders node 2 to take over. */
  readonly force?: boolean;
}

export function start(
  options: Partial<FailoverOptions> = {},
  { watched = true } = {},
): { group: Group; monitor: AuthorityMonitor } {
  const all = { ...NODES, ...options };
  const group: Group = new TimedGroup(watched ? guarded(failover(all)) : failover(all), [1, 2, 3, 4, 5], {
    seed: 1,
    latencyMs: () => 1,
    diskMs: 1,
  });
  return { group, monitor: new AuthorityMonitor(failoverConfig(all)) };
}

export function cutOff({ force = false, ...options }: Scenario): Outcome {
  const { group, monitor } = start(options, { watched: false });
  let confirmedAtMs: number | null = null;
  let promotedAtMs: number | null = null;
  group.onNote = (id, kind, data, atMs): void => {
    monitor.noted(id, kind, data);
    if (kind === 'acquired' && id === 2) promotedAtMs ??= Math.round(atMs);
    if (kind === 'ended' && id === 1) confirmedAtMs ??= Math.round(atMs);
  };
  group.passes = (from, to): boolean => {
    const isCut = group.nowMs >= CUT_MS && group.nowMs < HEAL_MS;
    const sideOf = (id: number): number => (id === 1 ? 1 : id <= 3 ? 2 : 0);
    return !isCut || sideOf(from) * sideOf(to) !== 2;
  };
  const asked: { readonly node: number; readonly atMs: number; readonly request: number }[] = [];
  for (let atMs = 20; atMs < HEAL_MS; atMs += 50) {
    for (const node of atMs < CUT_MS ? [1] : [1, 2]) {
      group.at(atMs, () => asked.push({ node, atMs, request: group.request(node, { kind: 'act' }) }));
    }
  }
  let order = 0;
  if (force) group.at(FORCE_MS, () => (order = group.request(2, { kind: 'force' })));
  group.run(END_MS);
  const accepted = (node: number, from: number): number =>
    asked.filter((act) => act.node === node && act.atMs >= from && isOk(group, act.request)).length;
  const after = promotedAtMs ?? END_MS;
  const forced = group.replies.get(order)?.result;
  const has = (promise: string): boolean => monitor.breaches.some((breach) => breach.promise === promise);
  return {
    monitor,
    overlap: has('one authority at a time'),
    harm: has('nothing is done twice'),
    duringCut: [accepted(1, CUT_MS), accepted(2, CUT_MS)],
    forced,
    facts: {
      fence: { confirmedAtMs, promotedAtMs },
      staleEpochs: { tried: monitor.refused + accepted(1, after), refused: monitor.refused },
      reachable: {
        byOldLeader: ['shared', 'power switch'],
        byNewLeader: ['witness', 'shared', 'power switch'],
      },
      ...(force ? { forced: { tried: 1, refused: forced?.ok === false ? 1 : 0 } } : {}),
      acceptedAfterwards: { byOldLeader: accepted(1, after), byNewLeader: accepted(2, after) },
    },
  };
}

function isOk(group: Group, request: number): boolean {
  return group.replies.get(request)?.result.ok === true;
}
