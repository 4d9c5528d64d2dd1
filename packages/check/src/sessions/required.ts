import { type ByKey, lastBelow } from '../causal/byKey.ts';
import { type Registers, WRITE } from '../causal/registers.ts';

/** The four session guarantees (Terry and others, Session Guarantees for Weakly Consistent Replicated Data, 1994). */
export type SessionGuarantee =
  | 'read-your-writes'
  | 'monotonic-reads'
  | 'monotonic-writes'
  | 'writes-follow-reads';

/** Called with a read and a write of the same key that a guarantee wants the read to have seen. */
export type RequiredVisitor = (read: number, write: number) => void;

/** What one guarantee wants the reads of a session to have seen. */
export interface Requirement {
  /**
   * Calls `visit` for each read of session `s`, in order, and each write of its key that it must have seen; of several of one
   * session perhaps only the last.
   */
  each(s: number, visit: RequiredVisitor): void;
  /** Why the read must have seen the write: nodes from the write to the read. */
  way(read: number, write: number): number[];
}

/** The guarantee's requirement on a history. */
export function requirementOf(guarantee: SessionGuarantee, registers: Registers, writes: ByKey): Requirement {
  switch (guarantee) {
    case 'read-your-writes':
      return new OwnWrites(registers, writes);
    case 'monotonic-reads':
      return new EarlierReads(registers);
    case 'monotonic-writes':
      return new EarlierWrites(registers, writes);
    case 'writes-follow-reads':
      return new ReadBeforeWriting(registers, writes);
  }
}

class OwnWrites implements Requirement {
  private readonly registers: Registers;
  private readonly writes: ByKey;

  constructor(registers: Registers, writes: ByKey) {
    this.registers = registers;
    this.writes = writes;
  }

  each(s: number, visit: RequiredVisitor): void {
    const { sessionStart, keyOf, source } = this.registers;
    const last = new Map<number, number>();
    for (let v = sessionStart[s] as number; v < (sessionStart[s + 1] as number); v++) {
      const key = keyOf[v] as number;
      if (source[v] === WRITE) last.set(key, v);
      else {
        const own = last.get(key);
        if (own !== undefined) visit(v, own);
      }
    }
  }

  way(read: number, write: number): number[] {
    return [write, read];
  }
}

class EarlierReads implements Requirement {
  private readonly registers: Registers;

  constructor(registers: Registers) {
    this.registers = registers;
  }

  each(s: number, visit: RequiredVisitor): void {
    const { sessionStart, keyOf, source } = this.registers;
    const last = new Map<number, number>();
    for (let v = sessionStart[s] as number; v < (sessionStart[s + 1] as number); v++) {
      const key = keyOf[v] as number;
      const from = source[v] as number;
      if (from === WRITE) continue;
      const seen = last.get(key);
      if (seen !== undefined) visit(v, seen);
      if (from >= 0) last.set(key, from);
    }
  }

  way(read: number, write: number): number[] {
    const { sessionOf, source } = this.registers;
    for (let v = read - 1; v >= 0 && sessionOf[v] === sessionOf[read]; v--) {
      if (source[v] === write) return [write, v, read];
    }
    return [write, read];
  }
}

/** Whoever saw a write has seen what its session wrote before. */
class EarlierWrites implements Requirement {
  private readonly registers: Registers;
  private readonly writes: ByKey;
  /** Of each session the first node that need not have been seen. */
  private readonly seen: Int32Array;

  constructor(registers: Registers, writes: ByKey) {
    this.registers = registers;
    this.writes = writes;
    this.seen = new Int32Array(registers.sessions);
  }

  each(s: number, visit: RequiredVisitor): void {
    const { seen, writes, registers } = this;
    const { sessionStart, keyOf, source, sessionOf } = registers;
    seen.fill(0);
    for (let v = sessionStart[s] as number; v < (sessionStart[s + 1] as number); v++) {
      const from = source[v] as number;
      if (from === WRITE) continue;
      const key = keyOf[v] as number;
      const end = writes.keyStart[key + 1] as number;
      for (let i = writes.keyStart[key] as number; i < end; i++) {
        const write = lastBelow(writes, i, seen[writes.session[i] as number] as number);
        if (write !== -1) visit(v, write);
      }
      if (from < 0) continue;
      const writer = sessionOf[from] as number;
      if (from > (seen[writer] as number)) seen[writer] = from;
    }
  }

