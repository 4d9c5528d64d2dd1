export type { RenderOptions } from './html/options.ts';
export { CONTENT_POLICY, renderReport } from './html/page.ts';
export { buildModel, type RunData, type RunModel, type VerdictMarks, verdictMarks } from './model/model.ts';
export { isChromeTrace, readChromeTrace } from './formats/chromeIn.ts';
export { printChromeTrace } from './formats/chromeTrace.ts';
export { isRunDocument, printRunDocument, readRunDocument, type RunDocument } from './formats/document.ts';
export { TraceFormatError } from './formats/errors.ts';
export { type MermaidOptions, printMermaid } from './formats/mermaid.ts';
export { type ReadLog, readShiviz } from './formats/shivizIn.ts';
export { printShiviz, SHIVIZ_HEADER } from './formats/shivizOut.ts';
export { decodeRun, encodeRun, UnreadableRunError } from './data/codec.ts';
export {
  GLOSSARY,
  type GlossaryTerm,
  termsUsed,
  undefinedWords,
  wordsUsed,
} from './glossary/glossary.ts';
export { textOf } from './html/terms.ts';
export { layoutAnomaly } from './pictures/anomaly.ts';
export { layoutQuorums, type QuorumDiagram, type QuorumSet } from './pictures/quorums.ts';
export { layoutOperations } from './pictures/operations.ts';
export { layoutOverview } from './pictures/overview.ts';
export { type Picture, picturesOf } from './pictures/pictures.ts';
export { layoutSpaceTime } from './pictures/spaceTime.ts';
export { layoutStrips } from './pictures/strips.ts';
export { firstView, type View, wholeRun } from './pictures/view.ts';
export { eventSentence, operationText } from './text/sentence.ts';
export { renderTextTimeline, type TextTimelineOptions } from './text/timeline.ts';
export {
  codeDigest,
  type PlanFault,
  type PrintFormat,
  type PlanMessage,
  type Rerun,
  type RerunAnswer,
  type RerunDivergence,
  type RerunPlan,
  type RerunRequest,
} from './rerun/data.ts';
export {
  addHostFault,
  editMessage,
  moveHost,
  planChanges,
  retimeFault,
  withoutFault,
} from './rerun/edits.ts';
export type {
  CausalSlice,
  OriginalSummary,
  ReportPage,
  ReportSection,
  ReportTable,
  RunReport,
  ShrinkSummary,
} from './run.ts';
export {
  checkMessageDrawing,
  completed,
  concurrentPairs,
  type DrawingFinding,
  type DrawnEvent,
  DrawingError,
  isMessageDrawing,
  LAMPORT_MISCONCEPTIONS,
  lamportRule,
  layoutMessageDrawing,
  type MessageDrawing,
  type Misconception,
  orderOf,
  readMessageDrawing,
  stampsBy,
  type StampRule,
  VECTOR_MISCONCEPTIONS,
  vectorRule,
  vectorText,
  wide,
} from './drawing/index.ts';
export type { Mark, Point, Scene, Shape } from './scene/scene.ts';
export { sceneToSvg } from './scene/svg.ts';
export { sceneToSvgFile } from './scene/svgFile.ts';
export { type TwinLine, twinOf, twinToText } from './scene/twin.ts';
export {
  compareDocuments,
  consistencyMatrix,
  DOCUMENT_FORMS,
  DOCUMENT_VERSION,
  type DocumentField,
  DocumentError,
  type DocumentForm,
  type DocumentOrigin,
  type DocumentRun,
  type FactReader,
  type Facts,
  type FieldEvidence,
  type FieldFinding,
  type FieldForm,
  fillDocument,
  type FilledField,
  type GeneratedDocument,
  parseDocument,
  printJsonDocument,
  printMarkdownDocument,
  markdownTable,
  partitionRunbook,
  quorumOf,
  quorumWorksheet,
  raftPartitionTrace,
  readContractTestPlan,
  retryBudgetForm,
  idempotentApiMemo,
  threeNodeTrace,
  designNote,
  KEY_QUESTIONS,
  OUTAGE_CONCEPTS,
  PHI_THRESHOLDS,
  phiTuningNote,
  type BeliefSheet,
  beliefSheet,
  EIGHT_FALLACIES,
  eightFallacies,
  failureScenariosForm,
  messageTrace,
  SCENARIO_NAMES,
  postmortem,
  raftTrace,
  runbookForm,
} from './documents/index.ts';
export { type Bin, binned } from './charts/bins.ts';
export {
  MONITORED,
  monitoringCharts,
  monitoringPeaks,
  OBJECTIVE,
  type Panel,
  PANELS,
} from './charts/monitoring.ts';
