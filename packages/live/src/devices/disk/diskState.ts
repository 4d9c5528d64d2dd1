import { NO_SURVIVORS, TORN } from './volatileFile.ts';
import type { Tree } from './tree.ts';

/** What is wrong with a disk, by the names of the world's faults. */
export type DiskTrouble = 'disk-full' | 'disk-fsync-fails' | 'disk-fsync-lies' | 'disk-slow' | 'disk-torn';

/** Where a bit rots. */
export interface RotPlace {
  /** Part of the path of the file; of several that fit the one written last. Any file when absent. */
  readonly file?: string;
  /** From 0, or from the end of what was written where negative; the middle of what was written when absent. */
  readonly byte?: number;
  /** From 0, the lowest, to 7. */
  readonly bit?: number;
  /** Only the next read of it is wrong; else it stays so until the byte is written. */
  readonly once?: boolean;
}

/** The bit that rots. */
export interface Rotten {
  readonly path: string;
  readonly byte: number;
  readonly bit: number;
}

/** A healthy disk's sync takes about this long; `disk-slow` multiplies it. */
export const SYNC_MS = 1;

/** What a power loss has taken. */
export interface Lost {
  readonly files: number;
  readonly pages: number;
}

/** The troubles of one disk, and what they do to syncs and to a loss of power. */
export class DiskState {
  private readonly tree: Tree;
  private readonly troubles = new Map<DiskTrouble, number>();
  /** Syncs answered so far, whether or not they made anything durable. */
  syncs = 0;

  constructor(tree: Tree) {
    this.tree = tree;
  }

  /** Trouble begins; `amount` is how many times slower a slow disk is. */
  begin(trouble: DiskTrouble, amount = 1): void {
    this.troubles.set(trouble, amount);
  }

  /** Trouble ends. */
  end(trouble: DiskTrouble): void {
    this.troubles.delete(trouble);
  }

  /** Whether nothing more can be written. */
  get isFull(): boolean {
    return this.troubles.has('disk-full');
  }

  /** How much longer than usual a sync takes, milliseconds. */
  get syncDelayMs(): number {
    const factor = this.troubles.get('disk-slow');
    return factor === undefined ? 0 : SYNC_MS * factor;
  }

  /** A file is to be made durable; false when its program hears of an error. */
  sync(id: number): boolean {
    const { content } = this.tree.fileAt(id);
    this.syncs++;
    if (this.troubles.has('disk-fsync-fails')) {
      // Once, as a disk does: the next sync succeeds, without what this one has lost.
      this.troubles.delete('disk-fsync-fails');
      content.failSync();
      return false;
    }
    if (!this.troubles.has('disk-fsync-lies')) content.sync();
    return true;
  }

  /** A bit rots; undefined when no file with content fits, or the place lies beyond it. */
  rot({ file = '', byte, bit = 0, once = false }: RotPlace): Rotten | undefined {
    const fitting = this.tree
      .paths()
      .filter(([path, { content }]) => path.includes(file) && content.writtenSize > 0)
      .sort(([, a], [, b]) => b.modifiedMs - a.modifiedMs);
    const [path, found] = fitting[0] ?? [];
    if (path === undefined || found === undefined) return undefined;
    const { writtenSize, size } = found.content;
    const at = byte === undefined ? Math.floor(writtenSize / 2) : byte < 0 ? writtenSize + byte : byte;
    if (at < 0 || at >= size) return undefined;
    found.content.rot(at, bit, once);
    return { path, byte: at, bit };
  }

  /** Every bit reads as it was written. */
  unrot(): void {
    for (const { content } of this.tree.files()) content.unrot();
  }

  /** The power goes: what was not synced is gone, or half of it where writes are torn. */
  losePower(): Lost {
    const survivors = this.troubles.has('disk-torn') ? TORN : NO_SURVIVORS;
    let files = 0;
    let pages = 0;
    for (const { content } of this.tree.files()) {
      const { unsyncedPages } = content;
      if (unsyncedPages > 0) files++;
      pages += unsyncedPages;
      content.losePower(survivors);
    }
    return { files, pages };
  }
}
