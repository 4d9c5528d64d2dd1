export { type AskingOptions, NameAsker, type NameResult } from './asking.ts';
export { type Backend, Chooser, type ChoosingPolicy } from './choose.ts';
export {
  announce,
  type AnnounceOptions,
  Registry,
  REGISTRY_PORT,
  ServiceView,
  type ViewOptions,
} from './discovery.ts';
export {
  answerOf,
  type NameAnswer,
  type NameQuestion,
  NAME_PORT,
  type NameRecord,
  type NameStatus,
  serveZone,
  type Zone,
} from './dns.ts';
export { FlowBalancer, type FlowBalancerOptions } from './flowBalancer.ts';
export { FlowTable, type FlowTableOptions } from './flowTable.ts';
export { type Lookup, type LookupOptions, NameLookup } from './lookup.ts';
export { NatGateway, type NatOptions } from './nat.ts';
export { ConnectionPool, type PoolGrant, type PoolOptions, type PoolRefusal } from './pool.ts';
export { RequestBalancer, type RequestBalancerOptions, type Upstream } from './requestBalancer.ts';
export { Resolver, type ResolverEvent, type ResolverOptions } from './resolver.ts';
export { HashRing, moduloOwner, movedShare } from './ring.ts';
