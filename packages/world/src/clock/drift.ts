/**
 * Local time as a piecewise linear function of true time, exact: whole microseconds plus a carried fraction in units
 * of 1e-9 us, so that no number of rate changes accumulates rounding. Never decreasing: callers keep
 * drift and slew together within half of true time's rate (`MAX_DRIFT_PPM`, `MAX_SLEW_PPM`).
 */

const BILLION = 1_000_000_000;

/** One straight piece: at `fromUs` local time is `localUs` + `fraction` / 1e9, from then on it gains `ppb`. */
interface Piece {
  fromUs: number;
  localUs: number;
  fraction: number;
  ppb: number;
}

// Quotient and remainder of the last `gain`, to spare an allocation on the hot path.
let gained = 0;
let left = 0;

/** floor((us * ppb + fraction) / 1e9) into `gained`, the remainder into `left`; every intermediate is below 2^53. */
function gain(us: number, ppb: number, fraction: number): void {
  const seconds = Math.floor(us / BILLION);
  const rest = us - seconds * BILLION;
  const high = Math.floor(ppb / 1000);
  const product = rest * high;
  const millionths = Math.floor(product / 1_000_000);
  const low = (product - millionths * 1_000_000) * 1000 + rest * (ppb - high * 1000) + fraction;
  const carry = Math.floor(low / BILLION);
  gained = seconds * ppb + millionths + carry;
  left = low - carry * BILLION;
}

function evaluate(piece: Piece, trueUs: number): number {
  const us = trueUs - piece.fromUs;
  if (piece.ppb === 0) return piece.localUs + us;
  gain(us, piece.ppb, piece.fraction);
  return piece.localUs + us + gained;
}

/** Makes the piece start at `trueUs` and gain `ppb` from there; its value at that instant stays exactly what it was. */
function turn(piece: Piece, trueUs: number, ppb: number): void {
  const us = trueUs - piece.fromUs;
  gain(us, piece.ppb, piece.fraction);
  piece.localUs += us + gained;
  piece.fraction = left;
  piece.fromUs = trueUs;
  piece.ppb = ppb;
}

/** Local time that drifts and can be slewed. Changes are made in the order of true time. */
export class DriftingTime {
  /** Mere drift, with every slew begun so far counted in full. */
  private readonly base: Piece;
  /** Drift and the slew in progress; in force before `slewEndsUs`. */
  private readonly slewing: Piece = { fromUs: 0, localUs: 0, fraction: 0, ppb: 0 };
  private slewEndsUs = 0;
  private slewPpb = 0;

  /** Local time equals true time at 0 and gains `driftPpb` parts per billion. */
  constructor(driftPpb: number) {
    this.base = { fromUs: 0, localUs: 0, fraction: 0, ppb: driftPpb };
  }

  /** Local time at a true time not before the last change. */
  at(trueUs: number): number {
    return evaluate(trueUs < this.slewEndsUs ? this.slewing : this.base, trueUs);
  }

  /** From now on the oscillator gains `ppb`; a slew in progress goes on. */
  setDrift(trueUs: number, ppb: number): void {
    turn(this.base, trueUs, ppb);
    if (trueUs < this.slewEndsUs) turn(this.slewing, trueUs, ppb + this.slewPpb);
  }

  /** From now on gains or loses `byUs` at `ppb` (positive), then drifts on; replaces a slew in progress. */
  slew(trueUs: number, byUs: number, ppb: number): void {
    this.endSlew(trueUs);
    if (byUs === 0) return;
    this.slewPpb = byUs < 0 ? -ppb : ppb;
    this.slewEndsUs = trueUs + Math.ceil((byUs / this.slewPpb) * BILLION);
    Object.assign(this.slewing, this.base);
    turn(this.slewing, trueUs, this.base.ppb + this.slewPpb);
    this.base.localUs += byUs;
  }

  /** Leaves a slew in progress where it is. */
  endSlew(trueUs: number): void {
    if (trueUs >= this.slewEndsUs) return;
    turn(this.slewing, trueUs, this.base.ppb);
    Object.assign(this.base, this.slewing);
    this.slewEndsUs = trueUs;
  }

  /** How much of a slew in progress is still to come, signed; 0 without one. */
  remainingSlew(trueUs: number): number {
    return trueUs < this.slewEndsUs ? evaluate(this.base, trueUs) - evaluate(this.slewing, trueUs) : 0;
  }

  /** The earliest true time, not before `notBeforeUs`, at which local time is `localUs` or more. */
  firstUsAt(localUs: number, notBeforeUs: number): number {
    const missing = localUs - this.at(notBeforeUs);
    if (missing <= 0) return notBeforeUs;
    const slewing = notBeforeUs < this.slewEndsUs;
    if (slewing && this.at(this.slewEndsUs) < localUs) return this.firstUsAt(localUs, this.slewEndsUs);
    const ppb = slewing ? this.slewing.ppb : this.base.ppb;
    if (ppb === 0) return Math.min(notBeforeUs + missing, slewing ? this.slewEndsUs : Infinity);
    // An estimate a few microseconds off at most, then exact.
    let trueUs = notBeforeUs + Math.round((missing / (BILLION + ppb)) * BILLION);
    while (trueUs > notBeforeUs && this.at(trueUs - 1) >= localUs) trueUs--;
    while (this.at(trueUs) < localUs) trueUs++;
    return trueUs;
  }
}
