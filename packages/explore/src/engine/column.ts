/** Values of a chunk. */
const CHUNK: number = 1 << 16;

/**
 * A list of whole numbers below 2^31 that grows to any length without being copied: chunk by chunk, a byte each where all of a chunk fit,
 * four where one does not.
 */
export class Column {
  length = 0;
  bytes = 0;
  private readonly chunks: (Uint8Array | Int32Array)[] = [];
  private chunk: Uint8Array | Int32Array = new Uint8Array(0);
  /** Where the next value goes in the chunk. */
  private next: number = CHUNK;

  push(value: number): void {
    if (this.next === CHUNK) this.open(new Uint8Array(CHUNK));
    if ((value & 255) !== value) this.widen();
    this.chunk[this.next++] = value;
    this.length++;
  }

  at(position: number): number {
    return this.chunks[Math.floor(position / CHUNK)]?.[position % CHUNK] as number;
  }

  /** Its chunks as words, for saving. */
  get words(): readonly Int32Array[] {
    return this.chunks.map(({ buffer }) => new Int32Array(buffer));
  }

  /** A list as it was saved. */
  static restored(words: readonly Int32Array[], length: number): Column {
    const column = new Column();
    for (const chunk of words) column.open(chunk.length === CHUNK ? chunk : new Uint8Array(chunk.buffer));
    column.length = length;
    column.next = words.length === 0 ? CHUNK : length - (words.length - 1) * CHUNK;
    return column;
  }

  private open(chunk: Uint8Array | Int32Array): void {
    this.chunks.push(chunk);
    this.bytes += chunk.byteLength;
    this.chunk = chunk;
    this.next = 0;
  }

  /** Makes the chunk at the end one of words. */
  private widen(): void {
    if (this.chunk instanceof Int32Array) return;
    this.bytes += 3 * CHUNK;
    this.chunk = Int32Array.from(this.chunk);
    this.chunks[this.chunks.length - 1] = this.chunk;
  }
}
