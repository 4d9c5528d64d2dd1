import type { Verdict } from '@holdfast/check';
import type { Recorded } from '../history/recorder.ts';

/** The store's revision an operation was answered in; undefined when nobody said. */
export function revisionOf({ answer }: Recorded): number | undefined {
  const detail = answer.detail as { readonly revision?: number } | undefined;
  return answer.outcome === 'ok' ? detail?.revision : undefined;
}

const LOCAL = 'serializable';

/**
 * Judges that the store's revision never falls: an operation that began after another had ended is not answered in an earlier revision. What a member
 * answers from what it holds alone is left out.
 */
export function judgeRevisions(recorded: readonly Recorded[]): Verdict {
  const promise = 'the revision of the store never falls';
  const answered = recorded.flatMap((one) => {
    const revision = one.action.mode === LOCAL ? undefined : revisionOf(one);
    return revision === undefined ? [] : [{ ...one, revision }];
  });
  const evidence = { examined: answered.length, steps: answered.length };
  const ends = [...answered].sort((a, b) => a.completedAt - b.completedAt);
  let next = 0;
  let highest: (typeof answered)[number] | undefined;
  for (const one of [...answered].sort((a, b) => a.invokedAt - b.invokedAt)) {
    for (let end = ends[next]; end !== undefined && end.completedAt < one.invokedAt; end = ends[++next])
      if (end.revision > (highest?.revision ?? 0)) highest = end;
    if (highest === undefined || one.revision >= highest.revision) continue;
    const before = `${highest.action.f} ${highest.action.key ?? ''} on ${highest.member}`;
    const after = `${one.action.f} ${one.action.key ?? ''} on ${one.member}`;
    const reason = `${before} was answered in revision ${highest.revision}, ${after} later in revision ${one.revision}`;
    return { promise, status: 'violated', reason, evidence };
  }
  const status = answered.length < 2 ? 'undecided' : 'holds';
  return {
    promise,
    status,
    reason: `${answered.length} operations were answered in revisions that never fall`,
    evidence,
  };
}

/** The revisions of acknowledged changes of keys of a prefix, by revision. */
export function changesOf(recorded: readonly Recorded[], prefix: string): Map<number, string> {
  const changes = new Map<number, string>();
  for (const one of recorded) {
    const { f, key = '' } = one.action;
    const isChange = f === 'write' || f === 'delete' || (f === 'cas' && one.answer.output === true);
    const revision = revisionOf(one);
    if (isChange && revision !== undefined && key.startsWith(prefix)) changes.set(revision, `${f} ${key}`);
  }
  return changes;
}
