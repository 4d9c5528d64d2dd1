import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { startOf } from '../processes/procfs.ts';
import type { Undo } from './undo.ts';

/** The ledger's name in a run's folder. */
export const LEDGER_FILE = 'ledger.jsonl';

/** Where runs keep their folders and ledgers: `HOLDFAST_LIVE_STATE`, or a folder of this user beside other temporary files. */
export function stateFolder(): string {
  return process.env['HOLDFAST_LIVE_STATE'] ?? join(tmpdir(), `holdfast-live-${userInfo().uid}`);
}

/** Where a run keeps its folder. */
export function folderOf(runId: string, state: string = stateFolder()): string {
  return join(state, runId);
}

/** One thing still to be undone. */
export interface Pending {
  readonly id: number;
  readonly undo: Undo;
}

/** What a ledger file says. */
export interface LedgerContent {
  readonly runId: string;
  readonly folder: string;
  readonly ownerPid: number;
  readonly ownerStart: string;
  /** In the order they were written. */
  readonly pending: readonly Pending[];
}

/**
 * The undo ledger of one run: an append-only file, on disk before the thing it speaks of happens, so that whatever kills the runner,
 * what it did can be undone by anybody who reads the file.
 */
export class Ledger {
  readonly runId: string;
  readonly folder: string;
  private readonly descriptor: number;
  private next = 1;
  private readonly open = new Map<number, Undo>();

  /** Makes the run's folder and its ledger, which begins with how to undo the folder and any process. */
  constructor(runId: string = newRunId(), state: string = stateFolder()) {
    this.runId = runId;
    this.folder = folderOf(runId, state);
    mkdirSync(this.folder, { recursive: true });
    this.descriptor = openSync(join(this.folder, LEDGER_FILE), 'a');
    const head = { run: runId, ownerPid: process.pid, ownerStart: startOf(process.pid) ?? '' };
    this.begin([{ kind: 'folder', path: this.folder }, { kind: 'processes' }], head);
  }

  /** Writes down how to undo what is about to be done; returns its number. On return it is on disk. */
  before(undo: Undo): number {
    return this.beforeAll([undo])[0] as number;
  }

  /** The same of several things at once, which costs the disk no more than one. */
  beforeAll(undos: readonly Undo[]): number[] {
    return this.begin(undos);
  }

  /** In one write, so that a ledger that has begun says how to undo its folder. */
  private begin(undos: readonly Undo[], ...heads: readonly object[]): number[] {
    const entries = undos.map((undo) => ({ id: this.next++, undo }));
    this.append(...heads, ...entries);
    for (const { id, undo } of entries) this.open.set(id, undo);
    return entries.map(({ id }) => id);
  }

  /** It has been undone, or was never done. */
  settled(id: number): void {
    if (!this.open.delete(id)) return;
    // When this line is lost the thing is undone twice, which does no harm: it need not be on disk.
    writeSync(this.descriptor, `${JSON.stringify({ id, settled: true })}\n`);
  }

  /** What is still to be undone, last first. */
  pending(): Pending[] {
    return [...this.open].map(([id, undo]) => ({ id, undo })).reverse();
  }

  /** Closes the file. */
  close(): void {
    closeSync(this.descriptor);
  }

  private append(...lines: readonly object[]): void {
    writeSync(this.descriptor, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    fsyncSync(this.descriptor);
  }
}

/** A name no other run has: time, then the process. */
export function newRunId(): string {
  runs += 1;
  return `${Date.now().toString(36)}-${process.pid}-${runs}`;
}
let runs = 0;

/** Reads a run's ledger; undefined when there is none. A last line cut short by a crash is left out: its deed never happened. */
export function readLedger(folder: string): LedgerContent | undefined {
  const path = join(folder, LEDGER_FILE);
  if (!existsSync(path)) return undefined;
  const pending = new Map<number, Undo>();
  let head = { run: '', ownerPid: 0, ownerStart: '' };
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const entry = parsed(line);
    if (entry === undefined) continue;
    if ('run' in entry) head = entry;
    else if ('undo' in entry) pending.set(entry.id, entry.undo);
    else pending.delete(entry.id);
  }
  return {
    runId: head.run,
    folder,
    ownerPid: head.ownerPid,
    ownerStart: head.ownerStart,
    pending: [...pending].map(([id, undo]) => ({ id, undo })),
  };
}

type Entry =
  | { readonly run: string; readonly ownerPid: number; readonly ownerStart: string }
  | { readonly id: number; readonly undo: Undo }
  | { readonly id: number; readonly settled: true };

function parsed(line: string): Entry | undefined {
  try {
    return JSON.parse(line) as Entry;
  } catch {
    return undefined;
  }
}
