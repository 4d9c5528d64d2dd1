export { type Adversary, everyBehaviour } from './adversary.ts';
export {
  brokenCondition,
  checkCouncil,
  type Council,
  type CouncilBreak,
  CouncilError,
  type CouncilResult,
  type General,
  type Order,
} from './council.ts';
export { oralMessageCount, oralMessages } from './oral.ts';
export { type CouncilSearch, searchCouncils } from './search.ts';
export { signedMessages, type SignedMessagesDefect, type SignedOrder } from './signed.ts';
