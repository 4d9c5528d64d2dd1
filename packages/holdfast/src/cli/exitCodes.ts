import type { Conclusion } from '../node/summary.ts';

/** How a command ends: 0 holds, 1 violated, 2 unusable input or a run that threw, 3 undecided. */
export const EXIT_CODES: Readonly<Record<Conclusion, 0 | 1 | 2 | 3>> = {
  holds: 0,
  violated: 1,
  error: 2,
  undecided: 3,
};

/** How a command ended. */
export type ExitCode = 0 | 1 | 2 | 3;

/** The one that says most of several: violated, then error, then undecided, then holds. */
export function worstConclusion(conclusions: readonly Conclusion[]): Conclusion {
  for (const worst of ['violated', 'error', 'undecided'] as const)
    if (conclusions.includes(worst)) return worst;
  return 'holds';
}
