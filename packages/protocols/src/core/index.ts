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
} from './core.ts';
export { type Chooser, type Effect, EffectList } from './effects.ts';
export { guarded, ImpureCoreError } from './guard.ts';
