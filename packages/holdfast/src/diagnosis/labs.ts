import type { DiagnosisLab } from './lab.ts';
import { highTail } from './labs/highTail.ts';
import { nameNotAddress } from './labs/nameNotAddress.ts';
import { periodicSpikes } from './labs/periodicSpikes.ts';
import { randomResets } from './labs/randomResets.ts';
import { slowFirstRequest } from './labs/slowFirstRequest.ts';
import { someClientsFail } from './labs/someClientsFail.ts';
import { streamStalls } from './labs/streamStalls.ts';

/** All diagnosis labs, in the order in which they are listed. */
export const DIAGNOSIS_LABS: readonly DiagnosisLab[] = [
  periodicSpikes,
  randomResets,
  slowFirstRequest,
  highTail,
  nameNotAddress,
  someClientsFail,
  streamStalls,
];
