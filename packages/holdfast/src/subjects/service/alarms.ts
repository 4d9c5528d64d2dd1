import type { Host, TimerHandle } from '@holdfast/world';

/** Timers of one program, by the host's own monotonic clock. They die with the program. */
export class Alarms {
  private readonly host: Host;
  private readonly due = new Map<string, () => void>();
  private last = 0;

  constructor(host: Host) {
    this.host = host;
  }

  /** Milliseconds of the host's monotonic clock. */
  nowMs(): number {
    return this.host.monotonicUs() / 1_000;
  }

  /** Calls `action` after `delayMs`; returns how to call it off. */
  set(delayMs: number, label: string, action: () => void): () => void {
    const name = `${label} ${++this.last}`;
    this.due.set(name, action);
    const handle: TimerHandle = this.host.setTimer(Math.max(0, Math.round(delayMs * 1_000)), name);
    return () => {
      if (this.due.delete(name)) this.host.cancelTimer(handle);
    };
  }

  /** To be called by the program's `onTimer`. */
  fire(timer: unknown): void {
    const action = this.due.get(timer as string);
    this.due.delete(timer as string);
    action?.();
  }
}
