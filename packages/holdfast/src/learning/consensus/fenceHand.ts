import { Draws } from '../draws.ts';

/** One step of a run with leaders, pauses and a storage that compares tokens. */
export interface FenceStep {
  readonly happens: string;
  /** Of a write: whether the storage carries it out. Absent for what is no write. */
  readonly carriedOut?: boolean;
  readonly because: string;
  /** Whether the writer is an earlier leader that has not heard of a later one. */
  readonly isStale: boolean;
  /** Whether the storage had been shown the later token by then. */
  readonly wasShown: boolean;
}

const NAMES = ['A', 'B', 'C'];
const STEPS = 11;

/**
 * A run for a seed: leaders are elected with rising tokens, earlier ones wake and write, the storage restarts and keeps the highest token it was shown. A stale write that comes
 * before the new leader's first is carried out: a fence protects from the moment the new token is shown.
 */
export function fenceRun(seed: number): readonly FenceStep[] {
  const draws = new Draws(seed, 'fence');
  for (;;) {
    const steps = fenceSteps(draws);
    const writes = steps.filter(({ carriedOut }) => carriedOut !== undefined);
    const stale = writes.filter(({ isStale }) => isStale);
    // Every kind of write occurs.
    if (
      stale.some(({ wasShown }) => wasShown) &&
      stale.some(({ wasShown }) => !wasShown) &&
      writes.length >= 5
    )
      return steps;
  }
}

function fenceSteps(draws: Draws): FenceStep[] {
  const steps: FenceStep[] = [];
  const tokens = new Map<string, number>();
  let [token, highest] = [0, 0];
  const say = (happens: string): void =>
    void steps.push({ happens, because: '', isStale: false, wasShown: false });
  const elect = (): void => {
    const name = draws.pick(NAMES.filter((each) => tokens.get(each) !== token));
    tokens.set(name, ++token);
    say(`${name} is elected, with token ${token}; whoever led before is asleep and does not know`);
  };
  elect();
  while (steps.length < STEPS) {
    const what = draws.below(6);
    if (what === 0) elect();
    else if (what === 1) say('the storage restarts; it had written its highest token down');
    else {
      const [name, shown] = draws.pick([...tokens]);
      const carriedOut = shown >= highest;
      const isStale = shown < token;
      const because = carriedOut
        ? `the highest token shown so far is ${highest}`
        : `the storage has been shown token ${highest}`;
      steps.push({
        happens: `${name} writes, and shows token ${shown}`,
        carriedOut,
        because,
        isStale,
        wasShown: highest > shown,
      });
      highest = Math.max(highest, shown);
    }
  }
  return steps;
}
