export {
  type Classified,
  type ClientMessage,
  type ClientOptions,
  ClientOptionsError,
  type ClientResult,
  type ClientState,
  leaderClient,
} from './client/client.ts';
export type {
  Boot,
  Core,
  CoreEvent,
  NodeId,
  NodeView,
  Outbox,
  RecordKey,
  RecordWrite,
  RequestId,
  StoreToken,
} from './core/core.ts';
export { type Chooser, type Effect, EffectList } from './core/effects.ts';
export { guarded, ImpureCoreError } from './core/guard.ts';
