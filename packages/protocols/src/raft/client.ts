import type { Plain } from '@holdfast/plain';
import type { Classified } from '../client/client.ts';
import type { NodeId } from '../core/core.ts';
import type { MembershipChange } from './confchange/change.ts';

/**
 * How a read is made. `log`: as an entry, like a write. `index`: the leader confirms its leadership with a quorum first (ReadIndex).
 * `lease`: without asking while the leader's lease holds, else as `index`. `local`: from whatever this node has; may be stale.
 */
export type ReadMode = 'log' | 'index' | 'lease' | 'local';

/** What a client asks of a node. */
export type RaftCommand =
  | {
      /** Who asks; with `sequence` the identity under which a retry is applied once. 0 asks for no deduplication. */
      readonly client: number;
      /** Grows with every operation of the client; a retry repeats it. A client has one operation open at a time. */
      readonly sequence: number;
      readonly operation: Plain;
      /** Only for operations the machine can answer without changing anything. Default `log`. */
      readonly read?: ReadMode;
    }
  | { readonly reconfigure: MembershipChange }
  | { readonly transfer: NodeId }
  /** The follower asked forgets who leads, so that it may vote: for operators who know that the leader is gone. */
  | { readonly forgetLeader: true };

/**
 * Why a command was not carried out. `not-leader` (ask `leader`), `busy` (limits, a hand-over under way) and `refused` (a membership
 * change or hand-over that does not fit) are certain: it had no effect and never will, unless the request itself was duplicated on its way.
 * `stale-sequence`: the client has gone on since; this one may have been applied before. `unknown`: it was in the log, and this
 * node cannot tell what became of it.
 */
export type RaftError = 'not-leader' | 'busy' | 'refused' | 'stale-sequence' | 'unknown';

/** What a node answers: the machine's result, or why there is none. */
export type RaftResult =
  | { readonly ok: true; readonly value: Plain }
  | {
      readonly ok: false;
      readonly error: RaftError;
      /** Who leads as far as this node knows; 0 unknown. */
      readonly leader: NodeId;
      /** More on why. */
      readonly detail: string;
    };

/** Whether the result says for certain that this request had no effect. */
export function hadNoEffect(result: RaftResult): boolean {
  return (
    !result.ok && (result.error === 'not-leader' || result.error === 'busy' || result.error === 'refused')
  );
}

/** Reads results for `leaderClient`. */
export function classifyRaftResult(result: RaftResult): Classified {
  if (result.ok || result.error === 'refused') return { kind: 'done' };
  return hadNoEffect(result) ? { kind: 'redirect', leader: result.leader } : { kind: 'unclear' };
}
