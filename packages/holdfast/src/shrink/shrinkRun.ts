import type { RunPlan } from '../simulate/plan.ts';
import type { RunResult } from '../simulate/simulate.ts';

/** How a violated run was made small. */
export interface ShrinkResult {
  /** The smallest run found, with its trace. */
  readonly result: RunResult;
  readonly plan: RunPlan;
  /** The promise kept violated all the way. */
  readonly promise: string;
  /** World events before and after. */
  readonly fromEvents: number;
  readonly toEvents: number;
  /** Runs made on the way. */
  readonly runs: number;
}

export interface ShrinkOptions {
  /** Most runs to try. Default 2,000. */
  readonly maxRuns?: number;
  /** Called now and then with what is known so far. */
  readonly onProgress?: (runs: number, events: number) => void;
  /** Asked before each run; true ends shrinking with the best found so far. */
  readonly cancelled?: () => boolean;
}
