import type { ServiceDescription } from '../description.ts';
import type { Rehearsals } from '../rehearsed.ts';
import { placeOf, struck, undecided, violated } from '../rule.ts';
import { valueAt } from '../series.ts';

/** DR7: what the service reports as its lag is what somebody sees who sees every copy, at every instant of a run in which copies fall behind. */
export function judgeLag({ replication }: ServiceDescription, runs: Rehearsals): readonly [string, string] {
  const { reported, truth, within, lateMs } = replication;
  const run = struck(runs, 'lag', [
    ['partition', 'one-way', 'loss', 'pause', 'slow-link', 'crash', 'black-hole'],
  ]);
  const [said, seen] = [reported(run), truth(run)];
  if (said.length === 0) violated('replication.reported', 'the service reports no lag');
  const largest = Math.max(0, ...seen.map(({ value }) => value));
  if (largest === 0) undecided(placeOf(run), 'no copy was ever behind, so nothing was examined');
  let worst = { off: 0, words: '' };
  for (const { atUs, value } of seen) {
    const report = valueAt(said, atUs);
    if (report === undefined) continue;
    const soon = said.filter((point) => point.atUs > atUs && point.atUs <= atUs + lateMs * 1_000);
    const off = Math.min(
      ...[report, ...soon.map((point) => point.value)].map((each) => Math.abs(each - value)),
    );
    if (off > worst.off)
      worst = { off, words: `${report} reported at ${Math.round(atUs / 1_000)} ms, ${value} true` };
  }
  if (worst.off > within) violated(placeOf(run), `the lag is measured wrong: ${worst.words}`);
  return [
    placeOf(run),
    `the lag came to ${largest}, and what was reported was never off by more than ${worst.off}`,
  ];
}
