import type { SketchAnswer, SketchProgram, SketchRequest } from 'holdfast';

/** The regions, in this order; each has a client of its own. */
export const REGIONS = ['east', 'west', 'north'] as const;
export const EAST = 0;

/** Goods that come to market one after another, and how many there are of each. */
export const GOODS: readonly string[] = Array.from({ length: 9 }, (_, i) => `good-${i + 1}`);
export const STOCK = 12;

/** What a region does for its clients: `reserve` one of a good. */
export type Region = SketchProgram & {
  request(request: SketchRequest, answer: (answer: SketchAnswer) => void): void;
};

export const reserved: SketchAnswer = { outcome: 'ok', output: 'reserved' };
export const soldOut: SketchAnswer = { outcome: 'ok', output: 'sold out' };
export const notNow: SketchAnswer = { outcome: 'fail', output: 'not now' };

/** How long a region tries before it says that it cannot, ms. */
export const PATIENCE_MS = 500;
export const AGAIN_MS = 150;

/** The name of the reservation that a request asks for. */
export function reservationOf({ id }: SketchRequest): string {
  return `r${id}`;
}
