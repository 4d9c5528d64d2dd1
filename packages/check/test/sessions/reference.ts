import type { SessionGuarantee } from '../../src/sessions/required.ts';
import type { Reference } from '../causal/reference.ts';

/**
 * A session guarantee from its definition: for each session, some order of the versions of each key, each session's own in their
 * order, in which every read returns a version no older than any it must have seen.
 */
export function keepsGuarantee(reading: Reference, guarantee: SessionGuarantee): boolean {
  const { operations, keys } = reading;
  const sessions = [...new Set(operations.map((o) => o.process))];
  return sessions.every((session) =>
    [...new Set(keys)].every((key) => keyIsFine(reading, guarantee, session, key)),
  );
}

function keyIsFine(reading: Reference, guarantee: SessionGuarantee, session: number, key: string): boolean {
  const { operations, source, keys } = reading;
  const writes = operations.flatMap((_, i) => (source[i] === -1 && keys[i] === key ? [i] : []));
  const reads = operations.flatMap((o, i) =>
    o.process === session && source[i] !== -1 && keys[i] === key ? [i] : [],
  );
  if (reads.length === 0) return true;
  const wanted = reads.map((r) => [...mustHaveSeen(reading, guarantee, r)].filter((w) => keys[w] === key));
  if (reads.some((r, at) => source[r] === operations.length && (wanted[at]?.length ?? 0) > 0)) return false;
  // Versions one by one, oldest first.
  const extend = (left: readonly number[]): boolean =>
    left.length === 0 ||
    left.some((w) => {
      const rest = left.filter((other) => other !== w);
      if (rest.some((other) => isKnownOlder(reading, guarantee, other, w))) return false;
      const fits = reads.every((r, at) => source[r] !== w || !wanted[at]?.some((v) => rest.includes(v)));
      return fits && extend(rest);
    });
  return extend(writes);
}

function isKnownOlder(
  { operations, source }: Reference,
  guarantee: SessionGuarantee,
  older: number,
  newer: number,
): boolean {
  const process = operations[newer]?.process;
  if (operations[older]?.process === process && older < newer) return true;
  if (guarantee !== 'writes-follow-reads') return false;
  return operations.some((o, r) => o.process === process && r < newer && source[r] === older);
}

/** The writes that a read must have seen. */
function mustHaveSeen(
  { operations, source }: Reference,
  guarantee: SessionGuarantee,
  read: number,
): Set<number> {
  const process = operations[read]?.process;
  const before = operations.flatMap((o, i) => (o.process === process && i < read ? [i] : []));
  if (guarantee === 'read-your-writes') return new Set(before.filter((i) => source[i] === -1));
  const isWrite = (w: number): boolean => source[w] === -1;
  const observed = before.map((i) => source[i] as number).filter((w) => w >= 0 && w < operations.length);
  if (guarantee === 'monotonic-reads') return new Set(observed);
  const implied = new Set<number>();
  const frontier = [...observed];
  for (let w = frontier.pop(); w !== undefined; w = frontier.pop()) {
    for (let i = 0; i < w; i++) {
      if (operations[i]?.process !== operations[w]?.process) continue;
      const other = guarantee === 'monotonic-writes' ? i : (source[i] as number);
      if (other < 0 || other >= operations.length || !isWrite(other) || implied.has(other)) continue;
      implied.add(other);
      if (guarantee === 'writes-follow-reads') frontier.push(other);
    }
  }
  return implied;
}
