import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Thrown when no browser is found. Nothing is ever installed by the tests themselves. */
export class NoBrowserError extends Error {
  readonly code = 'NO_BROWSER';
  constructor() {
    super(
      `Cannot test the report in a browser as none of ${NAMES.join(', ')} is on the PATH; ` +
        'install one (Debian: apt-get install chromium), or name it in HOLDFAST_CHROMIUM',
    );
    this.name = 'NoBrowserError';
  }
}

/** The browser to test with: `HOLDFAST_CHROMIUM`, else the first of the usual names on the PATH. */
export function browserPath(): string {
  const named = process.env['HOLDFAST_CHROMIUM'];
  if (named !== undefined && named !== '') return named;
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    for (const name of NAMES) {
      try {
        accessSync(join(folder, name), constants.X_OK);
        return join(folder, name);
      } catch {
        // Not here: look on.
      }
    }
  }
  throw new NoBrowserError();
}

/** Starts the browser, with nothing of its own reaching for the network. */
export async function launch(): Promise<Browser> {
  const args = ['--disable-background-networking', '--disable-component-update', '--no-first-run'];
  // Chromium's sandbox refuses to run as root, which is what containers run as.
  if (process.getuid?.() === 0) args.push('--no-sandbox');
  return await chromium.launch({ executablePath: browserPath(), args });
}
