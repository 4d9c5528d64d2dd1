/** Wall clock offsets of three machines that tell different times (S2.11). An example, not a measurement. */
export const SKEWED_MACHINES: readonly { readonly name: string; readonly offsetUs: number }[] = [
  { name: 'A', offsetUs: 0 },
  { name: 'B', offsetUs: 150_000 },
  { name: 'C', offsetUs: -150_000 },
];

/** The drift of an ordinary quartz oscillator, either way: 180 ms an hour (S2.13). A default, not a fact. */
export const QUARTZ_DRIFT_PPM = 50;
