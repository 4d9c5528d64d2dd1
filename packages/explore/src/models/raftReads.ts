import { registerModel } from '@holdfast/check';
import {
  type Machine,
  type NodeId,
  raft,
  type RaftCommand,
  type RaftMessage,
  type RaftOptions,
  type RaftResult,
  type ReadMode,
} from '@holdfast/protocols';
import type { Plain } from '@holdfast/plain';
import type { CoreModel } from '../engine/cores/model.ts';
import { linearizable, operationRecorder } from '../properties/operations.ts';
import { raftSymmetry } from './raftSymmetry.ts';

/** A Raft group with a register, to explore what its clients see. */
export interface RaftReads {
  readonly name: string;
  readonly nodes: number;
  /** How the reading client asks, after the other has begun. */
  readonly read: ReadMode;
  /** Reads the client makes, one after another. Default 1. */
  readonly reads?: number;
  /** Whether states that differ by a renaming of nodes are one. Default false. */
  readonly alike?: boolean;
  readonly options?: Partial<RaftOptions>;
}

/** Written by the one writing client; the register starts empty. */
export const WRITTEN = 'a';

const register: Machine<{ value: Plain }> = {
  name: 'register',
  init: () => ({ value: null }),
  apply(state, command): Plain {
    const { f, value = null } = command as { readonly f: string; readonly value?: Plain };
    if (f === 'write') state.value = value;
    return f === 'write' ? null : state.value;
  },
  query: ({ value }) => value,
};

/** One register, read and written. */
export const REGISTER: Machine = register as Machine;

/** The read paths of the Raft core, explored: one client writes, one reads, and what they see must be linearizable. */
export function raftReads(system: RaftReads): CoreModel<RaftMessage, RaftCommand, RaftResult> {
  const { name, nodes, read, reads = 1, alike = false, options = {} } = system;
  const voters: NodeId[] = Array.from({ length: nodes }, (_, i) => i + 1);
  const core = raft({ preVote: false, checkQuorum: false, snapshotEvery: 0, ...options, voters }, REGISTER);
  const write: RaftCommand = { client: 0, sequence: 0, operation: { f: 'write', value: WRITTEN } };
  const ask: RaftCommand = { client: 0, sequence: 0, operation: { f: 'read' }, read };
  return {
    name,
    nodes: voters.map((id) => ({ id, core })),
    clients: [
      { requests: [{ command: write }] },
      { requests: Array.from({ length: reads }, () => ({ command: ask })) },
    ],
    history: operationRecorder<RaftMessage, RaftCommand, RaftResult>(2, (seen) => {
      if (seen.kind === 'request' && 'operation' in seen.command) {
        const { f, value = null } = seen.command.operation as { readonly f: string; readonly value?: Plain };
        return { kind: 'invoke', process: seen.client, f, input: value };
      }
      if (seen.kind === 'lost') return { kind: 'lost', process: seen.client };
      if (seen.kind !== 'reply') return undefined;
      const { client: process, result } = seen;
      if (result.ok) return { kind: 'return', process, output: result.value };
      return result.error === 'unknown' ? { kind: 'lost', process } : { kind: 'fail', process };
    }),
    properties: [linearizable(registerModel({ initial: null }))],
    // What clients see names no node.
    ...(alike ? { symmetry: { ...raftSymmetry(voters), history: (history: unknown) => history } } : {}),
  };
}
