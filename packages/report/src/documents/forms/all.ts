import type { DocumentForm } from '../document.ts';
import { eightFallacies } from './beliefs.ts';
import { consistencyMatrix } from './consistencyMatrix.ts';
import { designNote } from './designNote.ts';
import { failureScenariosForm } from './failureScenarios.ts';
import { idempotentApiMemo } from './idempotentApi.ts';
import { messageTrace } from './messageTrace.ts';
import { partitionRunbook } from './partitionRunbook.ts';
import { phiTuningNote } from './phiTuning.ts';
import { postmortem } from './postmortem.ts';
import { quorumWorksheet } from './quorumWorksheet.ts';
import { raftPartitionTrace } from './raftPartitionTrace.ts';
import { raftTrace } from './raftTrace.ts';
import { readContractTestPlan } from './readContract.ts';
import { retryBudgetForm } from './retryBudget.ts';
import { threeNodeTrace } from './threeNodeTrace.ts';

/** The forms that come with Holdfast. */
export const DOCUMENT_FORMS: readonly DocumentForm[] = [
  partitionRunbook,
  raftPartitionTrace,
  quorumWorksheet,
  retryBudgetForm,
  threeNodeTrace,
  consistencyMatrix,
  readContractTestPlan,
  idempotentApiMemo,
  raftTrace,
  designNote,
  postmortem,
  phiTuningNote,
  eightFallacies,
  failureScenariosForm,
  messageTrace,
];
