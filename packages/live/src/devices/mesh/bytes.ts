/** Bytes that arrive in pieces and are taken in wholes. */
export class ByteQueue {
  private held: Buffer = Buffer.alloc(0);

  /** How many are there. */
  get length(): number {
    return this.held.length;
  }

  /** Adds bytes at the end; they must not change afterwards. */
  push(bytes: Uint8Array): void {
    const { buffer, byteOffset, byteLength } = bytes;
    this.held =
      this.held.length === 0
        ? Buffer.from(buffer, byteOffset, byteLength)
        : Buffer.concat([this.held, bytes]);
  }

  /** The first bytes, left where they are. */
  peek(): Buffer {
    return this.held;
  }

  /** Takes the first `count` bytes. The caller has seen that they are there. */
  take(count: number): Buffer {
    const taken = this.held.subarray(0, count);
    this.held = this.held.subarray(count);
    return taken;
  }

  /** Takes everything up to and with a mark; undefined while the mark is not there. */
  takeThrough(mark: string): Buffer | undefined {
    const at = this.held.indexOf(mark);
    return at < 0 ? undefined : this.take(at + mark.length);
  }
}

/** Takes the chunks out of HTTP's chunked coding (RFC 9112, section 7.1). */
export class ChunkReader {
  private readonly queue = new ByteQueue();
  /** Bytes of the present chunk still to come, with its line end; 0 between chunks. */
  private rest = 0;

  /** Whether a chunk has begun and not ended. */
  get isAmid(): boolean {
    return this.rest > 0 || this.queue.length > 0;
  }

  /** The content of all chunks that are complete now. */
  read(bytes: Uint8Array): Buffer[] {
    this.queue.push(bytes);
    const contents: Buffer[] = [];
    for (;;) {
      if (this.rest === 0) {
        const line = this.queue.takeThrough('\r\n');
        if (line === undefined) return contents;
        this.rest = Number.parseInt(line.toString('latin1'), 16) + 2;
      }
      if (this.queue.length < this.rest) return contents;
      contents.push(this.queue.take(this.rest).subarray(0, -2));
      this.rest = 0;
    }
  }
}
