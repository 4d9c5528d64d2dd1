import type { CallOptions, ServiceOptions, Tier } from '../../subjects/service/options.ts';
import { violated } from '../rule.ts';

/** Asserts that along the call graph every call ends before its caller gives up; answers the narrowest margin in words. */
export function judgeCallGraph(calls: ServiceOptions): string {
  const { client, patienceMs, tiers } = calls;
  requireShorter('calls.client', client, patienceMs, 'users');
  let narrowest = { ms: patienceMs - client.deadlineMs, words: 'between the client and its users' };
  const waits = new Map<string, number>([[tiers[0]?.name ?? '', client.deadlineMs]]);
  for (const tier of tiers) {
    const callerMs = waits.get(tier.name);
    if (callerMs === undefined) continue;
    for (const { to, how } of tier.calls ?? []) {
      requireShorter(`calls.tiers.${tier.name}.calls.${to}`, how, callerMs, `callers of '${tier.name}'`);
      const ms = callerMs - how.deadlineMs;
      if (ms < narrowest.ms) narrowest = { ms, words: `between '${tier.name}' and '${to}'` };
      waits.set(to, Math.min(waits.get(to) ?? Number.POSITIVE_INFINITY, how.deadlineMs));
    }
  }
  requireReached(tiers, waits);
  return `the narrowest margin of a deadline is ${narrowest.ms} ms, ${narrowest.words}`;
}

function requireShorter(
  where: string,
  { deadlineMs, retry }: CallOptions,
  callerMs: number,
  callers: string,
): void {
  if (deadlineMs >= callerMs)
    violated(where, `a call may take ${deadlineMs} ms while ${callers} wait ${callerMs} ms`);
  if (retry.attemptTimeoutMs > deadlineMs)
    violated(where, `an attempt may take ${retry.attemptTimeoutMs} ms of a call of ${deadlineMs} ms`);
}

function requireReached(tiers: readonly Tier[], waits: ReadonlyMap<string, number>): void {
  const lost = tiers.find(({ name }) => !waits.has(name));
  if (lost !== undefined) violated(`calls.tiers.${lost.name}`, `nobody calls '${lost.name}'`);
}
