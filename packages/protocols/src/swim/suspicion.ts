import type { NodeId } from '../core/core.ts';
import { doublings } from './config.ts';
import { hear } from './hearing.ts';
import { isPresent } from './opinion.ts';
import type { SwimNode } from './state.ts';

/**
 * How many periods a suspicion lasts in a group of this size, confirmed by so many others: without Lifeguard always the least; with it long at
 * first, and shorter with each confirmation (section 4.2, "dogpile"). Whole periods.
 */
export function suspicionPeriods(node: SwimNode, confirmed: number): number {
  const { config, state } = node;
  const least = config.suspicionFactor * doublings(state.present);
  // Those who could confirm: all but the suspect and oneself.
  const wanted = Math.min(config.confirmations, state.present - 2);
  if (!config.lifeguard || wanted < 1) return least;
  const most = least * config.suspicionStretch;
  const share = Math.min(1, Math.log(confirmed + 1) / Math.log(wanted + 1));
  return Math.max(least, Math.round(most - (most - least) * share));
}

/** A member did not answer, neither oneself nor those one asked. */
export function accuse(node: SwimNode, member: NodeId): void {
  const { state, out } = node;
  const held = state.members[member];
  if (held === undefined || !isPresent(held)) return;
  out.note('accuses', { member, period: state.periods });
  hear(node, { member, status: 'suspect', incarnation: held.incarnation, by: state.self });
}

/** Gives up those whose suspicion has lasted. */
export function expireSuspicions(node: SwimNode): void {
  const { config, state } = node;
  // Broken twin: a suspect stays one.
  if (config.defect === 'suspicion-never-ends') return;
  for (const [id, { since, accusers }] of Object.entries(state.suspicions)) {
    const member = Number(id);
    if (state.periods - since < suspicionPeriods(node, accusers.length - 1)) continue;
    const incarnation = state.members[member]?.incarnation ?? 0;
    hear(node, { member, status: 'dead', incarnation, by: state.self });
  }
}
