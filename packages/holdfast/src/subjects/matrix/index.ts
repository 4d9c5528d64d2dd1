export { matrixExperiment, matrixShop, promiseOf } from './experiment.ts';
export {
  judgeRow,
  type MatrixRow,
  PARTITION_MATRIX,
  type RowOutcome,
  type Side,
  type SideBehaviour,
  SIDES,
  type SplitTime,
} from './matrix.ts';
export { MATRIX_DEFECTS, type MatrixDefect } from './shop.ts';
