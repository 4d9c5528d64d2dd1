/** Runs of text that would overlap are left out; this remembers what is taken, row by row of pixels. */
export class Room {
  private readonly taken: { x1: number; x2: number; y1: number; y2: number }[] = [];

  /** Takes the place if it is free and says whether it was. */
  take(x1: number, x2: number, y1: number, y2: number): boolean {
    if (this.taken.some((box) => x1 < box.x2 && box.x1 < x2 && y1 < box.y2 && box.y1 < y2)) return false;
    this.taken.push({ x1, x2, y1, y2 });
    return true;
  }

  /** Takes the place whether it is free or not. */
  block(x1: number, x2: number, y1: number, y2: number): void {
    this.taken.push({ x1, x2, y1, y2 });
  }
}
