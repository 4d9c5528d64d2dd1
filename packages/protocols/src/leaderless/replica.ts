import { hashPlain } from '@holdfast/plain';
import type { NodeId } from '../core/core.ts';
import { compareMerkle, merkleBucket, merkleRoot } from '../merkle/merkleTree.ts';
import { type Cell, EMPTY_CELL, mergeCells } from './cell.ts';
import { homesOf, rangeOf } from './config.ts';
import type { LeaderlessMessage } from './messages.ts';
import { absorb, cellOf, countCell, type LeaderlessNode, persist } from './state.ts';

/** A copy for this node, or to be kept for `home`. */
export function store(
  node: LeaderlessNode,
  from: NodeId,
  { name, key, cell, home }: Extract<LeaderlessMessage, { readonly type: 'store' }>,
): void {
  const { config, state, out } = node;
  if (home === 0) absorb(node, key, cell);
  else keepHint(node, home, key, cell);
  // Persist BEFORE send. Broken twin: what is in memory counts.
  const after = config.defect === 'acks-before-fsync' ? 0 : state.lastStore;
  out.send(from, { type: 'stored', name, home }, after);
}

function keepHint(node: LeaderlessNode, home: NodeId, key: string, cell: Cell): void {
  const { config, state, out } = node;
  const name = `${home}/${key}`;
  const merged = mergeCells(config, state.hints[name] ?? EMPTY_CELL, cell).cell;
  state.hints[name] = merged;
  persist(node, [{ key: `hint/${name}`, value: merged }]);
  if (config.handoffMs > 0) out.setTimer('handoff', config.handoffMs);
}

/** Offers every hint to the home it is for. */
export function handOff(node: LeaderlessNode): void {
  const { config, state, out } = node;
  for (const [name, cell] of Object.entries(state.hints)) {
    const [home, key] = split(name);
    out.send(home, { type: 'handoff', key, cell }, state.lastStore);
    // Broken twin: sent is taken for arrived.
    if (config.defect === 'drops-hint-early') forgetHint(node, name);
  }
  if (Object.keys(state.hints).length > 0) out.setTimer('handoff', config.handoffMs);
}

/** A stand-in hands over what it kept. */
export function takeOver(node: LeaderlessNode, from: NodeId, key: string, cell: Cell): void {
  absorb(node, key, cell);
  node.out.send(from, { type: 'handed', key, digest: hashPlain(cell) }, node.state.lastStore);
}

/** The home holds it: the hint may go, unless it has grown since. */
export function handed(node: LeaderlessNode, from: NodeId, key: string, digest: number): void {
  const name = `${from}/${key}`;
  const hint = node.state.hints[name];
  if (hint === undefined || hashPlain(hint) !== digest) return;
  node.state.mended.handoffs++;
  forgetHint(node, name);
}

function forgetHint(node: LeaderlessNode, name: string): void {
  delete node.state.hints[name];
  persist(node, [{ key: `hint/${name}`, value: null }]);
}

function split(name: string): [home: NodeId, key: string] {
  const at = name.indexOf('/');
  return [Number(name.slice(0, at)), name.slice(at + 1)];
}

/** Begins an exchange of hash trees with some other home of some range. */
export function beginExchange(node: LeaderlessNode): void {
  const { config, state, out } = node;
  const ranges = Object.keys(state.trees).map(Number);
  const range = ranges[out.choose('range', ranges.length)];
  const tree = range === undefined ? undefined : state.trees[range];
  if (range !== undefined && tree !== undefined) {
    const peers = homesOf(config, range).filter((home) => home !== state.self);
    const to = peers.length > 0 ? peers[out.choose('peer', peers.length)] : undefined;
    if (to !== undefined) {
      out.send(to, { type: 'compare', range, hashes: [merkleRoot(tree)] }, state.lastStore);
    }
  }
  out.setTimer('anti-entropy', config.antiEntropyMs);
}

/** Another home's hashes: go deeper where they differ, or exchange the cells of a bucket. */
export function compare(
  node: LeaderlessNode,
  from: NodeId,
  { range, hashes }: Extract<LeaderlessMessage, { readonly type: 'compare' }>,
): void {
  const { state, out } = node;
  const tree = state.trees[range];
  if (tree === undefined) return;
  const { deeper, buckets } = compareMerkle(tree, hashes);
  if (deeper.length > 0) out.send(from, { type: 'compare', range, hashes: deeper }, state.lastStore);
  if (buckets.length === 0) return;
  const cells = cellsIn(node, range, buckets);
  out.send(from, { type: 'cells', range, buckets, cells, answer: true }, state.lastStore);
}

/** Cells of buckets that differ: merged, and answered with what the other side lacks. */
export function exchange(
  node: LeaderlessNode,
  from: NodeId,
  { range, buckets, cells, answer }: Extract<LeaderlessMessage, { readonly type: 'cells' }>,
): void {
  const { state, out } = node;
  if (state.trees[range] === undefined) return;
  const theirs = new Map(cells);
  for (const [key, cell] of cells) if (absorb(node, key, cell)) state.mended.exchanged++;
  if (!answer) return;
  const beyond = cellsIn(node, range, buckets).filter(
    ([key, cell]) => hashPlain(theirs.get(key) ?? null) !== hashPlain(cell),
  );
  if (beyond.length === 0) return;
  out.send(from, { type: 'cells', range, buckets, cells: beyond, answer: false }, state.lastStore);
}

function cellsIn(
  { config, state }: LeaderlessNode,
  range: number,
  buckets: readonly number[],
): (readonly [string, Cell])[] {
  const tree = state.trees[range];
  if (tree === undefined) return [];
  return Object.entries(state.cells).filter(([key, cell]) => {
    // Broken twin: what the tree leaves out is not exchanged either.
    if (config.defect === 'tree-skips-tombstones' && cell.siblings.length === 0) return false;
    return rangeOf(config, key) === range && buckets.includes(merkleBucket(tree, key));
  });
}

/** Broken twin: deletions are forgotten after a time, whether all homes know of them or not. */
export function collect(node: LeaderlessNode): void {
  const { state, out } = node;
  for (const key of Object.keys(state.cells)) {
    const cell = cellOf(state, key);
    if (cell.siblings.length > 0) continue;
    countCell(node, key, cell, EMPTY_CELL);
    delete state.cells[key];
    persist(node, [{ key: `cell/${key}`, value: null }]);
  }
  out.setTimer('collect', COLLECT_MS);
}

/** How often the twin forgets. */
export const COLLECT_MS = 700;
