export { compareDocuments, type FieldFinding } from './compare.ts';
export {
  DOCUMENT_VERSION,
  type DocumentField,
  type DocumentForm,
  type DocumentRun,
  type FieldEvidence,
  type FieldForm,
  type GeneratedDocument,
} from './document.ts';
export { DocumentError } from './errors.ts';
export { FactReader, type Facts } from './facts.ts';
export { type DocumentOrigin, fillDocument, type FilledField } from './fill.ts';
export {
  parseDocument,
  parseMarkdownDocument,
  printJsonDocument,
  printMarkdownDocument,
} from './markdown.ts';
export { raftPartitionTrace } from './forms/raftPartitionTrace.ts';
export { readContractTestPlan } from './forms/readContract.ts';
export { markdownTable } from './table.ts';
export { runbookForm } from './forms/serviceRunbook.ts';
export { idempotentApiMemo } from './forms/idempotentApi.ts';
export { retryBudgetForm } from './forms/retryBudget.ts';
export { partitionRunbook } from './forms/partitionRunbook.ts';
export { threeNodeTrace } from './forms/threeNodeTrace.ts';
export { consistencyMatrix } from './forms/consistencyMatrix.ts';
export { quorumOf, quorumWorksheet } from './forms/quorumWorksheet.ts';
export { DOCUMENT_FORMS } from './forms/all.ts';
export { PHI_THRESHOLDS, phiTuningNote } from './forms/phiTuning.ts';
export { designNote, KEY_QUESTIONS } from './forms/designNote.ts';
export { OUTAGE_CONCEPTS, postmortem } from './forms/postmortem.ts';
export { type BeliefSheet, beliefSheet, EIGHT_FALLACIES, eightFallacies } from './forms/beliefs.ts';
export { failureScenariosForm, SCENARIO_NAMES } from './forms/failureScenarios.ts';
export { messageTrace } from './forms/messageTrace.ts';
export { raftTrace } from './forms/raftTrace.ts';
