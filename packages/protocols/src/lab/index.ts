export { Breaches } from './breaches.ts';
export {
  type InstanceCommand,
  type InstanceMessage,
  instances,
  type InstancesState,
} from './instances.ts';
export type {
  Breach,
  LabAnswer,
  LabCall,
  LabClients,
  LabDefect,
  LabDraw,
  LabLie,
  LabMonitor,
  LabOperation,
  LabSwarmClass,
  LabTrouble,
  LabVariant,
  LieContext,
  ProtocolLab,
} from './lab.ts';
export { LABS } from './labs.ts';
export { LOG_PROMISES, LogMonitor } from './logMonitor.ts';
export { READ_WRITE_OPERATIONS, REGISTER_OPERATIONS, registerOperation } from './operations.ts';
