import type { NodeId } from '../core/core.ts';
import { isExecuted } from '../byzantine/desk.ts';
import { commandKey } from '../byzantine/command.ts';
import { blockDigest, isSound, keepBlock, parentOf } from './blocks.ts';
import { learnCertificate } from './certificates.ts';
import { leaderOf } from './config.ts';
import type { Block, Proposal, Vote } from './messages.ts';
import { type HotStuffNode, isAuthentic, signed, storeSafety, tell, tellAll } from './state.ts';

/** A leader's proposal: its certificate is learned, and the block voted for if that is safe. */
export function heardProposal(node: HotStuffNode, proposal: Proposal, from: NodeId): void {
  const { config, state } = node;
  const { by, block } = proposal;
  if (block.view < state.view || by !== leaderOf(config, block.view)) return;
  if (!isAuthentic(node, proposal) || !isSound(node, block)) return;
  if (!learnCertificate(node, block.justify, from) || block.view !== state.view) {
    // Its view may come, or its past arrive.
    if (block.view >= state.view && (state.early[by]?.block.view ?? 0) < block.view)
      state.early[by] = proposal;
    return;
  }
  keepBlock(node, block);
  if (block.view <= state.voted || !isSafe(node, block)) return;
  state.voted = block.view;
  const { view, digest } = block;
  const token = storeSafety(node);
  const vote = signed<Vote>(node, { type: 'vote', by: state.self, view, digest });
  tell(node, leaderOf(config, view + 1), vote, token);
}

/** Looks again at the proposals that came too early. */
export function heardEarlier(node: HotStuffNode): void {
  for (const [by, proposal] of Object.entries(node.state.early)) {
    if (proposal.block.view > node.state.view) continue;
    delete node.state.early[Number(by)];
    heardProposal(node, proposal, proposal.by);
  }
}

/** safeNode (section 4, algorithm 1): it extends the locked block, or a quorum has gone past the lock. */
function isSafe(node: HotStuffNode, block: Block): boolean {
  const { config, state } = node;
  const { locked } = state;
  // Broken twin: what may be decided elsewhere is forgotten.
  if (config.defect === 'no-lock' || locked.view === 0 || block.justify.view > locked.view) return true;
  for (let at: Block | undefined = block; at !== undefined; at = parentOf(node, at)) {
    if (at.justify.digest === locked.digest) return true;
    if (at.justify.view <= locked.view) return false;
  }
  return false;
}

/** The leader of the current view proposes, when it may and there is something to decide. */
export function propose(node: HotStuffNode): void {
  const { config, state } = node;
  const { view, high, self } = state;
  if (leaderOf(config, view) !== self || state.proposed >= view) return;
  if (!isBusy(node)) {
    announce(node);
    return;
  }
  // It needs the certificate of the view before, or a quorum that has given it up.
  const calls = Object.values(state.newViews).filter((call) => call.view >= view).length;
  if (high.view !== view - 1 && calls < config.quorum) return;
  state.proposed = view;
  const body = { view, commands: freshCommands(node), justify: high };
  const block: Block = { ...body, digest: blockDigest(config.signer, body) };
  keepBlock(node, block);
  tellAll(node, signed<Proposal>(node, { type: 'proposal', by: self, block }), storeSafety(node));
}

/** Nothing is left to decide: the last certificate, which no proposal will carry, is told to all. */
function announce({ config, state, out }: HotStuffNode): void {
  if (state.high.view !== state.view - 1 || state.announced >= state.high.view) return;
  state.announced = state.high.view;
  for (const to of config.nodes) {
    if (to !== state.self) out.send(to, { type: 'certificate', certificate: state.high });
  }
}

/** What waits, and is in no block that this one will extend. */
function freshCommands(node: HotStuffNode): Block['commands'] {
  const { config, state } = node;
  const inBranch = new Set(undecided(node).flatMap(({ commands }) => commands.map(commandKey)));
  return state.pending
    .map(({ command }) => command)
    .filter((command) => !inBranch.has(commandKey(command)))
    .slice(0, config.maxBlock);
}

/** The blocks from the highest certified one back to the last decided one. */
function undecided(node: HotStuffNode): Block[] {
  const { state } = node;
  const blocks: Block[] = [];
  let at = state.blocks[state.high.digest];
  while (at !== undefined && state.positions[at.digest] === undefined) {
    blocks.push(at);
    at = parentOf(node, at);
  }
  return blocks;
}

/** Whether anything waits: a request, or a block with commands that needs others behind it to be decided. */
export function isBusy(node: HotStuffNode): boolean {
  const { state } = node;
  if (state.pending.length > 0) return true;
  return undecided(node).some(({ commands }) =>
    commands.some((command) => !isExecuted(state.execution, command)),
  );
}
