import { assertWhole } from '../models/optionError.ts';

/**
 * Keeps a run recoverable: at most a minority of the hosts may hold damage of any kind (lost, rotten or stale records, an
 * empty disk) at the same time, so that a majority still has everything that was promised. Without such a limit a
 * checker reports losses no protocol could prevent. In the manner of the fault atlas of TigerBeetle's simulator,
 * with the host as the unit.
 */
export class FaultBudget {
  /** How many hosts may be damaged at once. */
  readonly limit: number;
  private readonly hosts: number;
  private readonly damaged = new Set<number>();

  /** `limit` defaults to the largest minority: (hosts - 1) / 2, rounded down. */
  constructor(hosts: number, limit: number = Math.floor((hosts - 1) / 2)) {
    assertWhole('hosts', hosts, 1, 1_024);
    assertWhole('limit', limit, 0, hosts);
    this.hosts = hosts;
    this.limit = limit;
  }

  /** Whether this host may be damaged now: it already is, or the limit is not reached. */
  mayDamage(host: number): boolean {
    this.assertHost(host);
    return this.damaged.has(host) || this.damaged.size < this.limit;
  }

  /** Spends the budget on this host; false, and nothing spent, when the budget does not allow it. */
  damage(host: number): boolean {
    if (!this.mayDamage(host)) return false;
    this.damaged.add(host);
    return true;
  }

  /** The host has everything again: it was rebuilt from the others. */
  repaired(host: number): void {
    this.assertHost(host);
    this.damaged.delete(host);
  }

  /** The hosts that hold damage, in increasing order. */
  damagedHosts(): readonly number[] {
    return [...this.damaged].sort((a, b) => a - b);
  }

  private assertHost(host: number): void {
    assertWhole('host', host, 0, this.hosts - 1);
  }
}
