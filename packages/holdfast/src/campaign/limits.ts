/** Most seeds of one campaign. */
export const MAX_SEEDS = 1_000_000_000;
/** Most threads of one campaign. */
export const MAX_JOBS = 256;
