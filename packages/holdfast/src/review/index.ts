export {
  type ClockAssumptions,
  DescriptionError,
  describeService,
  isReviewedService,
  type OperationDescription,
  REHEARSALS,
  type Rehearsal,
  type RehearsalName,
  type ReviewedService,
  type Runbook,
  type ServiceDescription,
} from './description.ts';
export { RunCache } from './rehearsed.ts';
export { type Review, review, REVIEW_RULES, type ReviewedRule } from './review.ts';
export { type Finding, REVIEW_LISTS, type ReviewList, type Rule } from './rule.ts';
export { difference, type Point, type SeriesOf, shown } from './series.ts';
