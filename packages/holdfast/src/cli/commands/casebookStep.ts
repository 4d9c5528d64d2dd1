import { runCampaign } from '../../campaign/campaign.ts';
import { investigateInThread } from '../../campaign/investigateInThread.ts';
import { type Measured, measuring, type PairOutcome, runningPair } from '../../casebook/index.ts';
import type { Investigation } from '../../node/investigate.ts';
import { runSeed, type SeedOutcome } from '../../node/seedOutcome.ts';
import { summarise, type Summary } from '../../node/summary.ts';
import type { Io } from '../io.ts';
import { ProgressLine } from '../progressLine.ts';
import { counted, spent } from '../text.ts';
import { caseReference, type LoadedCase } from './casebookFiles.ts';

/** Shrinking the wrong approach's run ends after this long with the smallest found so far. */
const SHRINK_LIMIT_MS = 12_000;

/** Says on standard error how far the casebook has come. */
export class CasebookProgress {
  /** What is being done. */
  at = '';
  private readonly io: Io;
  private line: ProgressLine;

  constructor(io: Io) {
    this.io = io;
    this.line = this.begin();
  }

  /** Makes room for results: the line comes back when work goes on. */
  wipe(): void {
    this.line.end();
    this.line = this.begin();
  }

  end(): void {
    this.line.end();
  }

  private begin(): ProgressLine {
    return new ProgressLine(this.io, (elapsed) => `${this.at}  ${spent(elapsed)}`);
  }
}

/** What a step of a case needs. */
export interface StepContext {
  readonly loaded: LoadedCase;
  readonly jobs?: number;
  readonly signal: AbortSignal;
  readonly progress: CasebookProgress;
  /** `raft-majority (2 of 7)`. */
  readonly label: string;
  /** Whether the run of the wrong approach is made small. */
  readonly shrink: boolean;
  /** Whether what stands beside the page is renewed. */
  readonly write: boolean;
}

/** So few seeds are run here: a thread takes longer to start than they take. */
const FEW_SEEDS = 4;

/** All seeds of one approach; what is known so far when it was interrupted. */
export async function runApproach(context: StepContext, experiment: 'wrong' | 'better'): Promise<Summary> {
  const { loaded, jobs, signal, progress, label } = context;
  const { first, count } = loaded.study.seeds;
  let done = 0;
  const say = (): void => {
    progress.at = `${label}: ${experiment} approach, ${done} of ${counted(count, 'seed')}`;
  };
  say();
  if (count <= FEW_SEEDS) {
    const outcomes: SeedOutcome[] = [];
    for (let seed = first; seed < first + count && !signal.aborted; seed++) {
      await takeTurns();
      outcomes.push(runSeed(loaded.study.experiments[experiment], seed));
    }
    return summarise(outcomes);
  }
  const { summary } = await runCampaign({
    reference: caseReference(loaded, experiment),
    firstSeed: first,
    count,
    keepGoing: true,
    signal,
    ...(jobs === undefined ? {} : { jobs }),
    onOutcome: () => {
      done++;
      say();
    },
  });
  return summary;
}

/** Between runs the progress line and Ctrl-C have their turn. */
function takeTurns(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A violated seed of the wrong approach, made small. */
export async function shrinkWrong(context: StepContext, seed: number): Promise<Investigation> {
  const { loaded, signal, progress, label, shrink } = context;
  progress.at = `${label}: shrinking seed ${seed} of the wrong approach`;
  return await investigateInThread({
    reference: caseReference(loaded, 'wrong'),
    seed,
    shrink,
    promise: loaded.study.wrong.breaks,
    signal: AbortSignal.any([signal, AbortSignal.timeout(SHRINK_LIMIT_MS)]),
    onProgress: (runs, events) => {
      progress.at = `${label}: shrinking seed ${seed} of the wrong approach, ${counted(runs, 'run')}, ${counted(events, 'event')} so far`;
    },
  });
}

/** How every pair came out; those done by then when it was interrupted. */
export async function runPairs(context: StepContext): Promise<PairOutcome[]> {
  const { loaded, signal, progress, label } = context;
  const outcomes: PairOutcome[] = [];
  for (const pair of loaded.study.pairs ?? []) {
    const steps = runningPair(loaded.study, pair);
    for (let step = steps.next(); ; step = steps.next()) {
      if (step.done === true) {
        outcomes.push(step.value);
        break;
      }
      progress.at = `${label}: '${step.value.pair}', seed ${step.value.seed}`;
      await takeTurns();
      if (signal.aborted) return outcomes;
    }
  }
  return outcomes;
}

/** The measured table; undefined when it was interrupted. */
export async function measureTable(context: StepContext): Promise<Measured | undefined> {
  const { loaded, signal, progress, label } = context;
  const steps = measuring(loaded.study);
  for (;;) {
    if (signal.aborted) return undefined;
    const step = steps.next();
    if (step.done === true) return step.value;
    progress.at = `${label}: measuring '${step.value.choice}', seed ${step.value.seed}`;
    await takeTurns();
  }
}
