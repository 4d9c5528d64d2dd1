/**
 * Short forms of names, unique among them: the capitals of a compound (`AppendEntries` AE), else the first
 * letters. A name of at most four characters stays itself.
 */
export function abbreviate(names: Iterable<string>): ReadonlyMap<string, string> {
  const short = new Map<string, string>();
  const taken = new Set<string>();
  for (const name of new Set(names)) {
    const chosen = candidates(name).find((candidate) => candidate !== '' && !taken.has(candidate)) ?? name;
    taken.add(chosen);
    short.set(name, chosen);
  }
  return short;
}

function candidates(name: string): readonly string[] {
  if (name.length <= 4) return [name];
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '');
  const initials = words.map((word) => (word[0] ?? '').toUpperCase()).join('');
  const last = words.at(-1) ?? name;
  const plain = words.join('');
  const found: string[] = words.length > 1 ? [initials] : [];
  for (let length = 3; length <= plain.length; length++) {
    found.push(words.length > 1 ? `${initials}${last.slice(1, length - 1)}` : plain.slice(0, length));
  }
  return found;
}
