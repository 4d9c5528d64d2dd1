import { MAX_JOBS, MAX_SEEDS } from '../campaign/limits.ts';
import { InputError } from '../node/inputError.ts';

/** A whole number given as an option. Throws `InputError`. */
export function wholeNumber(option: string, min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= min && value <= max) return value;
    throw new InputError(
      `Cannot use ${option} as a whole number from ${min} to ${max}: current value is '${text}'`,
      `give ${option} a number in range`,
    );
  };
}

/** `--seeds`. */
export const seedCount: (text: string) => number = wholeNumber('--seeds', 1, MAX_SEEDS);
/** `--seed`. */
export const seedNumber: (text: string) => number = wholeNumber('--seed', 0, Number.MAX_SAFE_INTEGER);
/** `--port`; 0 is any free one. */
export const portNumber: (text: string) => number = wholeNumber('--port', 0, 65_535);
/** `--first-seed`: however many seeds follow, their numbers stay exact. */
export const firstSeedNumber: (text: string) => number = wholeNumber(
  '--first-seed',
  0,
  Number.MAX_SAFE_INTEGER - MAX_SEEDS,
);
/** `--jobs`. */
export const jobCount: (text: string) => number = wholeNumber('--jobs', 1, MAX_JOBS);
/** `--step-budget`. */
export const stepBudget: (text: string) => number = wholeNumber('--step-budget', 1, Number.MAX_SAFE_INTEGER);
/** `--max-states`. */
export const stateCount: (text: string) => number = wholeNumber('--max-states', 1, Number.MAX_SAFE_INTEGER);

/** A time in milliseconds of simulated time, 0 or more, also with decimals. Throws `InputError`. */
export function milliseconds(text: string): number {
  const value = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && Number.isFinite(value)) return value;
  throw new InputError(
    `Cannot use '${text}' as a time in milliseconds: it must be a number from 0 on`,
    'give a number such as 250 or 12.5',
  );
}
/** `--budget`. */
export const searchBudget: (text: string) => number = wholeNumber('--budget', 1, Number.MAX_SAFE_INTEGER);
/** `--nodes` of an explored experiment. */
export const exploredNodes: (text: string) => number = wholeNumber('--nodes', 1, 1_000);
/** `--calls` of an explored experiment. */
export const exploredCalls: (text: string) => number = wholeNumber('--calls', 0, 100);
/** `--workers`. */
export const workerCount: (text: string) => number = wholeNumber('--workers', 1, MAX_JOBS);

/** Which run of a report, from 1. */
export const runNumber: (text: string) => number = wholeNumber('--run', 1, 1_000);

/** Memory an exploration may use, mebibytes. */
export const memoryMiB: (text: string) => number = wholeNumber('--memory', 1, 1_048_576);

/** Length of the fingerprints of an exploration. Throws `InputError`. */
export function fingerprintBits(text: string): 64 | 96 {
  if (text === '64' || text === '96') return text === '64' ? 64 : 96;
  throw new InputError(
    `Cannot use '${text}' as --fingerprint: it must be 64 or 96`,
    'give 96 where 64 bits leave doubt, or --exact',
  );
}

/** How long an exploration may take, seconds. */
export const searchSeconds: (text: string) => number = wholeNumber('--time', 1, 1_000_000);

/** In which order an exploration visits states. Throws `InputError`. */
export function searchOrder(text: string): 'breadth' | 'depth' {
  if (text === 'breadth' || text === 'depth') return text;
  throw new InputError(
    `Cannot use --search as breadth or depth: current value is '${text}'`,
    'give one of the two',
  );
}

/** Which reduction by partial order. Throws `InputError`. */
export function partialOrderKind(text: string): 'ample' | 'dynamic' | 'off' {
  if (text === 'ample' || text === 'dynamic' || text === 'off') return text;
  throw new InputError(
    `Cannot use --partial-order as ample, dynamic or off: current value is '${text}'`,
    'give one of the three, or name the model first',
  );
}
