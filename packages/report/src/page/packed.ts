/// <reference lib="dom" />

/** The text of a data element, unpacked when it was packed. */
export async function textOf(element: Element): Promise<string> {
  const text = element.textContent ?? '';
  if (element.getAttribute('data-packing') !== 'gzip') return text;
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return await new Response(stream).text();
}
