export { checkMessageDrawing, completed, concurrentPairs, type DrawingFinding } from './check.ts';
export {
  type DrawnEvent,
  DrawingError,
  isMessageDrawing,
  type MessageDrawing,
  readMessageDrawing,
} from './drawing.ts';
export { layoutMessageDrawing, vectorText } from './layout.ts';
export { arrowProblems, orderOf } from './order.ts';
export {
  LAMPORT_MISCONCEPTIONS,
  lamportRule,
  type Misconception,
  stampsBy,
  type StampRule,
  VECTOR_MISCONCEPTIONS,
  vectorRule,
  wide,
} from './stamps.ts';
