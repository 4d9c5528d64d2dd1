import { encodePlain, hexOf, type Plain, sha256, utf8Of } from '@holdfast/plain';

/** What is to be remembered of a critical action. */
export interface AuditEvent {
  /** By the clock of whoever writes it down, milliseconds. */
  readonly atMs: number;
  readonly actor: string;
  readonly action: string;
  readonly about: Plain;
}

/** An event in its place: the hash is of the event, its place, and the hash before it. */
export interface AuditEntry extends AuditEvent {
  /** From 0, without a gap. */
  readonly place: number;
  /** The hash of the entry before; 64 zeros before the first. */
  readonly before: string;
  /** SHA-256, hexadecimal. */
  readonly hash: string;
}

/** The end of a log as somebody else keeps it: without it nobody can tell a log from one that was cut short, or written anew from some place on. */
export interface AuditHead {
  readonly length: number;
  readonly hash: string;
}

/** What is wrong with a log, and at which place it shows first. */
export interface AuditFault {
  readonly place: number;
  readonly why: 'place' | 'chain' | 'hash' | 'length' | 'head';
  readonly message: string;
}

const NOTHING = '0'.repeat(64);

function hashOf(event: AuditEvent, place: number, before: string): string {
  const { atMs, actor, action, about } = event;
  return hexOf(sha256(utf8Of(encodePlain({ atMs, actor, action, about, place, before }))));
}

/** The head of a log. */
export function auditHead(log: readonly AuditEntry[]): AuditHead {
  return { length: log.length, hash: log.at(-1)?.hash ?? NOTHING };
}

/** The entry that comes next, chained to all before it. Persist it BEFORE the action is acknowledged, and its head elsewhere. */
export function nextAuditEntry(log: readonly AuditEntry[], event: AuditEvent): AuditEntry {
  const { length: place, hash: before } = auditHead(log);
  const { atMs, actor, action, about } = event;
  return { atMs, actor, action, about, place, before, hash: hashOf(event, place, before) };
}

/** Whether the entries are those that were written, in their order, up to a head that was kept elsewhere. Undefined when they are. */
export function auditFault(log: readonly AuditEntry[], head: AuditHead): AuditFault | undefined {
  let before = NOTHING;
  for (const [place, entry] of log.entries()) {
    const fault = (why: AuditFault['why'], what: string): AuditFault => ({
      place,
      why,
      message: `Cannot trust the audit log as a whole: entry ${place} ${what}; restore it from a copy that has head ${head.hash.slice(0, 12)}`,
    });
    if (entry.place !== place) return fault('place', `says that it is entry ${entry.place}`);
    if (entry.before !== before) return fault('chain', 'does not follow the one before it');
    if (entry.hash !== hashOf(entry, place, before)) return fault('hash', 'is not what was hashed');
    before = entry.hash;
    if (place === head.length - 1 && entry.hash !== head.hash)
      return fault('head', 'is not the one that the kept head names');
  }
  if (log.length >= head.length) return undefined;
  const message = `Cannot trust the audit log as a whole: ${log.length} of ${head.length} entries are there; look for a copy with the rest`;
  return { place: log.length, why: 'length', message };
}
