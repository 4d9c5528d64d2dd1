/** How a page is written. */
export interface RenderOptions {
  /**
   * Base64 of the gzip of the UTF-8 bytes of a text. When given, the data of long runs is carried compressed and
   * unpacked by the browser. Without it data is carried as plain JSON.
   */
  readonly compress?: (text: string) => string;
}