  way(read: number, write: number): number[] {
    const { sessionOf, sessionStart, source } = this.registers;
    for (let v = sessionStart[sessionOf[read] as number] as number; v < read; v++) {
      const from = source[v] as number;
      if (from > write && sessionOf[from] === sessionOf[write]) return [write, from, v, read];
    }
    return [write, read];
  }
}

/** Whoever saw a write has seen what its session had read before, and so on. */
class ReadBeforeWriting implements Requirement {
  private readonly registers: Registers;
  private readonly writes: ByKey;
  private readonly segmentOf: Int32Array;
  /** Of each segment the last write that must have been seen, or -1. */
  private readonly latest: Int32Array;
  /** Of each session the first node whose reads were not followed yet. */
  private readonly followed: Int32Array;
  /** For each write that must have been seen, the read of a session that then wrote what led there; when asked for. */
  private reasons: Map<number, number> | undefined;

  constructor(registers: Registers, writes: ByKey) {
    this.registers = registers;
    this.writes = writes;
    this.segmentOf = new Int32Array(registers.count);
    this.latest = new Int32Array(writes.session.length);
    this.followed = new Int32Array(registers.sessions);
    for (let i = 0; i < writes.session.length; i++) {
      const end = writes.start[i + 1] as number;
      for (let at = writes.start[i] as number; at < end; at++) this.segmentOf[writes.nodes[at] as number] = i;
    }
  }

  each(s: number, visit: RequiredVisitor): void {
    const { latest, writes, registers } = this;
    const { sessionStart, keyOf, source, sessions } = registers;
    latest.fill(-1);
    this.followed.set(sessionStart.subarray(0, sessions));
    for (let v = sessionStart[s] as number; v < (sessionStart[s + 1] as number); v++) {
      const from = source[v] as number;
      if (from === WRITE) continue;
      const key = keyOf[v] as number;
      const end = writes.keyStart[key + 1] as number;
      for (let i = writes.keyStart[key] as number; i < end; i++) {
        const write = latest[i] as number;
        if (write !== -1) visit(v, write);
      }
      if (from >= 0) this.follow(from);
    }
  }

  way(read: number, write: number): number[] {
    const { sessionOf, source } = this.registers;
    const reasons = new Map<number, number>();
    this.reasons = reasons;
    this.each(sessionOf[read] as number, () => undefined);
    this.reasons = undefined;
    const way = [write];
    for (let w = write; ; ) {
      const reader = reasons.get(w);
      if (reader === undefined) break;
      way.push(reader);
      const next = this.writeBehind(reader, reasons, sessionOf[read] as number);
      if (next === undefined || way.includes(next)) break;
      way.push(next);
      w = next;
    }
    const last = way.at(-1) as number;
    for (let v = read - 1; v >= 0 && sessionOf[v] === sessionOf[read]; v--) {
      if (source[v] === last) return [...way, v, read];
    }
    return [...way, read];
  }

  /** The first write behind a read of the same session that the session judged saw, or must have seen. */
  private writeBehind(reader: number, reasons: ReadonlyMap<number, number>, s: number): number | undefined {
    const { sessionOf, sessionStart, source } = this.registers;
    const observed = new Set(source.subarray(sessionStart[s], sessionStart[s + 1]));
    for (let v = reader + 1; v < source.length && sessionOf[v] === sessionOf[reader]; v++) {
      if (source[v] === WRITE && observed.has(v)) return v;
    }
    for (let v = reader + 1; v < source.length && sessionOf[v] === sessionOf[reader]; v++) {
      if (source[v] === WRITE && reasons.has(v)) return v;
    }
    return undefined;
  }

  /** A write was seen: so must be what its session had read by then. */
  private follow(write: number): void {
    const { followed, latest, segmentOf, registers } = this;
    const { sessionOf, source } = registers;
    const stack = [write];
    for (let w = stack.pop(); w !== undefined; w = stack.pop()) {
      const s = sessionOf[w] as number;
      for (let v = followed[s] as number; v < w; v++) {
        const from = source[v] as number;
        if (from < 0) continue;
        const segment = segmentOf[from] as number;
        if (from > (latest[segment] as number)) latest[segment] = from;
        if (this.reasons !== undefined && !this.reasons.has(from)) this.reasons.set(from, v);
        stack.push(from);
      }
      if (w > (followed[s] as number)) followed[s] = w;
    }
  }
}
