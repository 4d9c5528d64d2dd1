export {
  type CoordinationConfig,
  coordinationConfig,
  type CoordinationOptions,
  CoordinationOptionsError,
} from './config.ts';
export { coordination, coordinationView } from './core.ts';
export { COORDINATION_DEFECTS, type CoordinationDefect } from './defects.ts';
export { coordinationLab } from './lab.ts';
export {
  type CoordinationEvent,
  coordinationMachine,
  type CoordinationMachineOptions,
  type CoordinationMachineState,
  type CoordinationOperation,
  emptyCoordination,
  type HeldKey,
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
