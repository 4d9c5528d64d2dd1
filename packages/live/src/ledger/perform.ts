import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { command } from '../processes/command.ts';
import { processesOf, startOf } from '../processes/procfs.ts';
import { keepLogs } from './keepLogs.ts';
import type { Undo } from './undo.ts';

/** Rounds of ending processes: one that is being born while others end is found in the next round. */
const KILL_ROUNDS = 100;

/** Undoes one thing. Returns why it could not, or undefined. What is no longer there counts as undone. */
export function performUndo(undo: Undo, runId: string, folder: string): string | undefined {
  switch (undo.kind) {
    case 'processes':
      return endProcesses(runId, folder);
    case 'continue':
      if (startOf(undo.pid) === undo.startedAt) signal(undo.pid, 'SIGCONT');
      return undefined;
    case 'namespace':
      return run(['ip', 'netns', 'del', undo.name], /No such file/);
    case 'link':
      return run(['ip', 'link', 'del', undo.name], /Cannot find device|No such device/);
    case 'mount':
      return run(['umount', '-l', undo.path], /not mounted|no mount point|not found|No such file/);
    case 'rules':
      return run(
        ['ip', 'netns', 'exec', undo.namespace, 'nft', 'delete', 'table', 'inet', undo.table],
        /No such file|Cannot open network namespace/,
      );
    case 'folder':
      return removeFolder(undo.path, folder);
  }
}

function run(words: readonly string[], absent: RegExp): string | undefined {
  const { ok, stderr } = command(words);
  return ok || absent.test(stderr) ? undefined : `${words.join(' ')}: ${stderr.trim()}`;
}

function endProcesses(runId: string, folder: string): string | undefined {
  let left: number[] = [];
  for (let round = 0; round < KILL_ROUNDS; round++) {
    left = processesOf(runId, folder);
    if (left.length === 0) return undefined;
    for (const pid of left) signal(pid, 'SIGKILL');
    command(['sleep', '0.02']);
  }
  return `processes ${left.join(', ')} do not end`;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended on its own.
  }
}

/** Only what a run made itself is ever removed: its own folder, or something inside. */
function removeFolder(path: string, folder: string): string | undefined {
  if (path !== folder && !path.startsWith(join(folder, '/'))) return `${path} is not inside ${folder}`;
  if (path === folder) keepLogs(folder);
  try {
    rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    return undefined;
  } catch (error) {
    return `remove ${path}: ${String(error)}`;
  }
}
