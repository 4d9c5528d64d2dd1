/** Names at most this many edits away, or a third of the length for long ones, are worth suggesting. */
const MOST_EDITS = 3;

/** The known names nearest to a mistyped one, best first, at most `limit`. */
export function nearestNames(name: string, known: readonly string[], limit = 3): string[] {
  const wanted = name.toLowerCase();
  return known
    .map((candidate) => ({ candidate, edits: distance(wanted, candidate.toLowerCase()) }))
    .filter(
      ({ candidate, edits }) =>
        edits <= Math.max(MOST_EDITS, Math.floor(name.length / 3)) ||
        (wanted.length >= 3 && candidate.toLowerCase().includes(wanted)),
    )
    .sort((a, b) => a.edits - b.edits || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, limit)
    .map(({ candidate }) => candidate);
}

/** Ways to say it: `did you mean 'a', 'b' or 'c'?`; undefined when nothing is near. */
export function didYouMean(name: string, known: readonly string[]): string | undefined {
  const near = nearestNames(name, known).map((candidate) => `'${candidate}'`);
  if (near.length === 0) return undefined;
  const last = near.pop();
  return `did you mean ${near.length === 0 ? '' : `${near.join(', ')} or `}${last}?`;
}

// Levenshtein distance, one row at a time.
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substituted, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
