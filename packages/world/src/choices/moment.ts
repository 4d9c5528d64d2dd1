/** Instants moved by an edit of a plan: from `fromUs` on, what happens stands for what happened `byUs` later before the edit. */
export interface Shift {
  readonly fromUs: number;
  /** 0 or more. */
  readonly byUs: number;
}

/**
 * The instant at which choices are made, shared by all streams of a run. It is counted on the clock of the run as its seed planned it: when
 * an edit makes a pause shorter, what comes after it is drawn as if the pause had its old length.
 */
export class Moment {
  /** The instant by which answers are drawn, microseconds. */
  us = 0;
  private readonly shifts: readonly Shift[] | undefined;

  /** `shifts` in ascending order of `fromUs`. */
  constructor(shifts: readonly Shift[] = []) {
    this.shifts = shifts.length === 0 ? undefined : shifts;
  }

  /** The run has come to this time. */
  at(nowUs: number): void {
    this.us = this.shifts === undefined ? nowUs : planned(this.shifts, nowUs);
  }
}

function planned(shifts: readonly Shift[], nowUs: number): number {
  let sum = nowUs;
  for (const { fromUs, byUs } of shifts) {
    if (fromUs > nowUs) break;
    sum += byUs;
  }
  return sum;
}
