/** Text made safe inside HTML or SVG, as content or as a quoted attribute. Control characters become U+FFFD. */
export function escapeHtml(text: string): string {
  let out = '';
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (character === '&') out += '&amp;';
    else if (character === '<') out += '&lt;';
    else if (character === '>') out += '&gt;';
    else if (character === '"') out += '&quot;';
    else if (character === "'") out += '&#39;';
    else if (isUnsafe(code)) out += '\uFFFD';
    else out += character;
  }
  return out;
}

/**
 * One line of text for a terminal or a list: line breaks, other controls and the characters that reorder text are
 * shown as visible escapes, so that no payload can forge a line.
 */
export function oneLine(text: string): string {
  let out = '';
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (character === '\n') out += '\\n';
    else if (character === '\r') out += '\\r';
    else if (character === '\t') out += '\\t';
    else if (isUnsafe(code) || isLineBreak(code) || isDirection(code)) out += `\\u{${code.toString(16)}}`;
    else out += character;
  }
  return out;
}

/**
 * JSON text that can stand inside a script element: no `<` (so neither `</script` nor `<!--` can appear) and no
 * U+2028 or U+2029. Parses to the same value.
 */
export function escapeJson(json: string): string {
  return json.replaceAll('<', '\\u003c').replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}

function isUnsafe(code: number): boolean {
  if (code < 0x20) return code !== 0x09 && code !== 0x0a && code !== 0x0d;
  return (
    (code >= 0x7f && code <= 0x9f) || (code >= 0xd800 && code <= 0xdfff) || code === 0xfffe || code === 0xffff
  );
}

function isLineBreak(code: number): boolean {
  return code === 0x2028 || code === 0x2029 || code === 0x85;
}

function isDirection(code: number): boolean {
  return (
    (code >= 0x202a && code <= 0x202e) ||
    (code >= 0x2066 && code <= 0x2069) ||
    code === 0x200e ||
    code === 0x200f
  );
}
