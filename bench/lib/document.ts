const HEADING: string = [
  '# Benchmarks',
  '',
  'Measured by `npm run bench -- --write`, each with its peer or floor in the same run; see bench/README.md.',
  'What stands between two marks is written by that command, the rest by people.',
  '',
].join('\n');

/** Puts a benchmark's text between its marks in docs/benchmarks.md; at the end, under a heading, when it is new. */
export function withSection(document: string, name: string, body: string): string {
  const open = `<!-- bench:${name} -->`;
  const close = `<!-- end:${name} -->`;
  const section = `${open}\n\n${body.trim()}\n\n${close}`;
  const text = document.trim() === '' ? HEADING : document;
  const from = text.indexOf(open);
  if (from < 0) return `${text.trimEnd()}\n\n## ${name}\n\n${section}\n`;
  const to = text.indexOf(close, from);
  if (to < 0) throw new Error(`Cannot write '${name}' as its closing mark is needed: ${close} is missing`);
  return text.slice(0, from) + section + text.slice(to + close.length);
}
