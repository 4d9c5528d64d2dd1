/** What a visit shows of a state; else, where steps are limited, the number of steps it was met after before: more than now. */
export const VISITS = { fresh: -1, known: -2 } as const;
