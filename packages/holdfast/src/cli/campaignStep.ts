import { type CampaignResult, runCampaign } from '../campaign/campaign.ts';
import type { ExperimentReference } from '../node/resolveExperiment.ts';
import type { Io } from './io.ts';
import { campaignProgress, ProgressLine } from './progressLine.ts';

/** Seeds to be run with progress on standard error. */
export interface CampaignStep {
  readonly reference: ExperimentReference;
  readonly firstSeed: number;
  readonly count: number;
  readonly jobs?: number;
  readonly keepGoing?: boolean;
  readonly twice?: boolean;
  readonly signal?: AbortSignal;
}

/** Runs a campaign and says how far it has come when it takes long. */
export async function campaignWithProgress(io: Io, step: CampaignStep): Promise<CampaignResult> {
  const state = { done: 0, count: step.count, violated: 0, errors: 0 };
  const line = new ProgressLine(io, (elapsedMs) => campaignProgress(state, elapsedMs));
  try {
    return await runCampaign({
      ...step,
      onOutcome: ({ status }) => {
        state.done++;
        if (status === 'violated') state.violated++;
        if (status === 'error') state.errors++;
      },
    });
  } finally {
    line.end();
  }
}
