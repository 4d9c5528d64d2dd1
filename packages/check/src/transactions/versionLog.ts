import type { Plain } from '@holdfast/plain';
import type { TransactionWorkload } from './columns.ts';

/** The committed versions of one key, in the order of their commits. */
export class KeyVersions {
  private readonly isList: boolean;
  private readonly empty: Plain;
  /** Rank of the commit of each version, and how many values had been written with it. */
  private readonly ranks: number[] = [];
  private readonly lengths: number[] = [];
  private readonly values: Plain[] = [];

  constructor(workload: TransactionWorkload, empty: Plain) {
    this.isList = workload === 'list-append';
    this.empty = empty;
  }

  /** The commit of that rank wrote these values, one after the other. */
  commit(rank: number, values: readonly Plain[]): void {
    this.values.push(...values);
    this.ranks.push(rank);
    this.lengths.push(this.values.length);
  }

  /** What the first `commits` commits left behind, with a transaction's own writes on top. */
  valueAt(commits: number, own: readonly Plain[]): Plain {
    const version = this.versionAt(commits);
    const length = version === -1 ? 0 : (this.lengths[version] as number);
    if (this.isList) return [...this.values.slice(0, length), ...own];
    return own.at(-1) ?? (length === 0 ? this.empty : (this.values[length - 1] as Plain));
  }

  /** The rank of the last of the first `commits` commits that wrote the key. */
  writerAt(commits: number): number | undefined {
    return this.ranks[this.versionAt(commits)];
  }

  /** The rank of a commit that wrote the key and is not among the first `commits`. */
  writerSince(commits: number): number | undefined {
    const last = this.ranks.at(-1);
    return last !== undefined && last >= commits ? last : undefined;
  }

  /** The last version that is among the first `commits` commits, or -1. */
  private versionAt(commits: number): number {
    let low = 0;
    let high = this.ranks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.ranks[middle] as number) < commits) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
