import { countVoters } from '../byzantine/certificate.ts';
import type { ByzantineResult, SignedCommand } from '../byzantine/command.ts';
import { BYZANTINE_PROMISES, labGroup, labMonitor } from '../byzantine/lab.ts';
import { isSignedBy, nodePrincipal, simulatedSigner } from '../byzantine/signer.ts';
import type { NodeId } from '../core/core.ts';
import { Breaches } from '../lab/breaches.ts';
import type { LabMonitor, LabVariant } from '../lab/lab.ts';
import type { InstanceChange } from './messages.ts';
import type { RbftState } from './state.ts';

const REPLACED = 'slow masters are replaced';
const QUORUM = 'changes have a quorum';

/** What is watched: as for any Byzantine fault tolerant group, and what RBFT adds. */
export const RBFT_PROMISES: readonly string[] = [...BYZANTINE_PROMISES, REPLACED, QUORUM];

/** Requests for which a quorum of correct nodes may see one master too slow: their votes need a while, and may be lost. */
const PATIENCE = 12;

/**
 * Watches a group of RBFT from outside: what every Byzantine group promises of its order; that a master is replaced once a quorum of correct nodes has
 * seen it behind a backup by more than Omega, request after request; and that no instance changed without 2f + 1 signed votes.
 */
export function rbftMonitor(variant: LabVariant): LabMonitor<RbftState, SignedCommand, ByzantineResult> {
  const group = labGroup(variant);
  const breaches = new Breaches();
  const inner = labMonitor<RbftState>(variant, breaches);
  const liars = new Set<NodeId>();
  /** By change and request: who has seen the master behind. */
  const behind = new Map<string, Set<NodeId>>();
  const late = new Map<number, number>();
  const seen = (node: NodeId, change: number, key: string): void => {
    const place = `${change} ${key}`;
    const nodes = behind.get(place) ?? new Set<NodeId>();
    behind.set(place, nodes.add(node));
    if (nodes.size !== group.quorum) return;
    const count = (late.get(change) ?? 0) + 1;
    late.set(change, count);
    if (count === PATIENCE + 1) {
      const words = `${count} requests came late from the master of change ${change}, as ${nodes.size} nodes saw, node ${node} last, and it stayed`;
      breaches.add(REPLACED, node, words);
    }
  };
  const changed = (node: NodeId, change: number, votes: readonly InstanceChange[]): void => {
    breaches.count(QUORUM);
    const voters = countVoters(votes, (vote) => {
      const fits = vote.change === change && group.nodes.includes(vote.by);
      return fits && isSignedBy(simulatedSigner, nodePrincipal(vote.by), vote);
    });
    if (voters >= group.quorum) return;
    breaches.add(QUORUM, node, `node ${node} left change ${change} on ${voters} votes of ${group.quorum}`);
  };
  return {
    ...inner,
    memory: { parts: { ...inner.memory?.parts, liars, behind, late } },
    lies(node): void {
      liars.add(node);
      inner.lies?.(node);
    },
    noted(node, kind, data): void {
      inner.noted?.(node, kind, data);
      if (liars.has(node)) return;
      if (kind === 'period') {
        breaches.count(REPLACED);
        // Nothing to change is kept to the rule as well.
        breaches.count(QUORUM);
      } else if (kind === 'behind') {
        const { change, key } = data as { readonly change: number; readonly key: string };
        seen(node, change, key);
      } else if (kind === 'instance-change') {
        const { change, votes } = data as { readonly change: number; readonly votes: InstanceChange[] };
        changed(node, change, votes);
      }
    },
  };
}
