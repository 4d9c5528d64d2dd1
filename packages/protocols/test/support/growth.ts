/** How well a straight line explains the points: the coefficient of determination, 1 for points on a line. */
export function lineFit(xs: readonly number[], ys: readonly number[]): number {
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const [mx, my] = [mean(xs), mean(ys)];
  const products = xs.map((x, i) => (x - mx) * ((ys[i] ?? my) - my));
  const squares = (values: readonly number[], around: number): number =>
    values.reduce((sum, value) => sum + (value - around) ** 2, 0);
  const covariance = products.reduce((a, b) => a + b, 0);
  return covariance ** 2 / (squares(xs, mx) * squares(ys, my));
}
