/** Something that is read from: `readable` bytes now. */
export interface Source {
  readonly readable: number;
  read(most?: number): string;
}

/** Something that is written to, as far as it has room. */
export interface Drain {
  write(data: string): number;
}

/**
 * Passes bytes on from one stream to another. `bounded`: takes out of the one only what the other has room for, so that a slow reader at the far end stops the
 * writer at the near one, window by window. Otherwise it takes all that comes and keeps what it cannot pass on.
 */
export class Pipe {
  /** Bytes kept here now, and at most. */
  held = 0;
  mostHeld = 0;
  private readonly from: Source;
  private readonly to: Drain;
  private readonly bounded: boolean;
  private store = '';

  constructor(from: Source, to: Drain, bounded: boolean) {
    this.from = from;
    this.to = to;
    this.bounded = bounded;
  }

  /** To be called when there is something to read, and when there is room to write. */
  move(): void {
    for (;;) {
      if (this.store === '' || !this.bounded) this.store += this.from.read(this.bounded ? PIECE : undefined);
      this.note();
      if (this.store === '') return;
      const taken = this.to.write(this.store);
      this.store = this.store.slice(taken);
      this.note();
      if (taken === 0 || this.store !== '') return;
    }
  }

  private note(): void {
    this.held = this.store.length;
    this.mostHeld = Math.max(this.mostHeld, this.held);
  }
}

/** What a bounded pipe takes out at once. */
const PIECE = 4_096;
