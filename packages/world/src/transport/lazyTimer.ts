import type { Host, TimerHandle } from '../world/host.ts';

/**
 * A timer that is put off far more often than it fires: putting it off costs nothing, and it looks at its time when it comes up. It counts true
 * time and dies with the process.
 */
export class LazyTimer {
  private readonly host: Host;
  private readonly label: string;
  private readonly action: () => void;
  private dueUs = Number.POSITIVE_INFINITY;
  private pending: TimerHandle | undefined;
  private pendingUs = Number.POSITIVE_INFINITY;

  constructor(host: Host, label: string, action: () => void) {
    this.host = host;
    this.label = label;
    this.action = action;
  }

  get isSet(): boolean {
    return this.dueUs < Number.POSITIVE_INFINITY;
  }

  /** Fires in so many microseconds, and not before. */
  set(delayUs: number): void {
    this.dueUs = this.host.world.nowUs + Math.max(1, Math.round(delayUs));
    if (this.dueUs < this.pendingUs) this.arm();
  }

  clear(): void {
    this.dueUs = Number.POSITIVE_INFINITY;
  }

  private arm(): void {
    const { host } = this;
    if (this.pending !== undefined) host.cancelTimer(this.pending);
    this.pendingUs = this.dueUs;
    this.pending = host.after(this.dueUs - host.world.nowUs, this.label, () => this.comeUp());
  }

  private comeUp(): void {
    this.pending = undefined;
    this.pendingUs = Number.POSITIVE_INFINITY;
    if (!this.isSet) return;
    if (this.host.world.nowUs < this.dueUs) {
      this.arm();
      return;
    }
    this.clear();
    this.action();
  }
}
