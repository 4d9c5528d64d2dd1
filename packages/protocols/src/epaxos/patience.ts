import type { NodeId } from '../core/core.ts';
import { type CommandId, coordinatorOf } from './commandId.ts';
import { watch } from './commit.ts';
import { recover } from './recovery.ts';
import { type Attempt, type EPaxosNode, type Instance, tellAll } from './state.ts';

/**
 * Whatever is known and not committed, or is waited for and not known, is recovered once it has stood still for long enough. The paper leaves open
 * who recovers when; here replicas take turns, from the one that coordinates the command on.
 */
export function lookAtOpen(node: EPaxosNode): void {
  const { state } = node;
  state.watching = false;
  const open = openCommands(node);
  const before = state.stale;
  state.stale = {};
  for (const id of open) {
    const { ballot, phase } = state.instances[id] ?? { ballot: 0, phase: 'initial' as const };
    const last = before[id];
    const same = last !== undefined && last.ballot === ballot && last.phase === phase;
    const looks = same ? last.looks + 1 : 1;
    state.stale[id] = { ballot, phase, looks };
    const attempt = state.attempts[id];
    const isCurrent = attempt !== undefined && attempt.ballot >= ballot;
    // One that waits for others goes on waiting, and says so again.
    if (isCurrent && attempt.step === 'waiting') {
      tellAll(node, { type: 'waiting', id, agreeing: attempt.agreeing });
    } else if (isDue(node, id, looks, isCurrent ? attempt : undefined)) recover(node, id);
  }
  if (open.size > 0) watch(node);
}

function openCommands({ state }: EPaxosNode): Set<CommandId> {
  const open = new Set<CommandId>();
  for (const [id, { phase }] of Object.entries(state.instances)) if (phase !== 'committed') open.add(id);
  for (const id of state.ready) {
    for (const other of (state.instances[id] as Instance).dependencies) {
      if (state.instances[other]?.phase !== 'committed') open.add(other);
    }
  }
  return open;
}

function isDue(
  { config, state }: EPaxosNode,
  id: CommandId,
  looks: number,
  attempt: Attempt | undefined,
): boolean {
  const { nodes, stagger } = config;
  if (stagger === 0) return true;
  // What it coordinates itself it says again instead.
  if (attempt?.step === 'pre-accept' || attempt?.step === 'accept') return false;
  const ballot = state.instances[id]?.ballot ?? 0;
  const owner = ballot > 0 ? (nodes[ballot % nodes.length] as NodeId) : coordinatorOf(id);
  const rank = (nodes.indexOf(state.self) - nodes.indexOf(owner) + nodes.length) % nodes.length;
  return looks > stagger * rank;
}
