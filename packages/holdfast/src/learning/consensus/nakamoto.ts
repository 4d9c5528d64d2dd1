import { exponentialQuantile } from '@holdfast/world';
import { Draws } from '../draws.ts';

/** A block of a chain: who found it, on which block, and how high it stands. */
export interface Block {
  readonly id: number;
  readonly parent: number;
  readonly height: number;
  readonly miner: number;
  readonly foundMs: number;
}

/** A block that a miner had on its chain, under so many others, and then gave up for a longer chain. */
export interface GivenUp {
  readonly block: Block;
  readonly miner: number;
  /** Blocks from it to the end of the chain, itself included, when it was given up: its confirmations. */
  readonly confirmations: number;
  readonly atMs: number;
}

/** What a run of miners came to. */
export interface MinersRun {
  readonly blocks: readonly Block[];
  /** The chain all agree on in the end, from the first block on; undefined when they do not. */
  readonly agreed: readonly Block[] | undefined;
  readonly givenUp: readonly GivenUp[];
}

/** How miners are set up. */
export interface MinersOptions {
  /** Miners, all equally fast. */
  readonly miners: number;
  /** Mean time between two blocks of all miners together. */
  readonly blockMs: number;
  /** Time a block takes to reach another miner. */
  readonly delayMs: number;
  readonly untilMs: number;
  /** While this lasts, the first `left` miners and the others hear nothing of each other; they tell all they have afterwards. */
  readonly cut?: { readonly fromMs: number; readonly untilMs: number; readonly left: number };
  readonly seed: number;
}

const GENESIS: Block = { id: 0, parent: -1, height: 0, miner: -1, foundMs: 0 };

/** Miners that each extend the longest chain they know, the first they heard of where two are as long (Nakamoto, 2008, section 5). */
export function runMiners(options: MinersOptions): MinersRun {
  const { miners, blockMs, delayMs, untilMs, cut, seed } = options;
  const draws = new Draws(seed, 'miners');
  const blocks: Block[] = [GENESIS];
  const tips: Block[] = Array.from({ length: miners }, () => GENESIS);
  const givenUp: GivenUp[] = [];
  const arrivals: { readonly atMs: number; readonly to: number; readonly block: Block }[] = [];
  const isCut = (a: number, b: number, atMs: number): boolean =>
    cut !== undefined && atMs >= cut.fromMs && atMs < cut.untilMs && a < cut.left !== b < cut.left;
  const hear = (to: number, block: Block, atMs: number): void => {
    const tip = tips[to] as Block;
    if (block.height <= tip.height) return;
    for (const lost of abandoned(blocks, tip, block))
      givenUp.push({ block: lost, miner: to, confirmations: tip.height - lost.height + 1, atMs });
    tips[to] = block;
  };
  for (let nowMs = 0; ; ) {
    nowMs += exponential(draws, blockMs);
    const last = Math.min(nowMs, untilMs);
    for (const { to, block, atMs } of due(arrivals, last)) hear(to, block, atMs);
    if (nowMs >= untilMs) break;
    const miner = draws.below(miners);
    const tip = tips[miner] as Block;
    const block = { id: blocks.length, parent: tip.id, height: tip.height + 1, miner, foundMs: nowMs };
    blocks.push(block);
    tips[miner] = block;
    for (let to = 0; to < miners; to++) {
      if (to === miner) continue;
      // What a cut keeps back is told once it has ended.
      const sentMs = isCut(miner, to, nowMs) ? (cut?.untilMs ?? nowMs) : nowMs;
      arrivals.push({ atMs: sentMs + delayMs, to, block });
    }
  }
  const [first] = tips;
  const same = tips.every((tip) => tip === first);
  return { blocks, agreed: same && first !== undefined ? chainOf(blocks, first) : undefined, givenUp };
}

/** Takes what has arrived by now, in the order of arrival. */
function due<T extends { readonly atMs: number }>(arrivals: T[], byMs: number): T[] {
  arrivals.sort((a, b) => a.atMs - b.atMs);
  const count = arrivals.findIndex(({ atMs }) => atMs > byMs);
  return arrivals.splice(0, count < 0 ? arrivals.length : count);
}

function chainOf(blocks: readonly Block[], tip: Block): Block[] {
  const chain: Block[] = [];
  for (let at: Block | undefined = tip; at !== undefined; at = blocks[at.parent]) chain.push(at);
  return chain.reverse();
}

/** Blocks of one chain that are not on another. */
function abandoned(blocks: readonly Block[], from: Block, to: Block): Block[] {
  const kept = new Set(chainOf(blocks, to).map(({ id }) => id));
  return chainOf(blocks, from).filter(({ id }) => !kept.has(id));
}

/** A time until something that happens at any moment alike, with this mean. */
function exponential(draws: Draws, meanMs: number): number {
  return meanMs * exponentialQuantile(draws.below(2 ** 32));
}

/**
 * The chance that an attacker with the share `q` of all work ever catches up after `z` blocks of the others, as the paper gives it (section 11), which
 * takes what the attacker has found by then for Poisson distributed.
 */
export function catchUpByPaper(q: number, z: number): number {
  const p = 1 - q;
  if (q >= p) return 1;
  const lambda = (z * q) / p;
  let sum = 1;
  let poisson = Math.exp(-lambda);
  for (let k = 0; k <= z; k++) {
    if (k > 0) poisson *= lambda / k;
    sum -= poisson * (1 - (q / p) ** (z - k));
  }
  return sum;
}

/**
 * The same exactly: what the attacker has found when the others have found `z` follows a negative binomial distribution (Rosenfeld,
 * "Analysis of Hashrate-Based Double Spending", 2014). The paper's figure is too low.
 */
export function catchUp(q: number, z: number): number {
  const p = 1 - q;
  if (q >= p) return 1;
  let chance = p ** z;
  let sum = 0;
  // Sums of what is positive only: differences would drown small chances in rounding.
  for (let k = 0; k <= z || chance > sum * 1e-17; k++) {
    if (k > 0) chance *= (q * (z + k - 1)) / k;
    sum += k < z ? chance * (q / p) ** (z - k) : chance;
  }
  return Math.min(1, sum);
}

/** Further behind than this an attacker has given up: the chance to catch up is below one in a million where it has a third of the work. */
const HOPELESS = 25;

/** Whether an attacker catches up in one race, block by block. */
export function race(q: number, z: number, draws: Draws): boolean {
  const share = Math.round(q * 1_000_000);
  const isAttacker = (): boolean => draws.below(1_000_000) < share;
  let [honest, attacker] = [0, 0];
  while (honest < z) {
    if (isAttacker()) attacker++;
    else honest++;
  }
  for (let behind = z - attacker; behind < HOPELESS; behind += isAttacker() ? -1 : 1)
    if (behind <= 0) return true;
  return false;
}
