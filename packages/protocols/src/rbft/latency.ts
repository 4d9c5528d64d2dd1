import { isExecuted } from '../byzantine/desk.ts';
import { MASTER } from './config.ts';
import type { RbftNode, RbftState } from './state.ts';

/** The timer of a request the master has to order (Lambda), before its name. */
export const LATE = 'late/';
/** The timer of a request that a backup has ordered and the master has not (Omega), before its name. */
export const BEHIND = 'behind/';

/** A request was given to the instances: the master has so long (Lambda). */
export function awaitMaster({ config, state, out }: RbftNode, key: string): void {
  const limitMs = config.lambdaMs * 2 ** Math.min(state.attempts, 10);
  out.setTimer(`${LATE}${key}`, limitMs);
}

/** An instance has ordered a request: counts it, and from a backup's on the master has so long (Omega). */
export function orderedBy(node: RbftNode, instance: number, key: string): void {
  const { config, state, out } = node;
  state.ordered[instance] = (state.ordered[instance] ?? 0) + 1;
  if (instance !== MASTER) {
    if (!isOrdered(state, key)) out.setTimer(`${BEHIND}${key}`, config.omegaMs);
    return;
  }
  state.attempts = 0;
  out.cancelTimer(`${LATE}${key}`);
  out.cancelTimer(`${BEHIND}${key}`);
}

/** Whether the master has ordered it, be it that this node took over a state that shows it. */
export function isOrdered(state: RbftState, key: string): boolean {
  const [client = 0, sequence = 0] = key.split('/').map(Number);
  const { execution } = state.instances[MASTER] as RbftState['instances'][number];
  return isExecuted(execution, { client, sequence, operation: null, signature: '' });
}
