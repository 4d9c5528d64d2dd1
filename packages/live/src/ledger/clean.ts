import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startOf } from '../processes/procfs.ts';
import { LEDGER_FILE, type LedgerContent, readLedger, stateFolder } from './ledger.ts';
import { performUndo } from './perform.ts';
import { describeUndo } from './undo.ts';

/** What was undone of one run, and what could not be. */
export interface CleanedRun {
  readonly runId: string;
  readonly undone: readonly string[];
  readonly failed: readonly string[];
}

/** Undoes everything a ledger still holds, last first, folders last of all; a failure does not stop the others. */
export function undoLedger(content: LedgerContent): CleanedRun {
  const undone: string[] = [];
  const failed: string[] = [];
  // Processes hold mounts, namespaces and files: they go first.
  const rank = { processes: 0, folder: 2 } as const;
  const order = [...content.pending]
    .reverse()
    .sort((a, b) => rankOf(a.undo.kind, rank) - rankOf(b.undo.kind, rank));
  for (const { undo } of order) {
    // The ledger lies in the folder: it stays as long as it is needed.
    if (undo.kind === 'folder' && failed.length > 0) continue;
    const problem = performUndo(undo, content.runId, content.folder);
    if (problem === undefined) undone.push(describeUndo(undo));
    else failed.push(problem);
  }
  return { runId: content.runId, undone, failed };
}

/** Undoes a run whose runner is gone, wherever that was: one that had made its folder and not yet said so in its ledger has done nothing else. */
export function endRun(folder: string): void {
  const content = readLedger(folder);
  if (content !== undefined && content.pending.length > 0) undoLedger(content);
  else if (existsSync(folder)) {
    rmSync(join(folder, LEDGER_FILE), { force: true });
    try {
      rmdirSync(folder);
    } catch {
      // Somebody's files are in it: it stays.
    }
  }
}

function rankOf(kind: string, ranks: Readonly<Record<string, number>>): number {
  return ranks[kind] ?? 1;
}

/** Undoes whatever runs have left whose runner is gone. Runs that still have one are left alone. */
export function clean(state: string = stateFolder()): CleanedRun[] {
  if (!existsSync(state)) return [];
  const cleaned: CleanedRun[] = [];
  for (const name of readdirSync(state).sort()) {
    const content = readLedger(join(state, name));
    if (content === undefined || isOwned(content)) continue;
    cleaned.push(undoLedger(content));
  }
  return cleaned;
}

function isOwned(content: LedgerContent): boolean {
  return content.ownerPid !== 0 && startOf(content.ownerPid) === content.ownerStart;
}
