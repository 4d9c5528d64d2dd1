import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clean } from '@holdfast/live';

const NAME = /^hf-checks-(\d+)-(\d+)$/;

/** A folder for the runs of this process alone: its name says whose it is. */
export function ownState(): string {
  const folder = join(tmpdir(), `hf-checks-${process.pid}-${startOf(process.pid)}`);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Undoes what runs have left whose process is gone: those of the usual folder, and those of earlier calls of this script. */
export function cleanAbandoned(): void {
  clean();
  for (const name of readdirSync(tmpdir())) {
    const [, pid = '', start = ''] = NAME.exec(name) ?? [];
    if (pid === '' || startOf(Number(pid)) === start) continue;
    const folder = join(tmpdir(), name);
    clean(folder);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** When a process started, which with its number names it; empty when it is gone. */
function startOf(pid: number): string {
  const path = `/proc/${pid}/stat`;
  if (!existsSync(path)) return '';
  const stat = readFileSync(path, 'latin1');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
