import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

/** Lines of each log that are shown with a failure. */
const LINES = 8;
/** Logs that are shown with a failure; all are kept. */
const SHOWN = 9;

/** An empty folder for the logs of a run: that one, or one beside other temporary files when this user may not write there. */
export function logsRoot(wanted: string): string {
  for (const root of [wanted, join(tmpdir(), `hf-live-logs-${userInfo().uid}`)]) {
    try {
      rmSync(root, { recursive: true, force: true });
      mkdirSync(root, { recursive: true });
      return root;
    } catch {
      // Somebody else's.
    }
  }
  return mkdtempSync(join(tmpdir(), 'hf-live-logs-'));
}

/** A folder for the logs of one attempt, empty, where any user may write. */
export function freshLogs(root: string, name: string, attempt: number): string {
  const slug = name.replaceAll(/[^A-Za-z0-9]+/g, '-').slice(0, 60);
  const folder = join(root, `${slug}-attempt-${attempt}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o777);
  return folder;
}

/** The ends of the logs in a folder, and where they are; empty when there are none. */
export function shownLogs(folder: string): string {
  const logs = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.log'),
  );
  if (logs.length === 0) return '';
  const shown = logs.sort().slice(0, SHOWN);
  return [
    `logs of members: ${folder}`,
    ...shown.flatMap((path) => [`-- ${path}`, lastOf(join(folder, path))]),
  ].join('\n');
}

function lastOf(path: string): string {
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  return lines.slice(-LINES).join('\n');
}
