import { parentPort, workerData } from 'node:worker_threads';
import { loadReference, type ExperimentReference } from '../node/resolveExperiment.ts';
import { runSeed, type SeedOutcome } from '../node/seedOutcome.ts';
import { CampaignControl, IDLE } from './control.ts';

/** What a thread of a campaign is told. */
export interface SeedWork {
  readonly reference: ExperimentReference;
  readonly firstSeed: number;
  readonly chunk: number;
  /** Whether seeds after a violated one are wanted. */
  readonly keepGoing: boolean;
  /** Whether each seed is run again and compared. */
  readonly twice: boolean;
  readonly job: number;
  readonly control: SharedArrayBuffer;
}

async function work(order: SeedWork, send: (outcome: SeedOutcome) => void): Promise<void> {
  const control = new CampaignControl(order.control);
  const experiment = await loadReference(order.reference);
  for (;;) {
    const [first, end] = control.take(order.chunk);
    if (first >= end) break;
    for (let offset = first; offset < Math.min(end, control.limit()); offset++) {
      control.at(order.job, offset);
      const outcome = runSeed(experiment, order.firstSeed + offset, order.twice);
      const ends = outcome.status === 'violated' || outcome.status === 'error';
      if (ends && !order.keepGoing) control.lowerLimit(offset + 1);
      send(outcome);
    }
  }
  control.at(order.job, IDLE);
}

await work(workerData as SeedWork, (outcome) => parentPort?.postMessage(outcome));
