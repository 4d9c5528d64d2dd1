import type { NodeId } from '../core/core.ts';
import type { CrashVector } from './messages.ts';
import type { ViewstampedNode } from './state.ts';

/**
 * Crash vectors (Michael, Ports, Sharma and Szekeres, "Recovering Shared Objects Without Stable Storage", 2017): a replica that
 * recovered has forgotten what it said before, so that nobody may rely on it any more. The published recovery (section 4.3)
 * lacks this: a StartViewChange said before a crash then moves others to a view that its sender takes no part in.
 */
export function isOutdated({ config, state }: ViewstampedNode, from: NodeId, said: CrashVector): boolean {
  // Broken twin: the paper as published.
  if (config.defect === 'trusts-words-from-before-a-crash') return false;
  return (said[from] ?? 0) < (state.crashes[from] ?? 0);
}

/** Learns of crashes, and drops what was said before them. */
export function absorb(node: ViewstampedNode, said: CrashVector): void {
  const { config, state } = node;
  if (config.defect === 'trusts-words-from-before-a-crash') return;
  for (const [key, starts] of Object.entries(said)) {
    const id = Number(key);
    if (starts <= (state.crashes[id] ?? 0)) continue;
    state.crashes[id] = starts;
    if ((state.startViewChanges[id] ?? starts) < starts) delete state.startViewChanges[id];
    if ((state.doViewChanges[id]?.crashes[id] ?? starts) < starts) delete state.doViewChanges[id];
    if ((state.responses[id]?.crashes[id] ?? starts) < starts) delete state.responses[id];
  }
}
