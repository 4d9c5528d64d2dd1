import type { MembershipRecord } from '../tracker/membership.ts';
import { allVoters, type Membership } from '../tracker/membership.ts';
import { newProgress } from '../tracker/progress.ts';
import type { Members } from './changer.ts';

/** The configuration a record describes, with all nodes to be probed from the log's end. */
export function restoreMembers(record: MembershipRecord, lastIndex: number): Members {
  const sorted = (ids: readonly number[]): number[] => [...ids].sort((a, b) => a - b);
  const membership: Membership = {
    incoming: sorted(record.voters),
    outgoing: sorted(record.votersOutgoing),
    learners: sorted(record.learners),
    learnersNext: sorted(record.learnersNext),
    autoLeave: record.autoLeave,
  };
  const next = Math.max(lastIndex, 1);
  const ids = sorted([...allVoters(membership), ...membership.learners]);
  const progress = ids.map((id) => {
    const p = newProgress(id, membership.learners.includes(id), 0, next);
    p.active = true;
    return p;
  });
  return { membership, progress };
}
