import { HistoryFormatError } from './error.ts';
import type { Warnings } from './parsed.ts';

const NANOSECONDS_PER_US = 1000;
const SHIFT_WORTH_SAYING_US = 1000;

/**
 * Gives times to the events of a file whose order is the truth. With nanoseconds in the source the times are
 * microseconds, moved later where needed so that an operation that began after another's end still does; without
 * them an event's time is its line number (or the next number, where several share a line).
 */
export class EventClock {
  private readonly format: string;
  private timed: boolean | undefined;
  private last = -1;
  private lastCompletion = -1;
  private shift = 0;

  constructor(format: string) {
    this.format = format;
  }

  get timeUnit(): 'us' | 'index' {
    return this.timed === true ? 'us' : 'index';
  }

  /** The time of the last event; -1 before the first. */
  get now(): number {
    return this.last;
  }

  /** The time of the next event of the file. */
  tick(isInvocation: boolean, nanoseconds: number | undefined, line: number): number {
    const timed = nanoseconds !== undefined;
    if (this.timed === undefined) this.timed = timed;
    if (timed !== this.timed) {
      throw new HistoryFormatError(
        'INCONSISTENT',
        this.format,
        line,
        this.timed
          ? 'a time, as the operations before have one'
          : 'no time, as the operations before have none',
        timed ? `the time ${nanoseconds}` : 'none',
      );
    }
    const at = timed ? this.microseconds(isInvocation, nanoseconds) : Math.max(line, this.last + 1);
    this.last = at;
    if (!isInvocation) this.lastCompletion = at;
    return at;
  }

  private microseconds(isInvocation: boolean, nanoseconds: number): number {
    const exact = Math.floor(nanoseconds / NANOSECONDS_PER_US);
    let at = exact > this.last ? exact : this.last;
    if (isInvocation && at === this.lastCompletion) at++;
    if (at - exact > this.shift) this.shift = at - exact;
    return at;
  }

  /** Says so when times had to move by more than a millisecond to agree with the order of the file. */
  report(warnings: Warnings): void {
    if (this.shift > SHIFT_WORTH_SAYING_US) {
      warnings.add(
        `times disagree with the order of the file, which was kept: some moved later, by up to ${this.shift} us`,
      );
    }
  }
}
