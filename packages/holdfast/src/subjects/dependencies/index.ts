export {
  dependencyOutage,
  OUTAGE,
  SHARED_DEPENDENCIES,
  type SharedDependency,
  sharedService,
} from './experiment.ts';
export { dependencyMap, deviationsFromMap, DOWN_SHARE, shareWell, WELL_SHARE } from './map.ts';
