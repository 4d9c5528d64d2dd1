/** One start tag of an HTML text. */
export interface Tag {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
}

/**
 * The start tags of an HTML text as a browser would see them, with the raw text of script and style elements
 * skipped up to the end tag that really closes them. Small, but strict: an unquoted attribute value is an error.
 */
export function tagsOf(html: string): readonly Tag[] {
  const tags: Tag[] = [];
  let at = 0;
  for (;;) {
    at = html.indexOf('<', at);
    if (at < 0) return tags;
    const start = /^<([a-zA-Z][^\s/>]*)/.exec(html.slice(at, at + 80));
    if (start === null) {
      at += 1;
      continue;
    }
    const name = (start[1] ?? '').toLowerCase();
    at += start[0].length;
    const attributes = new Map<string, string>();
    for (;;) {
      const rest = /^\s*(?:(\/?>)|([^\s=/>]+)(?:="([^"]*)"|(?=[\s/>])))/.exec(html.slice(at, at + 1_000_000));
      if (rest === null)
        throw new SyntaxError(`cannot read attributes of ${name}: ${html.slice(at, at + 60)}`);
      at += rest[0].length;
      if (rest[1] !== undefined) break;
      attributes.set((rest[2] ?? '').toLowerCase(), rest[3] ?? '');
    }
    tags.push({ name, attributes });
    if (name === 'script' || name === 'style') {
      const end = html.slice(at).search(new RegExp(`</${name}[\\s/>]`, 'i'));
      at = end < 0 ? html.length : at + end;
    }
  }
}

/** The text between the n-th script element of the given type and its end. */
export function scriptTexts(html: string, type: string): readonly string[] {
  return [...html.matchAll(/<script([^>]*)>([\s\S]*?)<\/script>/g)]
    .filter((match) => (match[1] ?? '').includes(type))
    .map((match) => match[2] ?? '');
}
