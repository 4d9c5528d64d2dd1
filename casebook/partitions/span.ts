/** When the networks of this case are cut, ms. */
export const CUT_MS = [2_000, 4_500] as const;

/** The same as faults say it. */
export const CUT: { readonly atUs: number; readonly forUs: number } = {
  atUs: CUT_MS[0] * 1_000,
  forUs: (CUT_MS[1] - CUT_MS[0]) * 1_000,
};

/** A run and a cut long enough for elections to come and go. */
export const LONG_RUN_S = 16;
export const LONG_CUT: { readonly atUs: number; readonly forUs: number } = {
  atUs: 2_000_000,
  forUs: 9_000_000,
};
