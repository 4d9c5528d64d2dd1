import type { CallOptions } from '../../subjects/service/options.ts';
import type { ServiceDescription } from '../description.ts';
import type { Rehearsals, Rehearsed } from '../rehearsed.ts';
import { placeOf, rehearsed, undecided, violated } from '../rule.ts';

/** Retries seen fewer times than this say nothing of how they are spread. */
const FEWEST_RETRIES = 5;

/** DR4: by the policy of every caller that retries, and by how far apart the retries of a run with failures are. */
export function judgeRetries({ calls }: ServiceDescription, runs: Rehearsals): readonly [string, string] {
  const callers: (readonly [where: string, how: CallOptions])[] = [
    ['calls.client', calls.client],
    ...calls.tiers.flatMap((tier) =>
      (tier.calls ?? []).map(({ to, how }) => [`calls.tiers.${tier.name}.calls.${to}`, how] as const),
    ),
  ];
  const retrying = callers.filter(([, { retry }]) => retry.maxAttempts > 1);
  for (const [where, { retry, budget }] of retrying) {
    if (budget.kind === 'unlimited') violated(where, `retries ${retry.maxAttempts} times without a budget`);
    if (retry.backoff.jitter === 'none')
      violated(where, 'retries after the same wait as everybody else: no jitter');
  }
  const run = rehearsed(runs, 'retries');
  const { retries, fromMs, toMs } = spreadOf(run);
  if (retries < FEWEST_RETRIES) undecided(placeOf(run), `only ${retries} first retries were made`);
  const words = `${retries} first retries came from ${fromMs} to ${toMs} ms after what they repeat`;
  // Half of the first step is what full jitter spreads at least, nearly always.
  const wantedMs = calls.client.retry.backoff.baseMs / 2;
  if (toMs - fromMs < wantedMs) violated(placeOf(run), `${words}: they come together`);
  return [placeOf(run), `${retrying.length} callers with budget and jitter; ${words}`];
}

/** When the attempts of each call of a user were sent, simulated microseconds. */
export function attemptsOf({ trace }: Rehearsed): (readonly number[])[] {
  const sent = new Map<string, number[]>();
  for (const { kind, node, at, data } of trace.events) {
    if (kind !== 'send' || trace.nodes[node]?.role !== 'client') continue;
    const { kind: what, call } = data as { readonly kind?: string; readonly call?: number };
    if (what !== 'request' || call === undefined) continue;
    const name = `${node}/${call}`;
    sent.set(name, [...(sent.get(name) ?? []), at]);
  }
  return [...sent.values()];
}

/** From the first attempt to the second, of every call of a user that has both. */
function spreadOf(run: Rehearsed): { retries: number; fromMs: number; toMs: number } {
  const gaps = attemptsOf(run).flatMap(([first, second]) =>
    first === undefined || second === undefined ? [] : [Math.round((second - first) / 1_000)],
  );
  return { retries: gaps.length, fromMs: Math.min(...gaps), toMs: Math.max(...gaps) };
}
