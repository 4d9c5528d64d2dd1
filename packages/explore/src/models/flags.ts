/** All lists of `size` flags. */
export function allFlags(size: number): boolean[][] {
  return Array.from({ length: 2 ** size }, (_, bits) =>
    Array.from({ length: size }, (__, i) => Math.floor(bits / 2 ** i) % 2 === 1),
  );
}
