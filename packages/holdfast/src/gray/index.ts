export { ALARM_FACTOR, alertsOf, type FleetAlerts, meanShiftMs } from './alerts.ts';
export { GRAY_FAULTS, type GrayFault } from './faults.ts';
export {
  FLEET_NODES,
  type FleetFigures,
  type NodeFigures,
  runFleet,
  SICK_NODE,
  WORK_LIMIT_MS,
} from './fleet.ts';
