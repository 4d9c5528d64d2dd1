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
