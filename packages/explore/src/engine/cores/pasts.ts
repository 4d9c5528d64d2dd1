import type { Recorder } from '../../properties/recorder.ts';
import { Interner } from '../interner.ts';
import { PairTable } from '../pairTable.ts';
import type { Catalogue } from './catalogue.ts';

/** Recorded histories as numbers; what follows on what is remembered. */
export class Pasts<M, C, R> {
  readonly values: Interner = new Interner();
  private readonly recorder: Recorder<M, C, R>;
  private readonly catalogue: Catalogue<M, C, R>;
  private readonly memory = new PairTable(1024);

  constructor(recorder: Recorder<M, C, R>, catalogue: Catalogue<M, C, R>) {
    this.recorder = recorder;
    this.catalogue = catalogue;
    this.values.intern(recorder.initial);
  }

  get bytes(): number {
    return this.memory.bytes;
  }

  /** The history after a list of things that matter. */
  after(history: number, seen: number): number {
    if (seen === 0) return history;
    const known = this.memory.get(history, seen);
    if (known !== -1) return known;
    let value = this.values.value(history);
    for (const item of this.catalogue.lists.toArray(seen))
      value = this.recorder.next(value, this.catalogue.seen.value(item));
    const next = this.values.intern(value);
    this.memory.set(history, seen, next);
    return next;
  }
}
