export {
  type CoordinationConfig,
  coordinationConfig,
  type CoordinationOptions,
  CoordinationOptionsError,
} from './config.ts';
export { coordination, coordinationView } from './core.ts';
export { COORDINATION_DEFECTS, type CoordinationDefect } from './defects.ts';
export { coordinationApisLab } from './apiLab.ts';
export { coordinationLab } from './lab.ts';
export {
  coordinationMachine,
  type CoordinationMachineOptions,
  type CoordinationOperation,
} from './machine.ts';
export { COORDINATION_PROMISES, CoordinationMonitor } from './monitor.ts';
export { backup, type CoordinationBackup, restoreAsNewCluster, RestoreError } from './restore.ts';
export type {
  CoordinationCommand,
  CoordinationMessage,
  CoordinationResult,
  CoordinationState,
} from './state.ts';
export { eventsFrom } from './watches.ts';
export {
  type CoordinationEvent,
  type CoordinationMachineState,
  emptyCoordination,
  type HeldKey,
} from './store.ts';
export { type ApiCall, type ApiRequest } from './apis/api.ts';
export type { ConsulRequest } from './apis/consul.ts';
export type { EtcdCompare, EtcdOperation, EtcdRequest } from './apis/etcd.ts';
export { type CreateMode, type WatchedEvent, watchedEvent, type ZooKeeperRequest } from './apis/zooKeeper.ts';
export {
  asked as askService,
  type Configured,
  consulRecipes,
  type CoordinationRecipes,
  type Discovered,
  etcdRecipes,
  type HeldLock,
  type Recipe,
  type RecipeAsk,
  RecipeError,
  tried as tryService,
  watched as watchService,
  zooKeeperRecipes,
} from './recipes/index.ts';
export {
  COORDINATION_CHOICES,
  type CoordinationChoice,
  type CounterRun,
  type WrongAnswer,
} from './choice.ts';
