import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

export const ROOT: string = fileURLToPath(new URL('../..', import.meta.url));
/** The experiment whose report is opened. */
export const FIXTURE: string = join(ROOT, 'test/browser/fixture.ts');
const BIN = join(ROOT, 'packages/holdfast/bin/holdfast.js');

/** What a page did that a report must not do. */
export interface Watched {
  readonly page: Page;
  /** Requests for anything but the file itself. */
  readonly requests: string[];
  /** Exceptions, and what the browser itself complained of. */
  readonly complaints: string[];
}

/** Runs the command line and gives what it printed, whatever the verdict. */
export function holdfast(words: readonly string[], cwd: string): string {
  try {
    return execFileSync(process.execPath, [BIN, ...words], { cwd, encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    const { status, stdout, stderr } = error as { status: number; stdout: string; stderr: string };
    if (status === 1) return stdout;
    throw new Error(`holdfast ${words.join(' ')} ended with ${status}: ${stderr}`, { cause: error });
  }
}

/** A new folder for what a test writes. */
export function folder(): string {
  return mkdtempSync(join(tmpdir(), 'holdfast-browser-'));
}

/** The report in a folder. */
export function reportIn(place: string): string {
  const found = readdirSync(place).find((name) => name.endsWith('.html'));
  if (found === undefined) throw new Error(`no report in ${place}`);
  return join(place, found);
}

/** Opens a file from disk, with the network off, and watches it. */
export async function open(
  browser: Browser,
  file: string,
  options: BrowserContextOptions = {},
  hash = '',
): Promise<Watched> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    offline: true,
    acceptDownloads: true,
    ...options,
  });
  const page = await context.newPage();
  const url = `${pathToFileURL(file).href}${hash}`;
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => {
    const own = request.url().split('#')[0] === url.split('#')[0] || request.url().startsWith('blob:');
    if (!own) requests.push(request.url());
  });
  page.on('pageerror', (error) => complaints.push(String(error.stack)));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  await page.goto(url);
  return { page, requests, complaints };
}

/** Waits until the run has been made again, and gives what the page says of it. */
export async function rerun(page: Page): Promise<string> {
  await page.locator('.whatif[data-rerun]').first().waitFor();
  return (await page.locator('.whatif .rerun').first().textContent()) ?? '';
}
