/**
 * Sorts indexes by their times, ties by index. Histories come nearly sorted, so an insertion sort does most of the work;
 * it hands over to a merge sort when it moves too much.
 */
export function sortByTime(indexes: Int32Array, times: Float64Array): void {
  let movesLeft = indexes.length * 8 + 64;
  for (let i = 1; i < indexes.length; i++) {
    const index = indexes[i] as number;
    const time = times[index] as number;
    let j = i - 1;
    while (j >= 0 && (times[indexes[j] as number] as number) > time) {
      indexes[j + 1] = indexes[j] as number;
      j--;
    }
    indexes[j + 1] = index;
    movesLeft -= i - 1 - j;
    if (movesLeft < 0) {
      mergeSort(indexes, times);
      return;
    }
  }
}

/** Sorts indexes that come in runs sorted already; `starts` tells where each run begins, and behind the last where it ends. */
export function mergeByTime(indexes: Int32Array, times: Float64Array, starts: readonly number[]): void {
  let from = indexes;
  let into: Int32Array = new Int32Array(indexes.length);
  let runs = starts;
  while (runs.length > 2) {
    const longer = [0];
    for (let r = 0; r + 1 < runs.length; r += 2) {
      const middle = runs[r + 1] as number;
      const high = runs[r + 2] ?? middle;
      mergeTwo(from, into, times, runs[r] as number, middle, high);
      longer.push(high);
    }
    runs = longer;
    [from, into] = [into, from];
  }
  if (from !== indexes) indexes.set(from);
}

function mergeSort(indexes: Int32Array, times: Float64Array): void {
  let from = indexes;
  let into: Int32Array = new Int32Array(indexes.length);
  for (let width = 1; width < indexes.length; width *= 2) {
    for (let low = 0; low < indexes.length; low += 2 * width) mergeRuns(from, into, times, low, width);
    [from, into] = [into, from];
  }
  if (from !== indexes) indexes.set(from);
}

function mergeRuns(
  from: Int32Array,
  into: Int32Array,
  times: Float64Array,
  low: number,
  width: number,
): void {
  mergeTwo(
    from,
    into,
    times,
    low,
    Math.min(low + width, from.length),
    Math.min(low + 2 * width, from.length),
  );
}

function mergeTwo(
  from: Int32Array,
  into: Int32Array,
  times: Float64Array,
  low: number,
  middle: number,
  high: number,
): void {
  let a = low;
  let b = middle;
  for (let at = low; at < high; at++) {
    const takeA = a < middle && (b >= high || comesFirst(from[a] as number, from[b] as number, times));
    into[at] = (takeA ? from[a++] : from[b++]) as number;
  }
}

function comesFirst(a: number, b: number, times: Float64Array): boolean {
  const ta = times[a] as number;
  const tb = times[b] as number;
  return ta < tb || (ta === tb && a < b);
}
