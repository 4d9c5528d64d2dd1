import { encodePlain, hexOf, sha256, utf8Of } from '@holdfast/plain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AuditEntry,
  auditFault,
  auditHead,
  type AuditEvent,
  type AuditHead,
  nextAuditEntry,
} from '../../src/index.ts';

const ACTIONS = ['grant', 'revoke', 'refund', 'delete'];

function logOf(events: readonly AuditEvent[]): AuditEntry[] {
  const log: AuditEntry[] = [];
  for (const event of events) log.push(nextAuditEntry(log, event));
  return log;
}

const LOG = logOf(
  Array.from({ length: 12 }, (_, i) => ({
    atMs: 1_000 * i,
    actor: `ann-${i % 3}`,
    action: ACTIONS[i % 4] ?? 'grant',
    about: { account: `a${i}`, amount: i },
  })),
);
const HEAD = auditHead(LOG);

/** Ways to tamper with a log, each at a place and to another. */
const TAMPERINGS: Readonly<Record<string, (log: AuditEntry[], at: number, to: number) => void>> = {
  'edits what was done': (log, at) => {
    log[at] = { ...(log[at] as AuditEntry), action: 'nothing' };
  },
  'edits whom it was about': (log, at) => {
    log[at] = { ...(log[at] as AuditEntry), about: { account: 'somebody else', amount: 0 } };
  },
  'edits when it was': (log, at) => {
    log[at] = { ...(log[at] as AuditEntry), atMs: -1 };
  },
  'deletes an entry': (log, at) => void log.splice(at, 1),
  'deletes and numbers anew': (log, at) => {
    log.splice(at, 1);
    for (const [place, entry] of log.entries()) log[place] = { ...entry, place };
  },
  'cuts the end off': (log, at) => void log.splice(at),
  'changes the order': (log, at, to) => {
    [log[at], log[to]] = [log[to] as AuditEntry, log[at] as AuditEntry];
  },
  'puts one in twice': (log, at) => void log.splice(at, 0, log[at] as AuditEntry),
  'writes all anew from there on, with right hashes': (log, at) => {
    const rest = log.splice(at).map(({ atMs, actor, about }) => ({ atMs, actor, action: 'nothing', about }));
    for (const event of rest) log.push(nextAuditEntry(log, event));
  },
};

describe('the audit log', () => {
  it('S3.10 holds as it was written, and as it grows', () => {
    expect(auditFault(LOG, HEAD)).toBeUndefined();
    expect(auditFault([], auditHead([]))).toBeUndefined();
    // A head that was kept earlier is as good for what came before it.
    expect(auditFault(LOG, auditHead(LOG.slice(0, 5)))).toBeUndefined();
  });

  for (const [name, tamper] of Object.entries(TAMPERINGS)) {
    it(`S3.10 a log is found out when somebody ${name}, at every place`, () => {
      for (let at = 0; at < LOG.length; at++) {
        const log = [...LOG];
        tamper(log, at, (at + 1) % LOG.length);
        const fault = auditFault(log, HEAD);
        expect({ at, isFound: fault !== undefined }).toEqual({ at, isFound: true });
        expect(fault?.place).toBeLessThanOrEqual(LOG.length);
        expect(fault?.message).toMatch(/^Cannot trust the audit log as a whole: .*; /);
      }
    });
  }

  it('S3.10 no change of one character anywhere in a log goes unseen', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: LOG.length - 1 }),
        fc.nat(),
        fc.string({ minLength: 1, maxLength: 1 }),
        (at, where, by) => {
          const text = encodePlain(LOG[at] as never);
          const changed = text.slice(0, where % text.length) + by + text.slice((where % text.length) + 1);
          let entry: AuditEntry;
          try {
            entry = JSON.parse(changed) as AuditEntry;
          } catch {
            return;
          }
          const isSame = encodePlain(entry as never) === text;
          expect(auditFault(LOG.with(at, entry), HEAD) === undefined).toBe(isSame);
        },
      ),
      { seed: 310, numRuns: 300 },
    );
  });

  it('S3.10 hashes of entries that are not chained do not tell a deletion or another order', () => {
    // The twin: each entry has a hash of itself and nothing else.
    const alone = (entry: AuditEntry): string =>
      hexOf(sha256(utf8Of(encodePlain({ actor: entry.actor, action: entry.action, about: entry.about }))));
    const twin = LOG.map((entry) => ({ ...entry, hash: alone(entry) }));
    const isFine = (log: readonly AuditEntry[]): boolean => log.every((entry) => entry.hash === alone(entry));
    expect(isFine(twin)).toBe(true);
    expect(isFine(twin.toSpliced(3, 1))).toBe(true);
    expect(isFine(twin.toReversed())).toBe(true);
    const head: AuditHead = { length: twin.length, hash: twin.at(-1)?.hash ?? '' };
    expect(auditFault(twin, head)).toBeDefined();
  });
});
