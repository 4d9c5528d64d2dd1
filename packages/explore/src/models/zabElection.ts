import {
  type ClientCommand,
  type Core,
  type Machine,
  type NodeId,
  zab,
  type ZabMessage,
  type ZabOptions,
  type ZabResult,
  type ZabState,
} from '@holdfast/protocols';
import type { CoreModel } from '../engine/cores/model.ts';
import { ofHistory, ofNodes } from '../properties/property.ts';
import type { Recorder } from '../properties/recorder.ts';

/** Phase 0 of Zab to explore: nodes that come back with what an earlier epoch has left on their disks, and look for a leader. */
export interface ZabElection {
  readonly name: string;
  readonly nodes: number;
  /** Those that were synchronised in epoch 1, in which nothing was broadcast. */
  readonly synchronised: readonly NodeId[];
  readonly options?: Partial<ZabOptions>;
}

/** Whom a node voted for in its round, in order; nobody twice in a row. */
interface Voted {
  readonly round: number;
  readonly leaders: readonly NodeId[];
}

type VotesPast = Readonly<Record<string, Voted>>;

interface Vote {
  readonly node: NodeId;
  readonly round: number;
  readonly leader: NodeId;
}

const NOTHING: Machine = { name: 'nothing', init: () => null, apply: () => null };

/**
 * The election of the Zab core, which is in the manner of ZooKeeper's fast leader election: within a round a node goes over to better votes
 * only, so that it never comes back to one it has given up, and who is joined has the latest epoch of a quorum.
 */
export function zabElection(system: ZabElection): CoreModel<ZabMessage, ClientCommand, ZabResult> {
  const { name, nodes, synchronised, options = {} } = system;
  const ids = Array.from({ length: nodes }, (_, i) => i + 1);
  const core = zab({ ...options, nodes: ids }, NOTHING);
  const [first = 0] = synchronised;
  const left = { accepted: { epoch: 1, leader: first }, base: { epoch: 1, history: [] } };
  return {
    name,
    nodes: ids.map((id) => ({ id, core: synchronised.includes(id) ? startsWith(core, left) : core })),
    history: voteRecorder(),
    properties: [
      ofHistory<VotesPast>('votes only rise', (past) =>
        Object.values(past).every(({ leaders }) => new Set(leaders).size === leaders.length),
      ),
      ofNodes<ZabState, boolean>({
        name: 'a leader is found',
        kind: 'reachable',
        view: ({ state, node }) => state !== null && state.leader === node,
        holds: (leading) => leading.some(Boolean),
      }),
    ],
  };
}

/** A core whose disk holds records before its first start. */
function startsWith<S, M, C, R>(core: Core<S, M, C, R>, records: Record<string, unknown>): Core<S, M, C, R> {
  return {
    ...core,
    boot: (boot, out): S => core.boot({ ...boot, records: { ...records, ...boot.records } }, out),
  };
}

function voteRecorder(): Recorder<ZabMessage, ClientCommand, ZabResult> {
  const initial: VotesPast = {};
  return {
    initial,
    observe: (seen): Vote | undefined => {
      if (seen.kind !== 'send' || seen.message.type !== 'vote' || seen.message.leading) return undefined;
      const { round, vote } = seen.message;
      return { node: seen.from, round, leader: vote.leader };
    },
    next: (past, seen): VotesPast => {
      const before = past as VotesPast;
      const { node, round, leader } = seen as Vote;
      const known = before[node];
      if (known?.round !== round) return { ...before, [node]: { round, leaders: [leader] } };
      if (known.leaders.at(-1) === leader) return before;
      return { ...before, [node]: { round, leaders: [...known.leaders, leader] } };
    },
  };
}
