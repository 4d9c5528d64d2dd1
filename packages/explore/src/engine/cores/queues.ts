import { IntLists } from '../intLists.ts';
import { PairTable } from '../pairTable.ts';

/** Queues of envelopes as numbers; 0 is the empty one. */
export class Queues {
  readonly lists: IntLists = new IntLists();
  private readonly pushes = new PairTable();
  private readonly rests: number[] = [];

  get bytes(): number {
    return this.lists.bytes + this.pushes.bytes;
  }

  length(queue: number): number {
    return this.lists.length(queue);
  }

  head(queue: number): number {
    return this.lists.item(queue, 0);
  }

  item(queue: number, position: number): number {
    return this.lists.item(queue, position);
  }

  items(queue: number): number[] {
    return this.lists.toArray(queue);
  }

  of(items: readonly number[]): number {
    return this.lists.intern(items);
  }

  push(queue: number, envelope: number): number {
    const known = this.pushes.get(queue, envelope);
    if (known !== -1) return known;
    const next = this.lists.intern([...this.lists.toArray(queue), envelope]);
    this.pushes.set(queue, envelope, next);
    return next;
  }

  /** The queue without its head. */
  rest(queue: number): number {
    return (this.rests[queue] ??= this.lists.intern(this.lists.toArray(queue).slice(1)));
  }
}
