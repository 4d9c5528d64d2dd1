import { investigateInThread, type ThreadedInvestigation } from '../campaign/investigateInThread.ts';
import type { Investigation } from '../node/investigate.ts';
import type { Io } from './io.ts';
import { ProgressLine } from './progressLine.ts';
import { counted } from './text.ts';

/** Looks closely at a seed and says how far shrinking has come when it takes long. */
export async function investigateWithProgress(
  io: Io,
  step: Omit<ThreadedInvestigation, 'onProgress'>,
): Promise<Investigation> {
  let best = '';
  const line = new ProgressLine(io, () =>
    best === '' ? `looking closely at seed ${step.seed}` : `shrinking seed ${step.seed}${best}`,
  );
  try {
    return await investigateInThread({
      ...step,
      onProgress: (runs, events) => {
        best = `  ${counted(runs, 'run')}  ${counted(events, 'event')} so far`;
      },
    });
  } finally {
    line.end();
  }
}
