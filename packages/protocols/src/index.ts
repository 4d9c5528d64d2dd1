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
