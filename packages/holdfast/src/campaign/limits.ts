/** Most seeds of one campaign: every outcome is kept in memory. */
export const MAX_SEEDS = 10_000_000;
/** Most threads of one campaign. */
export const MAX_JOBS = 256;
