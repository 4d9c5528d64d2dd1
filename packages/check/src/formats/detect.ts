import { formatNames, type FormatName, TEXT_FORMATS } from './registry.ts';

/** How much of a text is looked at. */
const LOOK_LIMIT = 4096;

/** The format of a text by its first line with content, or undefined when it fits none. */
export function detectFormat(text: string): FormatName | undefined {
  const line = firstLine(text);
  if (line === '') return undefined;
  return formatNames.find((name) => TEXT_FORMATS[name].recognises(line));
}

function firstLine(text: string): string {
  const lines = text.slice(0, LOOK_LIMIT).split('\n');
  return lines.map((line) => line.replace(/^\ufeff/, '').trim()).find((line) => line !== '') ?? '';
}
