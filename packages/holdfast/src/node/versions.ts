import { readFileSync } from 'node:fs';
import { EVIDENCE_VERSION } from '../evidence/evidence.ts';

/** What made a result. */
export interface Versions {
  readonly holdfast: string;
  readonly node: string;
  /** Version of the evidence format. */
  readonly evidence: number;
}

/** The versions of this program. */
export function versions(): Versions {
  return { holdfast: packageVersion(), node: process.versions.node, evidence: EVIDENCE_VERSION };
}

/** This package's version. */
export function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return (manifest as { readonly version: string }).version;
}
