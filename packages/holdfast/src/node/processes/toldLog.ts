import type { HostId } from '@holdfast/world';
import type { Told } from './frames.ts';

/** Everything processes told between two turns of the world, in order. */
export interface ToldTurn {
  /** The time of the world when it was heard, microseconds. */
  readonly atUs: number;
  readonly told: readonly (readonly [host: HostId, told: Told])[];
}

/**
 * What processes told in a run, and when: with the plan and its seed all that the run depended on, so that it can be made again without
 * any process.
 */
export class ToldLog {
  /** What was told before the world's time began. */
  readonly before: ToldTurn[] = [];
  readonly turns: ToldTurn[] = [];
  private isBegun = false;
  private nowUs = 0;
  private open: (readonly [HostId, Told])[] = [];

  /** A turn of the world has ended: what is heard from now on happens at this time. */
  turned(nowUs: number): void {
    this.close();
    this.nowUs = nowUs;
  }

  heard(host: HostId, told: Told): void {
    this.open.push([host, told]);
  }

  /** Operations and faults are arranged for now. */
  begin(): void {
    this.close();
    this.isBegun = true;
  }

  /** Nothing more is heard. */
  close(): void {
    if (this.open.length === 0) return;
    (this.isBegun ? this.turns : this.before).push({ atUs: this.nowUs, told: this.open });
    this.open = [];
  }
}
