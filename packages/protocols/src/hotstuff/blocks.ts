import { countVoters } from '../byzantine/certificate.ts';
import { digestOf, isGenuine } from '../byzantine/command.ts';
import type { Signer } from '../byzantine/signer.ts';
import type { NodeId } from '../core/core.ts';
import type { Block, QuorumCertificate } from './messages.ts';
import { GENESIS, type HotStuffNode, isAuthentic } from './state.ts';

/** Blocks sent in answer to one request. */
const BATCH = 30;

/** The digest of a block. */
export function blockDigest(signer: Signer, { view, commands, justify }: Omit<Block, 'digest'>): string {
  return digestOf(signer, [view, commands, justify.view, justify.digest]);
}

/** Whether a certificate holds votes of a quorum for its block. */
export function isCertified(node: HotStuffNode, { view, digest, votes }: QuorumCertificate): boolean {
  if (view === 0) return digest === GENESIS.digest;
  // Broken twin: a certificate is what calls itself one.
  if (node.config.defect === 'believes-certificates') return true;
  const voters = countVoters(
    votes,
    (vote) => vote.view === view && vote.digest === digest && isAuthentic(node, vote),
  );
  return voters >= node.config.quorum;
}

/** Whether a block is what its digest says, extends an earlier certified one, and holds commands of clients. */
export function isSound(node: HotStuffNode, block: Block): boolean {
  const { config } = node;
  const { view, commands, justify, digest } = block;
  if (!Number.isSafeInteger(view) || view <= justify.view || commands.length > config.maxBlock) return false;
  if (digest !== blockDigest(config.signer, block) || !isCertified(node, justify)) return false;
  return (
    config.defect === 'believes-signatures' || commands.every((command) => isGenuine(config.signer, command))
  );
}

/** Keeps a block, on disk too. */
export function keepBlock({ state, out }: HotStuffNode, block: Block): void {
  if (state.blocks[block.digest] !== undefined) return;
  state.blocks[block.digest] = block;
  state.fetching = state.fetching.filter((digest) => digest !== block.digest);
  out.store([{ key: `block/${block.digest}`, value: block }]);
}

/** The block a block extends; undefined at the beginning, and where this replica does not know it. */
export function parentOf({ state }: HotStuffNode, { justify }: Block): Block | undefined {
  return state.blocks[justify.digest];
}

/** Whether everything a certificate stands on is known here; if not, it is asked for. */
export function isRooted(node: HotStuffNode, { view, digest }: QuorumCertificate, from: NodeId): boolean {
  const { state, out } = node;
  if (view === 0) return true;
  let wanted = digest;
  for (;;) {
    const block = state.blocks[wanted];
    if (block === undefined) break;
    if (block.justify.view === 0 || state.positions[wanted] !== undefined) return true;
    wanted = block.justify.digest;
  }
  if (from === state.self) return false;
  if (!state.fetching.includes(wanted)) state.fetching.push(wanted);
  out.send(from, { type: 'fetch', digest: wanted });
  return false;
}

/** Sends the block asked for, and some before it. */
export function serveBlocks(node: HotStuffNode, to: NodeId, digest: string): void {
  const { state, out } = node;
  const blocks: Block[] = [];
  for (
    let block = state.blocks[digest];
    block !== undefined && blocks.length < BATCH;
    block = parentOf(node, block)
  ) {
    blocks.push(block);
  }
  if (blocks.length > 0) out.send(to, { type: 'blocks', blocks });
}

/** Takes the blocks that were asked for, each asked for by the one after it. */
export function takeBlocks(node: HotStuffNode, blocks: readonly Block[]): void {
  const { state } = node;
  for (const block of blocks) {
    if (!state.fetching.includes(block.digest) || !isSound(node, block)) return;
    keepBlock(node, block);
    const { view, digest } = block.justify;
    if (view > 0 && state.blocks[digest] === undefined) state.fetching.push(digest);
  }
}
