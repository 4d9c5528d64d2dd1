export {
  assertHolds,
  type AssertHoldsOptions,
  type HoldsSummary,
  REPLAY_VARIABLE,
} from './assertHolds.ts';
export { HoldfastRunError, HoldfastUndecided, HoldfastViolation, type ViolationDetails } from './errors.ts';
