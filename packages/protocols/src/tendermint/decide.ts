import { answerExecuted } from '../byzantine/desk.ts';
import { executeAt } from '../byzantine/execution.ts';
import type { Decision } from './messages.ts';
import type { TendermintNode } from './state.ts';

/** The height is decided: its commands are carried out, and the next height begins without locks. */
export function decide(
  node: TendermintNode,
  { height, round, commands, digest, precommits }: Decision,
): void {
  const { state, out } = node;
  const decision: Decision = { height, round, commands, digest, precommits };
  state.decisions[height] = decision;
  out.store([{ key: `decided/${height}`, value: decision }]);
  out.note('committed', { position: height, round, digest, commands, votes: precommits });
  carryOut(node, decision);
  state.height = height + 1;
  state.awake = state.pending.length > 0;
  state.locked = null;
  state.valid = null;
  state.rounds = {};
  state.heard = {};
}

/** Carries out a decided block, and answers those who wait. */
export function carryOut(node: TendermintNode, { height, commands }: Decision): void {
  const { machine, state, out } = node;
  for (const { command, result, fresh } of executeAt(state.execution, height, commands, machine)) {
    const { client, sequence } = command;
    if (fresh && result.ok) {
      out.note('executed', { position: height, client, sequence, value: result.value });
    }
  }
  answerExecuted(node);
}
