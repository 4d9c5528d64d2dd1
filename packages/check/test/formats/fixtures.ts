import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../fixtures/formats/', import.meta.url));

/** The bytes of a fixture: a file as a tool's documentation shows it, or a malformed one (`bad-*`, `cut-*`). */
export function fixture(format: string, name: string): Uint8Array {
  return readFileSync(`${ROOT}${format}/${name}`);
}

/** A fixture as text. */
export function fixtureText(format: string, name: string): string {
  return readFileSync(`${ROOT}${format}/${name}`, 'utf8');
}

/** Names of a format's fixtures, in order; the malformed ones or the others. */
export function fixtureNames(format: string, malformed: boolean): string[] {
  const names = readdirSync(`${ROOT}${format}`).sort();
  return names.filter((name) => /^(?:bad|cut)-/.test(name) === malformed);
}
