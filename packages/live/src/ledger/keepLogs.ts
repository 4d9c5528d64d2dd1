import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Where logs go before a run's folder is removed: the folder `HOLDFAST_LIVE_LOGS` names; nowhere without it. */
const VARIABLE = 'HOLDFAST_LIVE_LOGS';

/**
 * Copies what the members of a run printed into a folder of the run's name, for whoever asks why it failed. What
 * cannot be copied is lost: a run is undone all the same.
 */
export function keepLogs(folder: string): void {
  const root = process.env[VARIABLE];
  if (root === undefined) return;
  try {
    for (const member of readdirSync(folder, { withFileTypes: true })) {
      if (!member.isDirectory()) continue;
      const logs = readdirSync(join(folder, member.name)).filter((name) => name.endsWith('.log'));
      const kept = join(root, basename(folder), member.name);
      if (logs.length > 0) mkdirSync(kept, { recursive: true });
      for (const name of logs) copyFileSync(join(folder, member.name, name), join(kept, name));
    }
  } catch {
    // A folder that is going away, or one this user may not write to.
  }
}
