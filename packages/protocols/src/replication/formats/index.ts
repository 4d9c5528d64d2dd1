export { type ReplicaStopCode, ReplicaStoppedError } from './errors.ts';
export {
  catchUp as catchUpProjection,
  type Fold,
  type PoisonEvent,
  type Projection,
  projectionLag,
  QUARANTINE_LIMIT,
  rebuild as rebuildProjection,
  startProjection,
} from './projection.ts';
export {
  applyLogical,
  applyPages,
  applyRow,
  applyStatement,
  type ColumnMapping,
  layOut,
  PAGE_BYTES,
  type PageChange,
  pageChanges,
  type Pages,
} from './ship.ts';
export {
  emptyTable,
  execute,
  type Expression,
  isDeterministic,
  type Match,
  type Row,
  type RowChange,
  type Schema,
  type Statement,
  type Surroundings,
  type Table,
} from './table.ts';
