/** Bytes a disk writes as one; a power loss keeps or loses whole pages. */
export const PAGE_BYTES = 4096;

/** Which of the pages written since the last sync survive a power loss, in the order they were first written. */
export type Survivors = (pages: readonly number[]) => ReadonlySet<number>;

/** Nothing survives that was not synced. */
export const NO_SURVIVORS: Survivors = () => new Set();

/** The first half of the pages survives: the write was torn. */
export const TORN: Survivors = (pages) => new Set(pages.slice(0, Math.ceil(pages.length / 2)));

/** A bit that reads wrong. */
interface Rot {
  readonly mask: number;
  /** Only the next time it is read. */
  readonly isOnce: boolean;
}

/** The content of one file, and what of it would be there after a power loss. */
export class VolatileFile {
  /** Length in bytes. */
  size = 0;
  private content = Buffer.alloc(0);
  private syncedSize = 0;
  /** Pages written since the last sync, as they were before. */
  private readonly unsynced = new Map<number, Buffer>();
  /** Pages a failed sync has given up: they read well, and no later sync makes them durable (Rebello et al., ATC 2020). */
  private readonly givenUp = new Map<number, Buffer>();
  /** Bits that read wrong, by byte; what is stored stays as it is below. */
  private readonly rotten = new Map<number, Rot>();

  /** Bytes a power loss would take back, counted in pages. */
  get unsyncedPages(): number {
    return this.unsynced.size + this.givenUp.size;
  }

  /** Up to `length` bytes from `offset`, fewer at the end of the file. */
  read(offset: number, length: number): Buffer {
    const right = this.content.subarray(Math.min(offset, this.size), Math.min(offset + length, this.size));
    const struck = [...this.rotten].filter(([at]) => at >= offset && at < offset + right.length);
    if (struck.length === 0) return right;
    const wrong = Buffer.from(right);
    for (const [at, { mask, isOnce }] of struck) {
      wrong.writeUInt8(wrong.readUInt8(at - offset) ^ mask, at - offset);
      if (isOnce) this.rotten.delete(at);
    }
    return wrong;
  }

  /** A bit rots: it reads flipped until its byte is written, or only the next time. */
  rot(at: number, bit: number, isOnce: boolean): void {
    this.rotten.set(at, { mask: 1 << bit, isOnce });
  }

  /** Every bit reads as it was written again. */
  unrot(): void {
    this.rotten.clear();
  }

  /** Bytes up to the last that is not zero: what lies behind was only reserved. */
  get writtenSize(): number {
    let end = this.size;
    while (end > 0 && this.content[end - 1] === 0) end--;
    return end;
  }

  /** Writes, beyond the end too: what lies between is zero. */
  write(offset: number, bytes: Buffer): void {
    const end = offset + bytes.length;
    this.reserve(end);
    this.keep(offset, end);
    bytes.copy(this.content, offset);
    for (const [at, { isOnce }] of this.rotten)
      if (!isOnce && at >= offset && at < end) this.rotten.delete(at);
    if (end > this.size) this.size = end;
  }

  /** Makes the file so long; what is added is zero. */
  resize(size: number): void {
    if (size < this.size) {
      this.keep(size, this.size);
      this.content.fill(0, size, this.size);
    } else this.reserve(size);
    this.size = size;
  }

  /** What was written so far is durable. */
  sync(): void {
    this.unsynced.clear();
    this.syncedSize = this.size;
  }

  /** A sync fails: nobody will ever write out what it was to make durable. */
  failSync(): void {
    for (const [page, before] of this.unsynced) if (!this.givenUp.has(page)) this.givenUp.set(page, before);
    this.unsynced.clear();
  }

  /** The power goes: of what was not synced only the survivors are left, and what is left is durable. */
  losePower(survivors: Survivors): void {
    const surviving = survivors([...this.unsynced.keys()]);
    let size = this.syncedSize;
    for (const [page, before] of [...this.unsynced, ...this.givenUp]) {
      if (surviving.has(page)) size = Math.max(size, Math.min(this.size, (page + 1) * PAGE_BYTES));
      else before.copy(this.content, page * PAGE_BYTES);
    }
    this.content.fill(0, Math.min(size, this.content.length));
    this.size = size;
    this.givenUp.clear();
    this.reserve(size);
    this.sync();
  }

  private reserve(bytes: number): void {
    if (bytes <= this.content.length) return;
    const capacity = Math.max(2 * this.content.length, Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES);
    const larger = Buffer.alloc(capacity);
    this.content.copy(larger);
    this.content = larger;
  }

  /** Remembers the pages of a stretch as they are. */
  private keep(from: number, to: number): void {
    for (let page = Math.floor(from / PAGE_BYTES); page * PAGE_BYTES < to; page++) {
      // Written anew, a page that was given up has another chance.
      const given = this.givenUp.get(page);
      if (given !== undefined) this.givenUp.delete(page);
      if (this.unsynced.has(page)) continue;
      const start = page * PAGE_BYTES;
      const before = given ?? Buffer.from(this.content.subarray(start, start + PAGE_BYTES));
      this.unsynced.set(page, before);
    }
  }
}
