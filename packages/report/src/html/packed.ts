import { escapeHtml, escapeJson } from '../text/escape.ts';
import type { RenderOptions } from './options.ts';

/** Texts of at least this many characters are worth compressing. */
const WORTH_PACKING = 20_000;

/** Thrown when `compress` gives back something that is not base64. */
export class NotBase64Error extends TypeError {
  readonly code = 'NOT_BASE64';
  readonly found: string;
  constructor(found: string) {
    super(`Cannot embed compressed data as base64: compress returned ${JSON.stringify(found.slice(0, 40))}`);
    this.name = 'NotBase64Error';
    this.found = found;
  }
}

/**
 * JSON text as an element that no browser runs: as it is, or as base64 of its gzip when that is wanted and worth it. `mark` is an
 * attribute the script finds it by.
 */
export function packedText(json: string, type: string, mark: string, options: RenderOptions): string {
  const { compress } = options;
  const open = (packing: string): string =>
    `<script type="${escapeHtml(type)}" ${mark} data-packing="${packing}">`;
  if (compress === undefined || json.length < WORTH_PACKING) {
    return `${open('none')}${escapeJson(json)}</script>`;
  }
  const packed = compress(json);
  if (!/^[A-Za-z0-9+/=]*$/.test(packed)) throw new NotBase64Error(packed);
  return `${open('gzip')}${packed}</script>`;
}
