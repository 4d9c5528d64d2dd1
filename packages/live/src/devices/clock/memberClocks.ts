import { readdirSync, readFileSync } from 'node:fs';
import type { Ledger } from '../../ledger/ledger.ts';
import { startOf } from '../../processes/procfs.ts';
import type { Member } from '../../subjects/cluster.ts';
import { ClockPatch } from './clockPatch.ts';

/** How often a drifting clock is put further off. */
const DRIFT_EVERY_MS = 20;

interface Offsets {
  wallNs: bigint;
  monotonicNs: bigint;
}

/** The clocks of a member: of all its processes, also of those they have started. A process started anew sees the true time. */
export class MemberClocks {
  private readonly ledger: Ledger;
  private readonly patches = new Map<string, ClockPatch>();
  private readonly offsets = new Map<string, Offsets>();

  constructor(ledger: Ledger) {
    this.ledger = ledger;
  }

  /** The wall clock jumps by so many microseconds; the returned function takes the jump back. */
  step(member: Member, byUs: number): () => void {
    const byNs = BigInt(Math.round(byUs)) * 1_000n;
    this.move(member, byNs, 0n);
    return () => this.move(member, -byNs, 0n);
  }

  /** Wall clock and monotonic clock run faster by so many parts per million, slower when negative; the returned function sets them right. */
  drift(member: Member, ppm: number): () => void {
    const startedMs = performance.now();
    let movedNs = 0n;
    const turn = (): void => {
      const dueNs = BigInt(Math.round((performance.now() - startedMs) * ppm));
      this.move(member, dueNs - movedNs, dueNs - movedNs);
      movedNs = dueNs;
    };
    turn();
    const timer = setInterval(() => {
      try {
        turn();
      } catch {
        // The member has ended meanwhile: there is no clock to move.
      }
    }, DRIFT_EVERY_MS);
    return () => {
      clearInterval(timer);
      this.move(member, -movedNs, -movedNs);
    };
  }

  private move(member: Member, wallNs: bigint, monotonicNs: bigint): void {
    const now = this.offsets.get(member.name) ?? { wallNs: 0n, monotonicNs: 0n };
    const next = { wallNs: now.wallNs + wallNs, monotonicNs: now.monotonicNs + monotonicNs };
    this.offsets.set(member.name, next);
    const isTrue = next.wallNs === 0n && next.monotonicNs === 0n;
    for (const pid of processesOfMember(member)) {
      // A number may come back with another process.
      const key = `${pid} ${startOf(pid)}`;
      const known = this.patches.get(key);
      if (isTrue) {
        known?.remove();
        this.patches.delete(key);
        continue;
      }
      const patch = known ?? new ClockPatch(pid, this.ledger);
      patch.set(next);
      this.patches.set(key, patch);
    }
  }
}

/** The processes in the groups of a member's servers. */
function processesOfMember({ servers }: Member): number[] {
  const groups = new Set(servers.flatMap(({ pid }) => (pid === undefined ? [] : [pid])));
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => groups.has(groupOf(pid) ?? -1));
}

function groupOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]);
  } catch {
    return undefined;
  }
}
