import { readFileSync } from 'node:fs';
import { parseHistory } from '../../src/formats/parse.ts';
import type { History } from '../../src/history/operation.ts';

const FIXTURES = new URL('../../fixtures/', import.meta.url);

/** A recorded history of the fixtures folder. */
export function fixture(path: string): History {
  return parseHistory(readFileSync(new URL(path, FIXTURES), 'utf8')).history;
}

/** The etcd recordings with the verdict their README gives: file name, linearizable or not. */
export function etcdTable(): [string, boolean][] {
  const readme = readFileSync(new URL('jepsen-etcd/README.md', FIXTURES), 'utf8');
  return [...readme.matchAll(/\| (etcd_\d+\.log) \| (yes|no) \|/g)].map((row) => [
    row[1] ?? '',
    row[2] === 'yes',
  ]);
}
