export type { History, Operation, Outcome } from './history/operation.ts';
export { type Evidence, type Verdict, type VerdictStatus, worstStatus } from './verdict.ts';
export { detectFormat } from './formats/detect.ts';
export { HistoryFormatError, type HistoryFormatCode } from './formats/error.ts';
export { type ParsedHistory, type ParseOptions, parseHistory, parseHistoryChunks } from './formats/parse.ts';
export type { Annotation, FormatOptions, Parsed } from './formats/parsed.ts';
export { type FormatName, formatNames } from './formats/registry.ts';
export { printJsonl } from './formats/jsonl.ts';
export { HistoryBuilder } from './history/builder.ts';
export type { OperationSink, Place } from './history/sink.ts';
export { isMicroOperations, isTransaction, type MicroOperation, TRANSACTION } from './history/transaction.ts';
export { HistoryError, type HistoryErrorCode, validateHistory } from './history/validate.ts';
export {
  checkLinearizable,
  DEFAULT_STEP_BUDGET,
  type LinearizableOptions,
} from './linearizable/check.ts';
export { casRegisterModel } from './models/casRegister.ts';
export { kvModel } from './models/kv.ts';
export { illegal, type Model, UnsupportedOperationError } from './models/model.ts';
export { type ModelName, modelNamed, modelNames } from './models/named.ts';
export { registerModel, type RegisterOptions } from './models/register.ts';
