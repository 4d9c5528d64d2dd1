/// <reference lib="dom" />

/** Hands a text to the reader as a file. */
export function save(name: string, text: string, type = 'application/json'): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken hold of the file by then.
  window.setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Saves a picture of the page as a file that stands alone: with the page's own style and patterns inside it. */
export function savePicture(svg: Element): void {
  const copy = svg.cloneNode(true) as Element;
  const own = document.createElementNS('http://www.w3.org/2000/svg', 'style');
  own.textContent = document.querySelector('head style')?.textContent ?? '';
  const patterns = document.querySelector('svg.defs defs')?.cloneNode(true);
  copy.prepend(own, ...(patterns === undefined ? [] : [patterns]));
  save('picture.svg', new XMLSerializer().serializeToString(copy), 'image/svg+xml');
}
