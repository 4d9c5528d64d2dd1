import {
  type CoreProperty,
  type NodeSymmetry,
  raftProperties,
  raftRecorder,
  raftSymmetry,
  type Recorder,
} from '@holdfast/explore';
import { classifyRaftResult, type RaftResult } from '@holdfast/protocols';
import type { ExploredSubject } from '../../experiment/explored.ts';
import { kvOperation } from './operation.ts';
import type { RaftKvOptions } from './options.ts';
import type { RaftCore } from './running.ts';

/** A Raft group with a key-value store as exploration takes it: all nodes vote, and none is unlike another. */
export function exploredRaftKv(
  core: RaftCore,
  nodes: readonly number[],
  options: RaftKvOptions,
): ExploredSubject {
  return {
    nodes: nodes.map((id) => ({ id, core: core as never })),
    command: (call) => ({
      client: call.process + 1,
      sequence: call.sequence,
      operation: kvOperation(call),
      ...(call.f === 'read' ? { read: options.reads ?? 'index' } : {}),
    }),
    answer(result) {
      const raft = result as RaftResult;
      if (raft.ok) return { kind: 'done', output: raft.value };
      return { kind: classifyRaftResult(raft).kind === 'unclear' ? 'unclear' : 'refused' };
    },
    oneAnswers: true,
    promises: () => ({
      recorder: raftRecorder() as Recorder<unknown, unknown, unknown>,
      properties: raftProperties() as readonly CoreProperty<unknown>[],
      symmetry: raftSymmetry(nodes) as NodeSymmetry<unknown>,
    }),
  };
}
