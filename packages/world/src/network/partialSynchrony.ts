import type { Stream } from '../choices/stream.ts';
import { assertWhole, BadOptionError } from '../models/optionError.ts';
import { decideLink, type LinkDecision, type LinkPolicy, type LinkState } from './link.ts';

/** A network that is asynchronous until some unknown time, and keeps a bound from then on. */
export interface PartialSynchronyOptions {
  /** The stabilisation time is drawn from this range; answer 0 is the earliest. */
  readonly stabilises: { readonly minUs: number; readonly maxUs: number };
  /** From then on every message arrives within this. */
  readonly deltaUs: number;
  /** Links before: any loss, duplication, and any finite delay. */
  readonly before: LinkPolicy;
  /** Links afterwards: no loss, no queue; a delay above `deltaUs` is cut down to it. */
  readonly after: LinkPolicy;
}

/**
 * The partially synchronous network of Dwork, Lynch and Stockmeyer ("Consensus in the presence of partial synchrony",
 * 1988): there is a time T, unknown to the protocols, from which every message arrives within delta. A message in flight
 * at T arrives by T + delta; one lost before T stays lost. Cuts are outside of this: the caller heals them by T.
 * Progress may be judged only after T, safety always.
 */
export class PartialSynchrony {
  /** T. For monitors and reports only: a protocol that reads it is not tested by it. */
  readonly stabilisesAtUs: number;
  readonly deltaUs: number;
  private readonly before: LinkPolicy;
  private readonly after: LinkPolicy;

  constructor(options: PartialSynchronyOptions, stream: Stream) {
    const { minUs, maxUs } = options.stabilises;
    assertWhole('stabilises.minUs', minUs, 0, Number.MAX_SAFE_INTEGER);
    assertWhole('stabilises.maxUs', maxUs, minUs, minUs + 0xffff_fffe);
    assertWhole('deltaUs', options.deltaUs, 0, Number.MAX_SAFE_INTEGER);
    if (options.after.loss > 0) throw new BadOptionError('after.loss', options.after.loss, 'zero');
    if (options.after.answer !== 'deliver') {
      throw new BadOptionError('after.answer', options.after.answer, "'deliver'");
    }
    if (options.after.bitsPerSecond > 0) {
      throw new BadOptionError('after.bitsPerSecond', options.after.bitsPerSecond, '0, unlimited');
    }
    this.deltaUs = options.deltaUs;
    this.before = options.before;
    this.after = options.after;
    this.stabilisesAtUs = stream.between(minUs, maxUs, 'stabilisation');
  }

  /** Whether the bound holds for messages sent now. */
  isStable(nowUs: number): boolean {
    return nowUs >= this.stabilisesAtUs;
  }

  /** Like `decideLink`, keeping the bound: no delivery later than max(nowUs, T) + delta. */
  decide(state: LinkState, sizeBytes: number, nowUs: number, stream: Stream, out: LinkDecision): void {
    const stable = nowUs >= this.stabilisesAtUs;
    decideLink(stable ? this.after : this.before, state, sizeBytes, nowUs, stream, out);
    const latestUs = (stable ? nowUs : this.stabilisesAtUs) + this.deltaUs;
    for (let i = 0; i < out.count; i++) {
      if ((out.atUs[i] as number) > latestUs) out.atUs[i] = latestUs;
    }
  }
}
