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
