import { WORST_HEALTH } from './config.ts';
import type { SwimNode } from './state.ts';

/** Local health (Lifeguard, section 4.1): worse by what speaks against oneself, better by what goes well. */
export function feel({ config, state }: SwimNode, worse: number): void {
  if (!config.lifeguard) return;
  state.health = Math.min(WORST_HEALTH, Math.max(0, state.health + worse));
}
