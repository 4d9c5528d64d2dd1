import { NO_SURVIVORS, TORN } from './volatileFile.ts';
import type { Tree } from './tree.ts';

/** What is wrong with a disk, by the names of the world's faults. */
export type DiskTrouble = 'disk-full' | 'disk-fsync-fails' | 'disk-fsync-lies' | 'disk-slow' | 'disk-torn';

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
