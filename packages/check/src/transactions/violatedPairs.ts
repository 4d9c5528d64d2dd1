import type { PairChoice, ProblemLayout } from './layout.ts';
import type { OpenGroup } from './orderProblem.ts';

/** Writes that follow one another closely are compared with this many successors at a time. */
const NEIGHBOURS = 8;

/**
 * The pairs of writes whose order an arrangement of the nodes leaves inconsistent, though no edge says so yet. Where
 * there is none, the arrangement satisfies all pairs: so only these need ever be ordered explicitly.
 */
export function violatedPairs(layout: ProblemLayout, place: Int32Array): PairChoice[] {
  const violated: PairChoice[] = [];
  if (layout.layout === 'data') return violated;
  for (const group of layout.problem.groups) {
    if (group.writes.length > 1) new GroupCheck(layout, place, group, violated).run();
  }
  return violated;
}

class GroupCheck {
  private readonly layout: ProblemLayout;
  private readonly place: Int32Array;
  private readonly group: OpenGroup;
  private readonly violated: PairChoice[];
  /** Places in the group, as they commit. */
  private readonly order: readonly number[];

  constructor(layout: ProblemLayout, place: Int32Array, group: OpenGroup, violated: PairChoice[]) {
    this.layout = layout;
    this.place = place;
    this.group = group;
    this.violated = violated;
    this.order = Array.from(group.writes, (_, i) => i).sort((a, b) => this.commit(a) - this.commit(b));
  }

  run(): void {
    const overlaps = this.layout.layout === 'snapshot';
    for (let i = 0; i < this.order.length; i++) {
      const write = this.order[i] as number;
      const lastReader = this.lastReader(write);
      for (let j = i + 1; j < this.order.length; j++) {
        const next = this.order[j] as number;
        const isUnread = this.commit(next) < lastReader;
        const isConcurrent = overlaps && j - i <= NEIGHBOURS && this.begin(next) < this.commit(write);
        if (isUnread || isConcurrent) {
          this.violated.push({
            group: this.group,
            first: Math.min(write, next),
            second: Math.max(write, next),
          });
        } else if (j - i > NEIGHBOURS || !overlaps) break;
      }
    }
  }

  private transaction(write: number): number {
    return this.layout.problem.transactionOf[this.group.writes[write] as number] as number;
  }

  private commit(write: number): number {
    return this.place[this.layout.commit(this.transaction(write))] as number;
  }

  private begin(write: number): number {
    return this.place[this.layout.begin(this.transaction(write))] as number;
  }

  /** Where the last of those begins who read the write and must come before the next. */
  private lastReader(write: number): number {
    let last = -1;
    for (const read of this.group.readers[write] as readonly number[]) {
      const reader = this.layout.problem.transactionOf[read] as number;
      if (this.layout.hasAnti(reader, this.transaction(write))) {
        last = Math.max(last, this.place[this.layout.begin(reader)] as number);
      }
    }
    return last;
  }
}
