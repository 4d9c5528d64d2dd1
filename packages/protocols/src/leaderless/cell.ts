import type { Plain } from '@holdfast/plain';
import { compareDots, type Dot } from '../clocks/dot.ts';
import { type DottedVersions, emptyDotted, syncDotted } from '../clocks/dottedVersionVector.ts';
import type { LeaderlessConfig } from './config.ts';

/** What a write put there, with its author's time, which decides for last-write-wins only. */
export type CellEntry = { readonly value: Plain; readonly time: number };

/** All a replica knows of one key: the versions nobody has overwritten, and everything seen. No versions: deleted. */
export type Cell = DottedVersions<CellEntry>;

/** A cell of a key never heard of. */
export const EMPTY_CELL: Cell = emptyDotted<CellEntry>();

/** Two replicas' cells together, by the group's rule for conflicts; `lost` are versions that rule throws away though nobody had read them. */
export function mergeCells(
  config: LeaderlessConfig,
  held: Cell,
  other: Cell,
): { readonly cell: Cell; readonly lost: readonly Dot[] } {
  return settleConflict(config, syncDotted(held, other), held);
}

/** Applies the group's rule for conflicts to a cell. */
export function settleConflict(
  { conflict, defect }: LeaderlessConfig,
  cell: Cell,
  held: Cell,
): { readonly cell: Cell; readonly lost: readonly Dot[] } {
  if (conflict === 'siblings' || cell.siblings.length < 2) return { cell, lost: [] };
  const winner = cell.siblings.reduce((a, b) => {
    if (a[1].time !== b[1].time) return a[1].time > b[1].time ? a : b;
    // Broken twin: of equal times the one that was here first.
    if (defect === 'lww-tie-by-arrival') return held.siblings.some(([dot]) => same(dot, b[0])) ? b : a;
    return compareDots(a[0], b[0]) > 0 ? a : b;
  });
  const lost = cell.siblings.filter(([dot]) => !same(dot, winner[0])).map(([dot]) => dot);
  return { cell: { context: cell.context, siblings: [winner] }, lost };
}

function same(a: Dot, b: Dot): boolean {
  return compareDots(a, b) === 0;
}
