import type { MembershipChange } from '../../../src/raft/confchange/change.ts';
import type { Progress } from '../../../src/raft/tracker/progress.ts';

/** The transcripts' text of a progress: `StateReplicate match=3 next=4 paused inflight=2[full]`. */
export function progressText(p: Progress, maxInflight: number): string {
  const mode = { probe: 'StateProbe', replicate: 'StateReplicate', snapshot: 'StateSnapshot' }[p.mode];
  let text = `${mode} match=${p.match} next=${p.next}`;
  if (p.learner) text += ' learner';
  if (p.paused || p.mode === 'snapshot') text += ' paused';
  if (p.pendingSnapshot > 0) text += ` pendingSnap=${p.pendingSnapshot}`;
  if (!p.active) text += ' inactive';
  if (p.inflight.length > 0) text += ` inflight=${p.inflight.length}`;
  return p.inflight.length >= maxInflight ? `${text}[full]` : text;
}

const LETTERS = { v: 'voter', l: 'learner', r: 'remove', u: 'update' } as const;

/** Reads `v1 l2 r3 u4`. */
export function parseChanges(text: string): MembershipChange['changes'] {
  return text
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) => {
      const type = LETTERS[word.charAt(0) as keyof typeof LETTERS];
      if (type === undefined) throw new Error(`Cannot read '${word}' as a membership change`);
      return { type, node: Number(word.slice(1)) };
    });
}

/** Writes `v1 l2 r3 u4`. */
export function changesText(changes: MembershipChange['changes']): string {
  const letter = { voter: 'v', learner: 'l', remove: 'r', update: 'u' };
  return changes.map(({ type, node }) => `${letter[type]}${node}`).join(' ');
}
