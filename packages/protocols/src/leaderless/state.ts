import { hashPlain } from '@holdfast/plain';
import type { NodeId, Outbox, RecordWrite, RequestId, StoreToken } from '../core/core.ts';
import { changeMerkle, type MerkleTree } from '../merkle/merkleTree.ts';
import { type Cell, EMPTY_CELL, mergeCells } from './cell.ts';
import { homesOf, type LeaderlessConfig, rangeOf } from './config.ts';
import type { LeaderlessMessage, LeaderlessResult, LeaderlessWrite, OperationName } from './messages.ts';

/** Who waits for an operation: a client here, or another node's operation. */
export type Waiter =
  | { readonly request: RequestId }
  | { readonly node: NodeId; readonly name: OperationName };

/** An operation this node coordinates or has passed on. */
export interface OpenOperation {
  readonly kind: 'write' | 'read' | 'passed-on';
  readonly key: string;
  readonly waiter: Waiter;
  /** Homes that have answered. */
  readonly heard: NodeId[];
  /** Homes for which a stand-in has answered. */
  readonly stoodIn: NodeId[];
  /** Write: what is spread. Read: all answers together. */
  cell: Cell;
  /** Read: a digest of each home's answer. */
  readonly digests: Record<NodeId, number>;
  answered: boolean;
  /** Whether stand-ins were asked. */
  extended: boolean;
  readonly write: LeaderlessWrite | null;
}

/** A node's whole state: plain data. */
export interface LeaderlessState {
  readonly self: NodeId;
  /** How often the node has started; durable before anything is sent. */
  readonly life: number;
  nextOperation: number;
  cells: Record<string, Cell>;
  /** Hash trees of the ranges this node is a home of. */
  trees: Record<number, MerkleTree>;
  /** Cells held for other homes, by `home/key`. */
  hints: Record<string, Cell>;
  operations: Record<number, OpenOperation>;
  /** Operations whose own copy is durable once the store is. */
  storing: { readonly token: StoreToken; readonly number: number }[];
  /** Homes that did not answer in time and were not heard since. */
  suspected: NodeId[];
  lastStore: StoreToken;
  /** What was done for replicas that missed writes. */
  mended: { repairs: number; handoffs: number; exchanged: number };
}

/** One node, for the length of one step. */
export interface LeaderlessNode {
  readonly config: LeaderlessConfig;
  readonly state: LeaderlessState;
  readonly out: Outbox<LeaderlessMessage, LeaderlessResult>;
}

/** Stores records, remembering the token that everything sent from now on waits for. */
export function persist({ state, out }: LeaderlessNode, writes: readonly RecordWrite[]): void {
  state.lastStore = out.store(writes);
}

/** The cell of a key. */
export function cellOf({ cells }: LeaderlessState, key: string): Cell {
  return Object.hasOwn(cells, key) ? (cells[key] ?? EMPTY_CELL) : EMPTY_CELL;
}

/** Merges a cell into this node's own, and stores it when that changes anything. Answers whether it did. */
export function absorb(node: LeaderlessNode, key: string, cell: Cell): boolean {
  const held = cellOf(node.state, key);
  const merged = mergeCells(node.config, held, cell);
  return replaceCell(node, key, merged.cell, merged.lost);
}

/** Replaces the cell of a key. Answers whether that changed anything. */
export function replaceCell(
  node: LeaderlessNode,
  key: string,
  cell: Cell,
  lost: readonly (readonly [string, number])[] = [],
): boolean {
  const { state, out } = node;
  const held = cellOf(state, key);
  if (hashPlain(held) === hashPlain(cell)) return false;
  if (lost.length > 0) out.note('lost', { key, dots: lost });
  state.cells[key] = cell;
  countCell(node, key, held, cell);
  persist(node, [{ key: `cell/${key}`, value: cell }]);
  return true;
}

/** Keeps the hash tree of a key's range, when this node is one of its homes. */
export function countCell({ config, state }: LeaderlessNode, key: string, before: Cell, after: Cell): void {
  const tree = state.trees[rangeOf(config, key)];
  if (tree === undefined) return;
  changeMerkle(tree, key, versionOf(config, before), versionOf(config, after));
}

function versionOf({ defect }: LeaderlessConfig, cell: Cell): never | undefined {
  if (cell.context.actors.length === 0) return undefined;
  // Broken twin: a deletion leaves no trace in the tree.
  if (defect === 'tree-skips-tombstones' && cell.siblings.length === 0) return undefined;
  return cell as never;
}

/** Whether this node is one of the key's homes. */
export function isHome({ config, state }: LeaderlessNode, key: string): boolean {
  return homesOf(config, rangeOf(config, key)).includes(state.self);
}
