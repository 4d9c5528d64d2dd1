/**
 * Ways to break SWIM on purpose; numbers are those of the catalogue in `docs/mutants.md`.
 *
 * - `suspicion-without-incarnation`: a member held suspect or dead is taken for alive again at the same incarnation: old news raises the dead.
 * - `dead-overrides-newer`: a death is believed whatever the incarnation (catalogue 103: order of precedence).
 * - `refutes-at-same-incarnation`: an accused member says it is alive without raising its incarnation, which nobody believes.
 * - `raises-others`: who hears from a suspect clears it in its name, with an incarnation the suspect never took.
 * - `believes-own-death`: a member that hears of its own death believes it (catalogue 104: self-suspicion).
 * - `accuses-behind-the-back`: an accused member is not told what it is held for (catalogue 101).
 * - `forgets-incarnation`: a restarted member begins at incarnation 0 again.
 * - `no-indirect-probe`: suspects whom it did not hear itself, without asking others (catalogue 104: false positives of a slow or cut-off member).
 * - `probes-at-random`: picks whom to probe at random instead of in turn: some member waits without bound.
 * - `suspicion-never-ends`: a suspect is never given up.
 * - `unbounded-piggyback`: news is passed on for ever.
 * - `forgets-the-dead`: talks no more to those it holds dead: halves of a healed partition never meet again.
 * - `refutes-after-leaving`: a member that left answers accusations as if it were still there.
 */
export type SwimDefect =
  | 'suspicion-without-incarnation'
  | 'dead-overrides-newer'
  | 'refutes-at-same-incarnation'
  | 'raises-others'
  | 'believes-own-death'
  | 'accuses-behind-the-back'
  | 'forgets-incarnation'
  | 'no-indirect-probe'
  | 'probes-at-random'
  | 'suspicion-never-ends'
  | 'unbounded-piggyback'
  | 'forgets-the-dead'
  | 'refutes-after-leaving';

/** All of them, for tables and sweeps. */
export const SWIM_DEFECTS: readonly SwimDefect[] = [
  'suspicion-without-incarnation',
  'dead-overrides-newer',
  'refutes-at-same-incarnation',
  'raises-others',
  'believes-own-death',
  'accuses-behind-the-back',
  'forgets-incarnation',
  'no-indirect-probe',
  'probes-at-random',
  'suspicion-never-ends',
  'unbounded-piggyback',
  'forgets-the-dead',
  'refutes-after-leaving',
];
