import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The variable every process of a run carries, so that it can be found when its starter is gone. */
export const RUN_VARIABLE = 'HOLDFAST_LIVE_RUN';

/** When a process started (clock ticks since boot), which with its number names it for good; undefined when it is gone. */
export function startOf(pid: number): string | undefined {
  const stat = read(`/proc/${pid}/stat`);
  // The command's name stands in brackets and may hold anything.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}

/** The state letter of a process (`R`, `S`, `T` stopped, `Z` ended); undefined when it is gone. */
export function stateOf(pid: number): string | undefined {
  const stat = read(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
}

/**
 * Processes that carry the mark of a run, or live in its folder: some servers overwrite their environment with a title.
 * The asking process itself is never among them.
 */
export function processesOf(runId: string, folder: string): number[] {
  const mark = `${RUN_VARIABLE}=${runId}`;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid && stateOf(pid) !== 'Z' && belongs(pid, mark, folder));
}

function belongs(pid: number, mark: string, folder: string): boolean {
  if (read(`/proc/${pid}/environ`)?.split('\0').includes(mark) === true) return true;
  try {
    return `${readlinkSync(`/proc/${pid}/cwd`)}/`.startsWith(`${folder}/`);
  } catch {
    return false;
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}
