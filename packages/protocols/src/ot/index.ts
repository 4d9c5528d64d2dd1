export {
  type ClientDocument,
  type Edit,
  editLocally,
  HISTORY_LIMIT,
  receiveAcknowledgement,
  receiveEdit,
  receiveRemote,
  type ServerDocument,
  startClientDocument,
  startServerDocument,
  TEXT_LIMIT,
} from './document.ts';
export {
  applyOperation,
  OPERATION_LIMIT,
  operationLengths,
  parseOperation,
  textEdit,
  type TextOperation,
  TextOperationError,
} from './operation.ts';
export { breakTP1, breakTP2, type TransformDivergence, type Transform } from './properties.ts';
export { composeOperations, transformOperations } from './transform.ts';
