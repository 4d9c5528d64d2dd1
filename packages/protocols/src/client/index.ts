export {
  type Classified,
  type ClientMessage,
  type ClientOptions,
  ClientOptionsError,
  type ClientResult,
  type ClientState,
  leaderClient,
} from './client.ts';
export { matchingClient, type MatchingClientOptions, type MatchingState } from './matching.ts';
