import type { Host } from '@holdfast/world';
import { UnsupportedError } from '../unsupported.ts';

/** A program that looks at its clock more often than this in one event is waiting for time to pass, which it never does. */
const READS_PER_EVENT = 1_000_000;

/** What a program can know of time: its host's own clocks, with their skew and drift. Time stands still within an event. */
export class ProgramClock {
  private readonly host: Host;
  private readonly bootedUs: number;
  private reads = 0;

  constructor(host: Host) {
    this.host = host;
    this.bootedUs = host.monotonicUs();
  }

  /** A new event begins. */
  newEvent(): void {
    this.reads = 0;
  }

  /** Whole milliseconds since 1970, as `Date.now()` gives them. */
  wallMs(): number {
    this.read();
    return Math.floor(this.host.wallUs() / 1000);
  }

  /** Microseconds on the monotonic clock since the process began. */
  runningUs(): number {
    this.read();
    return this.host.monotonicUs() - this.bootedUs;
  }

  private read(): void {
    if (++this.reads > READS_PER_EVENT) throw new UnsupportedError('a loop that waits for the clock');
  }
}

/** The program's `Date`: as the real one, but now is what its host's wall clock shows. */
export function dateFor(clock: ProgramClock): DateConstructor {
  const own: DateConstructor = new Proxy(Date, {
    construct: (target, args, newTarget) =>
      Reflect.construct(
        target,
        args.length === 0 ? [clock.wallMs()] : args,
        newTarget === own ? target : newTarget,
      ) as Date,
    apply: () => new Date(clock.wallMs()).toString(),
    get: (target, key): unknown => (key === 'now' ? () => clock.wallMs() : Reflect.get(target, key)),
  });
  return own;
}

/** `process.hrtime`: seconds and nanoseconds, or a bigint of nanoseconds, since some moment. */
export function hrtimeFor(clock: ProgramClock): NodeJS.HRTime {
  const hrtime = (before?: [number, number]): [number, number] => {
    const ns = clock.runningUs() * 1000 - (before === undefined ? 0 : before[0] * 1e9 + before[1]);
    return [Math.floor(ns / 1e9), ns % 1e9];
  };
  return Object.assign(hrtime, { bigint: () => BigInt(clock.runningUs()) * 1000n });
}
