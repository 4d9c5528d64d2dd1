import { answerExecuted } from '../byzantine/desk.ts';
import { executeAt } from '../byzantine/execution.ts';
import { parentOf } from './blocks.ts';
import type { Block, QuorumCertificate } from './messages.ts';
import type { HotStuffNode } from './state.ts';

/**
 * The three-chain rule (section 5, algorithm 5): of three certified blocks, each extending the one before in the very next view, the first is decided, and all it
 * extends. Looks back along a certified branch for the latest such three.
 */
export function commitBehind(node: HotStuffNode, certificate: QuorumCertificate): void {
  const { state } = node;
  let tip = state.blocks[certificate.digest];
  while (tip !== undefined && state.positions[tip.digest] === undefined) {
    const middle = parentOf(node, tip);
    if (middle === undefined) return;
    const first = parentOf(node, middle);
    if (first === undefined) return;
    if (tip.view === middle.view + 1 && middle.view === first.view + 1) {
      commit(node, first, middle.justify);
      return;
    }
    tip = middle;
  }
}

/** Decides a block and all it extends that is not decided yet. */
function commit(node: HotStuffNode, block: Block, certificate: QuorumCertificate): void {
  const { state, out } = node;
  const branch: { block: Block; certificate: QuorumCertificate }[] = [];
  let position = 0;
  for (
    let at: Block | undefined = block, proof = certificate;
    at !== undefined;
    proof = at.justify, at = parentOf(node, at)
  ) {
    position = state.positions[at.digest] ?? 0;
    if (position > 0) break;
    branch.push({ block: at, certificate: proof });
  }
  for (const { block: next, certificate: proof } of branch.reverse()) {
    position++;
    const { digest, commands, view } = next;
    out.note('committed', { position, view, digest, commands, votes: proof.votes });
    // Where another block stands already the protocol is broken: that is for monitors to see.
    if (position !== state.execution.executed + 1) continue;
    state.positions[digest] = position;
    state.decided = digest;
    carryOut(node, position, next);
  }
}

function carryOut(node: HotStuffNode, position: number, { commands }: Block): void {
  const { machine, state, out } = node;
  for (const { command, result, fresh } of executeAt(state.execution, position, commands, machine)) {
    const { client, sequence } = command;
    if (fresh && result.ok) out.note('executed', { position, client, sequence, value: result.value });
  }
  answerExecuted(node);
}
