import { commandKey } from '../byzantine/command.ts';
import type { PbftNode } from './state.ts';

/** Starts to wait for the oldest request, unless it waits already. */
export function armRequestTimer(node: PbftNode): void {
  const { config, state, out } = node;
  const [oldest] = state.pending;
  if (state.timedFor !== '' || oldest === undefined || !state.active) return;
  state.timedFor = commandKey(oldest.command);
  state.relayed = false;
  out.setTimer('request', waitMs(node), config.viewChangeTimeoutMs + waitMs(node));
}

/** How long to wait: twice as long for each view that came to nothing, so that it is long enough at last. */
export function waitMs({ config, state }: PbftNode): number {
  return config.viewChangeTimeoutMs * 2 ** Math.min(state.attempts, 10);
}
