import { machineOf } from './state.ts';
import type { CoordinationNode } from './watches.ts';

const timerOf = (session: string): string => `session/${session}`;

/**
 * The leader keeps the time of sessions: each renewal that is applied begins it anew, and so does a change of leaders, as nobody knows how much
 * of it had run.
 */
export function keepTime({ state, out }: CoordinationNode): void {
  const { raft, armed } = state;
  const { sessions } = machineOf(state);
  const leads = raft.role === 'leader';
  for (const session of Object.keys(armed)) {
    if (leads && sessions[Number(session)] !== undefined) continue;
    delete armed[Number(session)];
    out.cancelTimer(timerOf(session));
  }
  if (!leads) return;
  for (const [session, { ttlMs, renewals }] of Object.entries(sessions)) {
    const before = armed[Number(session)];
    if (before?.renewals === renewals && before.term === raft.term) continue;
    armed[Number(session)] = { renewals, term: raft.term };
    out.setTimer(timerOf(session), ttlMs);
  }
}

/** The time of a session is over by the leader's clock: what to ask of the group, which may know of a later renewal. */
export function expiry(
  { state, out }: CoordinationNode,
  session: number,
): { readonly f: 'expire'; readonly session: number; readonly renewals: number } | undefined {
  const armed = state.armed[session];
  const held = machineOf(state).sessions[session];
  if (state.raft.role !== 'leader' || armed === undefined || held === undefined) return undefined;
  // Should the group not take it, it is asked again.
  out.setTimer(timerOf(String(session)), held.ttlMs);
  return { f: 'expire', session, renewals: armed.renewals };
}
